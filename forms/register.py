"""What people type and choose about the register."""

from forms import (
    AddressForm,
    DateField,
    FileField,
    MaxWords,
    PortalForm,
    RadiosField,
    Required,
    RequiredIf,
    SearchField,
    SelectField,
    TextAreaField,
    WholeNumberField,
    choice,
)
from forms.base import TakesFile


class ExceptionForm(PortalForm):
    """A council places all the same."""

    council = SelectField("For which council?", [Required("Choose the council")])
    reason = TextAreaField(
        "Why is a placement right all the same?",
        [Required("Say why a placement is right all the same"), MaxWords(200)],
        hint="Say what you have done to be sure that young people are safe there.",
        rows=4,
    )
    until_on = DateField(
        "What is the last day on which it holds?",
        [Required("Enter the last day")],
        called="The last day",
    )

    def fit(self, councils):
        """Hand in the councils of whoever decides; one alone is not asked for."""
        self.council.choices = councils
        if len(councils) == 1 and not self.council.data:
            self.council.data = councils[0].value
        return self


class OfstedFileForm(TakesFile, PortalForm):
    """A file as Ofsted publishes it."""

    service = RadiosField("Which outcomes does it hold?", [Required("Choose which outcomes")])
    file = FileField(
        "Choose the file",
        [Required("Choose a file")],
        hint="CSV or an Excel workbook (.xlsx). The outcomes stand on its first sheet.",
        accept=".csv,.xlsx",
    )


class OfstedColumnsForm(PortalForm):
    """Which column is which."""

    urn = SelectField("Which column holds the URN?", [Required("Choose the column")])
    outcome = SelectField("Which column holds the outcome?", [Required("Choose the column")])
    inspected_on = SelectField(
        "Which column holds the day of the inspection?", [Required("Choose the column")]
    )

    def offer(self, headings):
        """Hand in the headings of the file."""
        for field in (self.urn, self.outcome, self.inspected_on):
            field.choices = [choice(one, one) for one in headings]
        return self


class DowngradeForm(PortalForm):
    """What a council does about a downgrade."""

    council = SelectField("For which council?", [Required("Choose the council")])
    answer = RadiosField("What do you decide?", [Required("Choose what you decide")])
    reason = TextAreaField(
        "Why, and what do you ask for?",
        [Required("Give your reason"), MaxWords(300)],
        hint="The provider reads this where you ask for an action plan. It stays on record.",
        rows=5,
    )
    due_on = DateField(
        "By when does the provider answer?",
        [RequiredIf("answer", "action-plan", message="Say by when the provider answers")],
        hint="For an action plan.",
        called="The day",
    )
    until_on = DateField(
        "Until when may placements go on by exception?",
        [],
        hint="Leave this empty if nobody is placed there for now.",
        called="The last day",
    )

    def fit(self, councils, answers):
        """Hand in what can be chosen; one council alone is not asked for."""
        self.council.choices, self.answer.choices = councils, answers
        if len(councils) == 1 and not self.council.data:
            self.council.data = councils[0].value
        return self


class RegisterFilterForm(AddressForm):
    """What the list of providers is narrowed to; it lives in the address."""

    words = SearchField("Name or URN", width=20)
    lot = SelectField("Lot", blank_label="All lots")
    council = SelectField("Places for", blank_label="Any council")
    outcome = SelectField("Ofsted", blank_label="Any outcome")
    may = SelectField(
        "May we place today?",
        blank_label="All",
        choices=[
            choice("yes", "Yes"),
            choice("care", "Yes, but look"),
            choice("no", "No"),
        ],
    )
    free = SelectField(
        "Free places", blank_label="All", choices=[choice("yes", "With a free place today")]
    )


class HomesFilterForm(AddressForm):
    """What the list of homes is narrowed to."""

    words = SearchField("Name, town or postcode", width=20)
    category = SelectField("Kind", blank_label="All kinds")
    age = WholeNumberField("Age of the young person")
    serves = SelectField("Takes", blank_label="All")
    free = SelectField(
        "Free places", blank_label="All", choices=[choice("yes", "With a free place today")]
    )
    may = SelectField(
        "May we place there today?",
        blank_label="All",
        choices=[choice("yes", "Yes, or yes but look")],
    )


class SearchForm(AddressForm):
    """One search over everything."""

    words = SearchField("What are you looking for?", width=30)
