"""What people type when an award is recommended, decided and concluded."""

from forms import (
    ConfirmCheckbox,
    DateField,
    MaxCharacters,
    MaxWords,
    PortalForm,
    RadiosField,
    Reference,
    Required,
    RequiredIf,
    TextAreaField,
    TextField,
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
        "I have looked at the letters", [Required("Confirm that you have looked at the letters")]
    )


class ConcludeForm(PortalForm):
    """Put the admitted bidders on the list."""

    starts_on = DateField(
        "From which day are they on the list?",
        [Required("Enter the day from which they are on the list")],
        hint="Today or later",
    )
