"""What people type about documents."""

from forms import (
    DateField,
    FileField,
    FilesField,
    HiddenField,
    MaxWords,
    PortalForm,
    RadiosField,
    Required,
    RequiredIf,
    SelectField,
    TextAreaField,
    choice,
)
from forms.base import TakesFile

ACCEPTED_FILES = ".pdf,.docx,.xlsx,.png,.jpg,.jpeg"
KINDS_HINT = "A PDF, Word, Excel, PNG or JPEG file of up to {most}."


class UploadForm(TakesFile, PortalForm):
    """A new version of a document."""

    file = FileField(
        "Choose a file", [Required("Choose a file")], hint=KINDS_HINT, accept=ACCEPTED_FILES
    )
    home = SelectField("Which home is it for?", [Required("Choose the home")])
    valid_until_on = DateField(
        "What is the last day on which it is valid?",
        hint="For example, 31 3 2027",
        called="The last day",
    )

    def fit(self, kind, homes=(), home=""):
        """Ask only what this type of document needs.

        Args:
            homes: choices of homes, for a paper of a home. home: the one that the page is about.
        """
        if kind.get("of") != "setting":
            del self.home
        else:
            self.home.choices = homes
            if home and not self.is_submitted():
                self.home.data = home
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


class ManyFilesForm(PortalForm):
    """Several files of one library at once."""

    files = FilesField(
        "Choose the files",
        [Required("Choose one or more files")],
        hint="PDF, Word, Excel, PNG or JPEG files, up to 20 at a time and {most} together.",
        accept=ACCEPTED_FILES,
    )

    def refuse_files(self, words):
        """Show why files were not taken, beside them."""
        self.files.errors = [*self.files.errors, *words]


class SortFilesForm(PortalForm):
    """What each of several files is. `sort_fields` adds three fields for each."""

    staged = HiddenField()


def sort_fields(number, name, types, homes):
    """Return the fields of one file, by name."""
    return {
        f"type-{number}": SelectField(
            f"What is {name}?",
            [],
            choices=types,
            blank_label="Leave this file out",
            full_label=f"What is {name}?",
        ),
        f"home-{number}": SelectField(
            "Which home is it for?",
            [],
            choices=homes,
            blank_label="Not a paper of a home",
            full_label=f"{name}: which home is it for?",
        ),
        f"until-{number}": DateField(
            "What is its last day?",
            [],
            hint="Leave this empty if it does not run out.",
            called="The last day",
            full_label=f"{name}: what is its last day?",
        ),
    }


class CheckDocumentForm(PortalForm):
    """A commissioner's decision about a document."""

    seen = HiddenField()

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
