"""What is typed about a clean copy of an infected file."""

from forms import (
    DateField,
    DateTimeField,
    FileField,
    MaxCharacters,
    PortalForm,
    Required,
    TextAreaField,
)
from forms.documents import ACCEPTED_FILES, KINDS_HINT


class AskCleanCopyForm(PortalForm):
    """Why, and until when."""

    reason = TextAreaField(
        "Why do you ask for it again?",
        [Required("Say why it is asked for again"), MaxCharacters(2_000)],
        hint="The bidder reads this. Ask for the same document without the virus, and nothing else",
    )
    until_at = DateTimeField(
        "Until when may it come?", [Required("Enter a date and time")], called="The date"
    )


class GiveCleanCopyForm(PortalForm):
    """The file."""

    file = FileField(
        "The clean copy", [Required("Choose the file")], hint=KINDS_HINT, accept=ACCEPTED_FILES
    )
    valid_until_on = DateField(
        "What is the last day on which it is valid?",
        hint="Leave this empty if it does not run out",
        called="The last day",
    )
