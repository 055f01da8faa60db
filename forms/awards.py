"""What people type when an award is recommended, decided and concluded."""

from forms import (
    AddressForm,
    ConfirmCheckbox,
    DateField,
    DateTimeField,
    MaxCharacters,
    MaxWords,
    MoneyField,
    PortalForm,
    RadiosField,
    Reference,
    Required,
    RequiredIf,
    SearchField,
    SelectField,
    TextAreaField,
    TextField,
    WholeNumberField,
    YesNoField,
    choice,
)

APPROVE, RETURN = "approve", "return"


class RecommendForm(PortalForm):
    """Put the results before the approvers."""

    reason = TextAreaField(
        "Why do you recommend this award?",
        [Required("Say why this award is recommended"), MaxWords(500)],
        hint="The approvers of every council read this. Refer to the results, not to opinions.",
    )


class DecisionForm(PortalForm):
    """A council's decision on its part."""

    decision = RadiosField(
        "What does your council decide?",
        [Required("Choose whether to approve or to return it")],
        choices=[
            choice(APPROVE, "Approve our part of the award"),
            choice(RETURN, "Return it, with a reason"),
        ],
    )
    decision_reference = TextField(
        "Reference of the decision",
        [
            RequiredIf(
                "decision", APPROVE, message="Enter the reference of your council's decision"
            ),
            MaxCharacters(60),
            Reference(),
        ],
        hint="For example, the number of the officer decision record",
    )
    delegation_limit = MoneyField(
        "Up to which yearly cost may you decide for your council?",
        hint="Your delegation limit. Leave empty if the decision was made by others.",
    )
    call_in_until_on = DateField(
        "Until which day can councillors call the decision in?",
        hint="The last day of call-in. Leave empty if there is none. Nothing is concluded before.",
    )
    declared_no_interest = ConfirmCheckbox(
        "I have no personal, professional or financial interest in any of the bidders",
        [
            RequiredIf(
                "decision", APPROVE, message="Confirm that you have no interest in any bidder"
            )
        ],
    )
    reason = TextAreaField(
        "Why do you return it?",
        [RequiredIf("decision", RETURN, message="Say why you return it"), MaxWords(500)],
        hint="Whoever recommended the award reads this",
    )


class ReleaseForm(PortalForm):
    """Let every bidder read its letter."""

    checked = ConfirmCheckbox(
        "I have looked at those letters that I needed to see, and all of them may go",
        [Required("Confirm that the letters may go")],
    )


class ConcludeForm(PortalForm):
    """Put the admitted bidders on the list."""

    starts_on = DateField(
        "From which day are they on the list?",
        [Required("Enter the day from which they are on the list")],
        hint="Today or later",
    )


class ConcludeTenderForm(PortalForm):
    """Make the contracts of a ranked tender."""

    starts_on = DateField(
        "On which day do the contracts start?",
        [Required("Enter the day on which the contracts start")],
        hint="Today or later",
    )


class NoticeForm(PortalForm):
    """The contract award notice (UK6)."""

    number = TextField(
        "Number of the award notice",
        [Required("Enter the number of the award notice"), MaxCharacters(40), Reference()],
        hint="As Find a Tender shows it, such as 2027/S 000-001234",
    )
    published_at = DateTimeField(
        "When was it published?", [Required("Enter when the notice was published")]
    )


class StatedNoticeForm(NoticeForm):
    """The same where a standstill is voluntary, or may be longer than the law asks for."""

    states = YesNoField(
        "Does the notice state a standstill period?",
        [Required("Choose whether the notice states a standstill period")],
        hint="For light touch contracts it is voluntary. One that is stated must be kept.",
    )
    days = WholeNumberField(
        "How many working days does it state?",
        [RequiredIf("states", True, message="Enter how many working days the notice states")],
        hint="At least 8. The day of the notice is the first, if it is a working day.",
        minimum=1,
        maximum=60,
        width=2,
    )


class SentForm(PortalForm):
    """Under the Regulations of 2015 the letters begin the standstill."""

    sent = ConfirmCheckbox(
        "All letters were sent electronically, by the portal",
        [Required("Confirm that all letters were sent electronically")],
    )


class HoldForm(PortalForm):
    """A legal challenge."""

    claimant = TextField(
        "Who challenges the award?", [Required("Say who challenges the award"), MaxCharacters(200)]
    )
    claim_reference = TextField(
        "Reference of the claim",
        [Required("Enter the reference of the claim"), MaxCharacters(60), Reference()],
        hint="The claim number of the court, or the reference of the letter",
        width=20,
    )
    notified_on = DateField(
        "When did the council learn of it?",
        [Required("Enter the day on which the council learned of it")],
    )
    reason = TextAreaField(
        "What is it about?", [Required("Say what the challenge is about"), MaxWords(500)]
    )


class LiftForm(PortalForm):
    """The end of a hold."""

    reason = TextAreaField(
        "Why is the hold lifted?",
        [Required("Say why the hold is lifted"), MaxWords(500)],
        hint="For example: the claim was withdrawn, or the court lifted the suspension",
    )


class LettersFilterForm(AddressForm):
    """Narrow the letters that are looked through."""

    words = SearchField("Provider", width=20)
    outcome = SelectField(
        "Outcome",
        blank_label="All",
        choices=[
            choice("admitted", "Successful"),
            choice("partly", "Successful for some lots"),
            choice("not-admitted", "Not successful"),
            choice("not-scored", "Not scored"),
        ],
    )
    looked = SelectField(
        "Looked at",
        blank_label="All",
        choices=[choice("not-yet", "Not yet"), choice("looked-at", "Looked at")],
    )
