"""What people choose when they compare rates."""

from forms import (
    AddressForm,
    ConfirmCheckbox,
    DateField,
    FileField,
    MoneyField,
    PortalForm,
    RadiosField,
    Required,
    SelectField,
    TextField,
    WholeNumberField,
    built_form,
    choice,
)
from forms.base import TakesFile

LIST, SPOT, BOTH = "list", "spot", "both"


class ComparisonForm(AddressForm):
    """Which rates stand side by side. It lives in the address, so that a view can be sent on."""

    lot = SelectField("Lot")
    hours = WholeNumberField("Hours of support a week", minimum=0, maximum=168)
    on = DateField("On this day")
    source = RadiosField(
        "Which rates?",
        choices=[
            choice(LIST, "Rates of the list"),
            choice(SPOT, "Your council's spot rates"),
            choice(BOTH, "Both"),
        ],
    )


class SpotRatesForm(TakesFile, PortalForm):
    """A file of spot rates, for one council and one list."""

    file = FileField(
        "Choose a file",
        [Required("Choose a file")],
        hint="CSV or an Excel workbook (.xlsx), with the headings in its first row",
        accept=".csv,.xlsx",
    )
    council = SelectField("Which council agreed these rates?", [Required("Choose the council")])
    agreement = SelectField("Which list do the lots belong to?", [Required("Choose the list")])

    def fit(self, councils, agreements):
        """Ask only what is in question: one council or one list is taken without asking."""
        for field, choices in ((self.council, councils), (self.agreement, agreements)):
            field.choices = choices
            if len(choices) == 1:
                field.data = choices[0].value
        if len(councils) == 1:
            del self.council
        if len(agreements) == 1:
            del self.agreement
        return self


class TakeForm(PortalForm):
    """Accept what the preview shows."""


class CostFilesForm(PortalForm):
    """Files of placements and costs, as many as a council has."""

    council = SelectField("Which council's placements are these?", [Required("Choose the council")])
    files = FileField(
        "Choose one or more files",
        hint="CSV or Excel workbooks: a ledger, SSDA903 episodes and headers of any years, or the "
        "Placements Data Standard",
        accept=".csv,.xlsx",
    )
    as_at = DateField(
        "Up to which day is the ledger complete?",
        [Required("Enter the day on which the ledger was drawn")],
        hint="Open placements are counted up to this day",
    )
    replaces = ConfirmCheckbox("A return in these files replaces an earlier one of the same year")
    control_year = TextField(
        "Financial year of a control total (optional)", hint="Such as 2025/26", width=10
    )
    control_total = MoneyField("Control total of the general ledger for that year (optional)")

    def fit(self, councils):
        """One council is taken without asking."""
        self.council.choices = councils
        if len(councils) == 1:
            del self.council
        return self

    def refuse_file(self, message):
        """Show why the files were not taken, beside them."""
        self.files.errors = [*self.files.errors, message]


def columns_form(fields, headings, chosen, **kwargs):
    """A form that asks which heading holds each column.

    Args:
        fields: (name, title, whether it is needed). chosen: name → heading, as far as known.
    """
    choices = [choice("", "Not in the file"), *(choice(one, one) for one in headings)]
    asked = {
        name: SelectField(
            title,
            [Required(f"Choose the heading of “{title}”")] if needed else [],
            choices=choices,
            default=chosen.get(name, ""),
        )
        for name, title, needed in fields
    }
    return built_form(asked, PortalForm, **kwargs)
