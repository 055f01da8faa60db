"""What people type about uplifts."""

from calendar import month_name

from forms import (
    AddressForm,
    CheckboxesField,
    DateField,
    DecimalField,
    FileField,
    MaxCharacters,
    MaxWords,
    PercentField,
    PortalForm,
    RadiosField,
    Required,
    RequiredIf,
    SelectField,
    TextAreaField,
    TextField,
    choice,
)
from forms.base import TakesFile
from forms.documents import ACCEPTED_FILES, KINDS_HINT
from scoring.uplifts import UpliftRule

PERCENTAGE, INDEX = "percentage", "index"
WHOLE, PART, REFUSE = "whole", "part", "refuse"


class UpliftsForm(AddressForm):
    """Which requests are listed."""

    state = SelectField(
        "Which?",
        blank_label="All",
        choices=[choice("open", "Waiting"), choice("over", "Decided or taken back")],
    )


class UpliftRuleForm(PortalForm):
    """How rates may rise: of a round, and of a contract that was entered by hand."""

    uplift_index = TextField(
        "Index that rates may follow",
        [MaxCharacters(60)],
        hint="Such as CPIH. Leave it empty if there is none.",
        width=10,
    )
    uplift_month = SelectField(
        "Which month’s figure counts?",
        blank_label="No month",
        choices=[choice(str(number), month_name[number]) for number in range(1, 13)],
    )
    uplift_cap = PercentField(
        "The most that rates may rise in any 12 months (leave it empty for no limit)",
        called="The limit",
    )

    @classmethod
    def of(cls, rule):
        """The form with a rule in it."""
        month = str(rule.month or "")
        kept = {"uplift_index": rule.index, "uplift_month": month, "uplift_cap": rule.cap_bp}
        return cls(data=kept)

    def rule(self):
        """What was typed."""
        month = int(self.uplift_month.data or 0)
        return UpliftRule((self.uplift_index.data or "").strip(), month, self.uplift_cap.data)


class AskUpliftForm(TakesFile, PortalForm):
    """A provider's request."""

    items = CheckboxesField("For which rates?", [Required("Choose at least one rate")])
    method = RadiosField(
        "How do you ask?",
        [Required("Choose how you ask")],
        choices=[
            choice(PERCENTAGE, "By a percentage"),
            choice(INDEX, "By an index, from one figure to a later one"),
        ],
    )
    percent = PercentField(
        "By how much?",
        [RequiredIf("method", PERCENTAGE, message="Enter a percentage")],
        hint="Only if you ask by a percentage",
        called="The percentage",
    )
    index_before = DecimalField(
        "Figure of the index at the last change of the rates",
        [RequiredIf("method", INDEX, message="Enter the earlier figure")],
        hint="Only if you ask by an index. For example, 134.6",
        called="The earlier figure",
        width=10,
    )
    index_after = DecimalField(
        "Figure of the index now",
        [RequiredIf("method", INDEX, message="Enter the later figure")],
        called="The later figure",
        width=10,
    )
    from_on = DateField(
        "From which day?",
        [Required("Enter the day")],
        hint="Never before the day of the councils’ decision",
    )
    reason = TextAreaField(
        "Why must the rates rise?",
        [Required("Say why the rates must rise"), MaxWords(500)],
        hint="Wages, insurance, energy. Do not name a young person or a colleague.",
        rows=6,
    )
    file = FileField(
        "A document that shows it",
        [Required("Choose a file")],
        hint=KINDS_HINT,
        accept=ACCEPTED_FILES,
    )


class UpliftFileForm(TakesFile, PortalForm):
    """A further document."""

    title = TextField("What is it?", [Required("Say what it is"), MaxCharacters(200)])
    file = FileField(
        "Choose a file", [Required("Choose a file")], hint=KINDS_HINT, accept=ACCEPTED_FILES
    )


class UpliftDecisionForm(PortalForm):
    """What a commissioner recommends, or finance decides."""

    outcome = RadiosField(
        "What do you decide?",
        [Required("Choose one")],
        choices=[
            choice(WHOLE, "Grant it in whole"),
            choice(PART, "Grant a part of it"),
            choice(REFUSE, "Refuse it"),
        ],
    )
    percent = PercentField(
        "By how much, if in part?",
        [RequiredIf("outcome", PART, message="Enter a percentage")],
        called="The percentage",
    )
    from_on = DateField("From which day, if granted?", hint="Today or later")
    reason = TextAreaField(
        "Why?",
        [Required("Say why"), MaxWords(500)],
        hint="The provider reads the reason of the decision.",
        rows=5,
    )
