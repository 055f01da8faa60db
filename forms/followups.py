"""What people type about follow-ups."""

from forms import (
    AddressForm,
    DateField,
    FileField,
    HiddenField,
    MaxCharacters,
    MaxWords,
    PortalForm,
    RadiosField,
    Required,
    RequiredIf,
    SearchField,
    SelectField,
    TextAreaField,
    TextField,
    choice,
)
from forms.base import TakesFile
from forms.documents import ACCEPTED_FILES, KINDS_HINT

MOST_WORDS = 300
COUNCIL_OWNED, PROVIDER_OWNED = "council", "provider"


class FollowUpFilterForm(AddressForm):
    """Which follow-ups are listed."""

    words = SearchField("Words in it")
    provider = SelectField("Provider", blank_label="All providers")
    source = SelectField("From", blank_label="Everything")
    owner = SelectField("Who is to do it", blank_label="Everybody")
    stage = SelectField("State", blank_label="All states")
    when = SelectField(
        "Due",
        blank_label="Any day",
        choices=[choice("overdue", "Overdue"), choice("soon", "In the next 14 days")],
    )


class RaiseForm(PortalForm):
    """Something that is to be done, asked for by hand or at a forum."""

    text = TextAreaField(
        "What is to be done?",
        [Required("Say what is to be done"), MaxWords(MOST_WORDS)],
        hint="One thing, so that somebody can see when it is done. No names of young people.",
        rows=4,
    )
    council = SelectField("For which council do you ask?", [Required("Choose the council")])
    owner = RadiosField(
        "Who is to do it?",
        [Required("Choose who is to do it")],
        choices=[choice(PROVIDER_OWNED, "A provider"), choice(COUNCIL_OWNED, "The council")],
    )
    provider = SelectField(
        "Which provider is it about?",
        [RequiredIf("owner", PROVIDER_OWNED, message="Choose the provider that is to do it")],
        blank_label="None in particular",
    )
    owner_post = TextField(
        "Which post?",
        [Required("Say which post"), MaxCharacters(120)],
        hint="A post, for example “Registered manager”. People change, posts stay.",
    )
    due_on = DateField(
        "By which day?", [Required("Enter the day by which it is to be done")], called="The day"
    )


class SeenForm(PortalForm):
    """A form that knows how much its reader had read: what came in since is read first."""

    seen = HiddenField()

    @property
    def seen_steps(self):
        """How many steps the page showed; -1, which fits none, where the address was made up."""
        return int(self.seen.data) if (self.seen.data or "").isdecimal() else -1


class NoteForm(SeenForm):
    """How far it is."""

    text = TextAreaField(
        "How far is it?", [Required("Write what you want to note"), MaxWords(MOST_WORDS)], rows=4
    )


class AnswerForm(TakesFile, SeenForm):
    """It is done, and how that can be seen."""

    text = TextAreaField(
        "What was done?",
        [Required("Say what was done"), MaxWords(MOST_WORDS)],
        hint="Say what, when, and how the council can see it. No names of young people.",
        rows=6,
    )
    file = FileField(
        "A file that shows it, if there is one",
        hint=f"For example an invoice or a photograph of a room without people. {KINDS_HINT}",
        accept=ACCEPTED_FILES,
    )


class DecideForm(SeenForm):
    """What a commissioner decides on it; the page asks for the day only where one is needed."""

    reason = TextAreaField("Why?", [Required("Write the reason"), MaxWords(MOST_WORDS)], rows=4)
    due_on = DateField(
        "By which day now?",
        [Required("Enter the day by which it is to be done")],
        called="The day",
    )
