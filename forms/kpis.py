"""What people type about KPIs. What the numbers may be is told by `scoring.kpis`."""

from decimal import Decimal

from forms import (
    AddressForm,
    CheckboxesField,
    ConfirmCheckbox,
    DateField,
    DecimalField,
    FileField,
    MaxCharacters,
    MaxWords,
    PortalForm,
    RadiosField,
    Required,
    SearchField,
    SelectField,
    TextAreaField,
    built_form,
)
from forms.base import TakesFile
from forms.documents import ACCEPTED_FILES, KINDS_HINT

PARTS = ("numerator", "denominator", "comment")


def part_name(part, key):
    """Return the name of a field: `numerator-` and the key of the KPI."""
    return f"{part}-{key}"


def return_form(kpis, values, **more):
    """Return a form with the two numbers and the comment of each KPI.

    Args:
        kpis: things with a key, a name, a numerator and a denominator in words, and `decimals`.
        values: by field name, a Decimal, a text or None.
        more: as in `built_form`.
    """
    fields = {}
    for kpi in kpis:
        fields[part_name("numerator", kpi.key)] = _number(kpi.numerator, kpi)
        if kpi.denominator:
            fields[part_name("denominator", kpi.key)] = _number(kpi.denominator, kpi)
        fields[part_name("comment", kpi.key)] = TextAreaField(
            "Comment (if you want to explain something)",
            [MaxCharacters(2_000)],
            full_label=f"{kpi.name}: comment",
            called=f"The comment on “{kpi.name}”",
            rows=2,
        )
    return built_form(fields, data=values, **more)


def _number(words, kpi):
    return DecimalField(
        words,
        full_label=f"{kpi.name}: {words}",
        called=f"“{words}”",
        places=places_of(kpi),
        minimum=Decimal(0),
    )


def places_of(kpi):
    """Return how many decimal places the numbers of a KPI have; people are counted whole."""
    return 2 if kpi.decimals else 0


class ReturnsForm(AddressForm):
    """What a list of returns is narrowed to."""

    state = SelectField("Where it stands", blank_label="All")
    agreement = SelectField("Agreement", blank_label="All")
    words = SearchField("Provider", width=20)


class SubmitReturnForm(PortalForm):
    """The word under which a return is submitted, with an answer where the council has asked."""

    answer = TextAreaField(
        "Your answer to the council", [Required("Answer the council’s question"), MaxWords(300)]
    )
    certified = ConfirmCheckbox(
        "These figures are right as far as we know.",
        [Required("Tick the box to say that the figures are right")],
    )

    def fit(self, asked):
        """Ask for an answer only where there is a question."""
        if not asked:
            del self.answer
        return self


class EvidenceForm(TakesFile, PortalForm):
    """A file that supports a return."""

    file = FileField(
        "The file", [Required("Choose a file")], hint=KINDS_HINT, accept=ACCEPTED_FILES
    )
    kpi = SelectField("What is it about?", blank_label="The whole return")


class QueryForm(PortalForm):
    """What a council asks about a return."""

    kpi = SelectField("What is it about?", blank_label="The whole return")
    text = TextAreaField(
        "What do you ask?",
        [Required("Write what you ask"), MaxWords(300)],
        hint="The provider reads this. Do not name young people.",
        rows=6,
    )


class CorrectForm(PortalForm):
    """Other numbers for one KPI, with a reason."""

    numerator = DecimalField("Numerator", places=2, minimum=Decimal(0))
    denominator = DecimalField("Denominator", places=2, minimum=Decimal(0))
    reason = TextAreaField(
        "Why do you correct it?",
        [Required("Say why"), MaxWords(200)],
        hint="The provider reads this. Its own numbers stay beside yours.",
        rows=4,
    )

    def fit(self, kpi):
        """Call the numbers what this KPI calls them, and read them as it counts."""
        self.numerator.places = self.denominator.places = places_of(kpi)
        self.numerator.look["label"] = self.numerator.called = kpi.numerator
        if kpi.denominator:
            self.denominator.look["label"] = self.denominator.called = kpi.denominator
        else:
            del self.denominator
        return self


class ConfirmForm(PortalForm):
    """One button."""


class AttachForm(PortalForm):
    """Which KPI set is asked for, of whom, from when on."""

    lots = CheckboxesField(
        "Which lots?",
        [Required("Choose at least one lot")],
        hint="Everybody who holds one of them, and does not report on it yet, is asked.",
    )
    kpi_set = RadiosField("Which KPI set?", [Required("Choose a KPI set")])
    from_on = DateField(
        "From which day?",
        [Required("Enter the day")],
        hint="The first return is for the period of this day. For example, 1 4 2027",
        called="The day",
    )
    with_branches = ConfirmCheckbox(
        "Where a provider has several registered branches, each branch reports too"
    )


class ChangeSetForm(PortalForm):
    """Another version of the set, from the first day of a period on."""

    kpi_set = RadiosField("Which KPI set?", [Required("Choose a KPI set")])
    from_on = DateField(
        "From which day?",
        [Required("Enter the day")],
        hint="The first day of a period. For example, 1 4 2027",
        called="The day",
    )


class EndForm(PortalForm):
    """The last day for which returns are asked."""

    until_on = DateField(
        "What is the last day?",
        [Required("Enter the last day")],
        hint="For example, 31 3 2027",
        called="The last day",
    )


class SitesForm(PortalForm):
    """Which branches and settings report beside the organisation."""

    sites = CheckboxesField(
        "Which of them report too?",
        hint="Without any, the organisation reports for all of them together.",
    )


class BoardForm(AddressForm):
    """What the KPI board is narrowed to."""

    agreement = SelectField("Agreement", blank_label="All")
    lot = SelectField("Lot", blank_label="All")
    kpi = SelectField("KPI", blank_label="All")
    period = SelectField("Period", blank_label="The last that was told")
    rating = SelectField("Rating", blank_label="All")
    words = SearchField("Provider", width=20)


class WorkbookForm(PortalForm):
    """A return that was filled in at home."""

    file = FileField(
        "The workbook",
        [Required("Choose the workbook")],
        hint="The Excel workbook (.xlsx) that you downloaded here, or CSV saved from it",
        accept=".xlsx,.csv",
    )


class YearForm(PortalForm):
    """Which year is assessed."""

    year = RadiosField("Which year?", [Required("Choose a year")], coerce=int)


def decisions_form(lines, values, **more):
    """Return a form with a value and a reason for each KPI, and for the whole.

    Args:
        lines: pairs of a field's end (the KPI's key, or "overall") and what it is called.
        values: the choices: the five values of the notice.
        more: as in `built_form`.
    """
    fields = {}
    for key, name in lines:
        fields[f"value-{key}"] = SelectField(
            "Value", full_label=f"{name}: value", choices=values, blank_label="Not decided yet"
        )
        fields[f"reason-{key}"] = TextAreaField(
            "Why",
            [MaxWords(300)],
            full_label=f"{name}: why",
            hint="Needed where you decide other than the figures suggest",
            rows=2,
        )
    return built_form(fields, **more)


class ShareForm(PortalForm):
    """Until when the provider may comment."""

    comment_until_on = DateField(
        "Until which day can the provider comment?",
        [Required("Enter the day")],
        hint="A week from today or later. For example, 31 5 2027",
        called="The day",
    )


class CommentForm(PortalForm):
    """What the provider says of its assessment."""

    comment = TextAreaField(
        "Your comment",
        [Required("Write your comment"), MaxWords(600)],
        hint="It stands in the notice as you write it. Do not name young people.",
        rows=8,
    )
