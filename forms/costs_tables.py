"""What people say of a table that somebody published."""

from wtforms.validators import Length

from forms import (
    DateField,
    FileField,
    PortalForm,
    Required,
    SelectField,
    TextAreaField,
    TextField,
    built_form,
    choice,
)


class PublishedTableForm(PortalForm):
    """A published table, with where it comes from."""

    council = SelectField(
        "Which council's figures does it stand beside?", [Required("Choose the council")]
    )
    file = FileField(
        "Choose the file",
        [Required("Choose a file")],
        hint="CSV or an Excel workbook (.xlsx), one figure in each row, headings in the first row",
        accept=".csv,.xlsx",
    )
    title = TextField("What is it called?", [Required("Enter the title"), Length(max=200)])
    source = TextField(
        "Who published it, and where?",
        [Required("Enter the source"), Length(max=500)],
        hint="Such as: Department for Education, and the address of the page",
    )
    licence = TextField(
        "Under which licence?",
        [Required("Enter the licence"), Length(max=120)],
        hint="Such as: Open Government Licence v3.0",
    )
    published_on = DateField("When was it published?", [Required("Enter the day")])
    faults = TextAreaField(
        "What is known to be wrong with it? (optional)",
        [Length(max=5000)],
        hint="One fault in each line. It is shown with the figures",
    )

    def fit(self, councils):
        """One council is taken without asking."""
        self.council.choices = councils
        if len(councils) == 1:
            del self.council
        return self

    def refuse_file(self, message):
        """Show why the file was not taken, beside it."""
        self.file.errors = [*self.file.errors, message]


def table_columns_form(fields, headings, chosen, for_all, **kwargs):
    """Which heading holds what; and what stands for all rows where no heading does.

    Args:
        fields: name → (title, hint). for_all: name → its text so far.
    """
    choices = [choice("", "Not in the file"), *(choice(one, one) for one in headings if one)]
    asked = {
        name: SelectField(title, choices=choices, hint=hint, default=chosen.get(name, ""))
        for name, (title, hint) in fields.items()
    }
    asked |= {
        f"all_{name}": TextField(
            f"{fields[name][0]} of all rows, where no column tells it",
            [Length(max=120)],
            default=told,
        )
        for name, told in for_all.items()
    }
    return built_form(asked, PortalForm, **kwargs)
