"""What people type about documents."""

from forms import (
    DateField,
    FileField,
    MaxCharacters,
    MaxWords,
    PortalForm,
    RadiosField,
    Required,
    RequiredIf,
    TextAreaField,
    TextField,
    choice,
)

ACCEPTED_FILES = ".pdf,.docx,.xlsx,.png,.jpg,.jpeg"
KINDS_HINT = "A PDF, Word, Excel, PNG or JPEG file of up to 25 MB."


class UploadForm(PortalForm):
    """A new version of a document."""

    file = FileField(
        "Choose a file", [Required("Choose a file")], hint=KINDS_HINT, accept=ACCEPTED_FILES
    )
    title = TextField(
        "Which home is it for?",
        [MaxCharacters(200)],
        hint="Write its address as you write it everywhere else.",
    )
    valid_until_on = DateField(
        "What is the last day on which it is valid?",
        hint="For example, 31 3 2027",
        called="The last day",
    )

    refused = None  # why the file itself was not taken

    def fit(self, kind, title=""):
        """Ask only what this type of document needs."""
        if kind.get("of") != "setting":
            del self.title
        else:
            self.title.validators = [Required("Write which home it is for"), MaxCharacters(200)]
            if title and not self.is_submitted():
                self.title.data = title
        if kind.get("expiry", "none") == "none":
            del self.valid_until_on
        elif kind["expiry"] == "optional":
            self.valid_until_on.look["hint"] = (
                "Leave this empty if it does not run out. For example, 31 3 2027"
            )
        return self

    @property
    def last_day(self):
        """The day that was typed, or None where none is asked for."""
        return self.valid_until_on.data if "valid_until_on" in self else None

    def refuse_file(self, rule):
        """Show why the file was not taken, beside it."""
        self.file.errors = [*self.file.errors, rule.message]


class CheckDocumentForm(PortalForm):
    """A commissioner's decision about a document."""

    outcome = RadiosField(
        "Do you accept this document?",
        [Required("Choose whether you accept it")],
        choices=[choice("accepted", "Yes, accept it"), choice("rejected", "No, reject it")],
    )
    reason = TextAreaField(
        "What is wrong with it?",
        [
            RequiredIf(
                "outcome", "rejected", message="Say what is wrong, so that they can mend it"
            ),
            MaxWords(200),
        ],
        hint="The provider reads this. Leave it empty when you accept the document.",
        rows=4,
    )
