"""What people choose when they compare rates."""

from forms import (
    AddressForm,
    DateField,
    FileField,
    PortalForm,
    RadiosField,
    Required,
    SelectField,
    WholeNumberField,
    choice,
)

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


class SpotRatesForm(PortalForm):
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

    def refuse_file(self, rule):
        """Show why the file was not taken, beside it."""
        self.file.errors = [*self.file.errors, rule.message]


class TakeForm(PortalForm):
    """Accept what the preview shows."""
