"""What finance types of a budget for placements."""

from forms import (
    MaxCharacters,
    MoneyField,
    PortalForm,
    RadiosField,
    Required,
    SelectField,
    TextAreaField,
    TextField,
    choice,
)


class BudgetForm(PortalForm):
    """A budget of one year: of all placements, or of one type."""

    council = SelectField("Which council's budget is it?", [Required("Choose the council")])
    year = SelectField("Financial year", [Required("Choose the year")])
    type = SelectField("What is it for?", [Required("Choose what the budget is for")])
    amount = MoneyField(
        "Budget for the year",
        [Required("Enter the budget")],
        hint="The council's own share: without what health, grants and others pay",
    )
    in_house = RadiosField(
        "What is in-house cost, in this budget and in the ledger?",
        [Required("Say what in-house cost is")],
        choices=[
            choice("carer-payments", "Payments to carers only"),
            choice("full-cost", "The full cost, with workers, training and overheads"),
            choice("not-said", "I do not know"),
        ],
    )
    source = TextField(
        "Where is this written?",
        [Required("Say where the budget is written"), MaxCharacters(200)],
        hint="The budget book, or the decision of the council",
    )

    def fit(self, councils, years, types):
        """One council is taken without asking."""
        self.council.choices = councils
        self.year.choices = years
        self.type.choices = types
        if len(councils) == 1:
            del self.council
        return self


class BudgetBackForm(PortalForm):
    """Why a budget counts no more."""

    reason = TextAreaField(
        "What was wrong?", [Required("Say what was wrong"), MaxCharacters(500)], rows=3
    )
