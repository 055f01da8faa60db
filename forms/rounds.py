"""What people type when they prepare and publish a round."""

from forms import (
    AddressForm,
    CheckboxesField,
    ConfirmCheckbox,
    DateTimeField,
    Email,
    EmailField,
    MaxCharacters,
    MaxWords,
    PortalForm,
    RadiosField,
    Reference,
    Required,
    SelectField,
    TextAreaField,
    TextField,
    WholeNumberField,
    YesNoField,
)

NEW_AGREEMENT = "new"

EXTENSIONS_HINT = (
    "In years, with plus signs: 2, or 1+1+1+1+1. Months with the word: 18 months. "
    "Leave it empty if there are none."
)


class NewRoundForm(PortalForm):
    """Begin a draft."""

    template = RadiosField(
        "What do you start from?",
        [Required("Choose what to start from")],
        hint="Content that is ready, or an earlier round with all that was changed in it",
    )
    agreement = RadiosField(
        "Is this a new list, or another round of one that you have?",
        [Required("Choose a new list or one that you have")],
    )
    list_title = TextField(
        "What is the new list called?",
        [MaxCharacters(200)],
        hint="Contracts, rates and costs stand under this name for years. "
        "Leave it empty for the name that the content brings.",
    )
    title = TextField(
        "What is this round called?",
        [Required("Enter a name for the round")],
        hint="For example “16+ Accredited Provider List, spring 2027”",
    )
    lead = RadiosField("Which council leads it?", [Required("Choose the lead council")])


class DetailsForm(PortalForm):
    """What a round says of itself."""

    title = TextField("Name of the round", [Required("Enter a name for the round")])
    summary = TextAreaField(
        "What is it for?",
        [Required("Say what the round is for"), MaxCharacters(4_000)],
        hint="Providers read this first. Say what you buy, for whom, and what joining means.",
        rows=8,
    )
    contact_email = EmailField(
        "Email address for questions",
        [Required("Enter an email address"), Email()],
        hint="Everybody can read it. A shared mailbox is best.",
    )
    list_years = WholeNumberField(
        "For how many years does a provider join the list?",
        [Required("Enter a number of years")],
        minimum=1,
        maximum=10,
        called="The number of years",
        suffix="years",
    )
    extensions = TextField(
        "How may that be extended?",
        hint="Every place and contract of the round gets these options. " + EXTENSIONS_HINT,
        width=20,
    )
    notice_months = WholeNumberField(
        "By how many months before the end is each extension decided on?",
        [Required("Enter a number of months")],
        minimum=0,
        maximum=24,
        called="The number of months",
        suffix="months",
    )
    regime = RadiosField("Under which law is it run?", [Required("Choose the law")])
    blind = YesNoField(
        "Hide the names of bidders from those who score?",
        [Required("Choose yes or no")],
        hint="Names are shown when quality is locked. Answers can still give a bidder away.",
    )

    def without_what_stays(self):
        """Leave out what a version of a published round cannot change."""
        del self.title, self.list_years, self.extensions, self.notice_months
        del self.regime, self.blind


class TimetableForm(PortalForm):
    """The dates of a round, in London time."""

    opens_at = DateTimeField(
        "Opens to providers",
        hint="Leave empty to open as soon as it is published",
        called="The opening to providers",
    )
    questions_until_at = DateTimeField(
        "Last moment for questions",
        hint="Leave empty if providers may ask until the deadline",
        called="The last moment for questions",
    )
    deadline_at = DateTimeField(
        "Deadline for applications",
        [Required("Enter the deadline for applications")],
        hint="An application that arrives at this moment is late. 12 noon is written “before 12 noon”",
        called="The deadline",
    )


class LotsForm(PortalForm):
    """Which lots are open."""

    lots = CheckboxesField("Which lots are open?", [Required("Choose at least one lot")])


class CouncilsForm(PortalForm):
    """Who takes part, and who leads."""

    councils = CheckboxesField(
        "Which councils take part?",
        [Required("Choose at least one council")],
        hint="Their officers see the round at once, and the applications after the opening",
    )
    lead = RadiosField("Which council leads it?", [Required("Choose the lead council")])


class PublishForm(PortalForm):
    """The notice, and the confirmation. Which of them are needed is the regime's to say."""

    notice_number = TextField(
        "Number of the tender notice",
        [Reference()],
        hint="As it stands on Find a Tender, for example 2027/S 000-001234",
        width=20,
    )
    notice_published_at = DateTimeField(
        "When was the notice published?", called="The time of publication"
    )
    confirmed = ConfirmCheckbox(
        "I have checked the round. I know that it cannot be changed after it is published.",
        [Required("Tick the box to say that you have checked the round")],
    )


class VersionForm(PublishForm):
    """Why a published round changes, its revised notice, and the confirmation."""

    reason = TextAreaField(
        "Why does the round change?",
        [Required("Say why the round changes"), MaxWords(200)],
        hint="Everybody can read this. Do not name a bidder, nor who asked",
    )
    notice_number = TextField(
        "Number of the revised tender notice",
        [Reference()],
        hint="Revise the notice on Find a Tender first (Procurement Act 2023, section 31)",
        width=20,
    )
    notice_published_at = DateTimeField(
        "When was the revised notice published?", called="The time of publication"
    )
    confirmed = ConfirmCheckbox(
        "I have read every difference. I know that all who have started will be told.",
        [Required("Tick the box to say that you have read the differences")],
    )


class SimpleForm(PortalForm):
    """One button."""


class CancelForm(PortalForm):
    """Why a round ends early."""

    reason = TextAreaField(
        "Why is the round cancelled?",
        [Required("Say why the round is cancelled"), MaxWords(200)],
        hint="Everybody can read this if the round was published",
    )


class RoundsFilterForm(AddressForm):
    """Which rounds are listed."""

    group = SelectField("Where they stand", blank_label="All rounds")
