"""What people type about contracts and places on lists."""

from forms import (
    AddressForm,
    CheckboxesField,
    DateField,
    HiddenField,
    MaxCharacters,
    MaxWords,
    MoneyField,
    PortalForm,
    RadiosField,
    Required,
    SearchField,
    SelectField,
    TextAreaField,
    TextField,
    WholeNumberField,
    choice,
)
from forms.rounds import EXTENSIONS_HINT
from forms.rows import RowsField
from forms.uplifts import UpliftRuleForm

CONTRACT, MEMBERSHIP = "contract", "membership"
EXTEND, LET_END = "extend", "let-end"
KEPT, NOT_KEPT = "kept", "not-kept"
CONFIRM, DECLINE = "confirm", "decline"
ANOTHER, ALL_COUNCILS = "another", "all"
THIS_LOT, ALL_LOTS = "this", "all"
RATES = {
    "key": "rates",
    "kind": "rows",
    "label": "Rates",
    "row_title": "Rate",
    "required": True,
    "most_rows": 30,
    "columns": [
        {"key": "item", "kind": "text", "label": "What is paid for", "required": True},
        {"key": "price", "kind": "money", "label": "Price", "required": True},
        {
            "key": "unit",
            "kind": "one-of",
            "label": "For one",
            "required": True,
            "options": [
                {"value": "week", "label": "week"},
                {"value": "night", "label": "night"},
                {"value": "hour", "label": "hour"},
            ],
        },
    ],
}


class ContractsForm(AddressForm):
    """Which contracts or places are listed. It lives in the address."""

    kind = HiddenField()
    words = SearchField("Provider, title or agreement")
    state = SelectField(
        "Which?",
        blank_label="All",
        choices=[choice("running", "Running or to come"), choice("over", "Over")],
    )


class EnterForm(UpliftRuleForm):
    """A contract or a place on a list that is older than the portal, or came in another way."""

    kind = RadiosField(
        "What do you enter?",
        [Required("Choose what you enter")],
        choices=[
            choice(CONTRACT, "A contract"),
            choice(
                MEMBERSHIP, "A place on a list", hint="It then counts for “may we place today?”"
            ),
        ],
    )
    provider = SelectField("Provider", [Required("Choose the provider")])
    title = TextField(
        "Title of the contract", [MaxCharacters(300)], hint="A place on a list needs none."
    )
    lot = SelectField(
        "Agreement and lot",
        [Required("Choose the agreement and lot")],
        hint="If it is not on the portal yet, choose the last line and name it below.",
    )
    agreement_title = TextField("Name of the agreement", [MaxCharacters(200)])
    lot_code = TextField("Code of the lot", [MaxCharacters(20)], hint="Such as F1", width=5)
    lot_title = TextField("Name of the lot", [MaxCharacters(200)])
    councils = CheckboxesField(
        "Which councils buy under it?", [Required("Choose at least one council")]
    )
    starts_on = DateField(
        "First day", [Required("Enter the first day")], hint="For example, 17 5 2021"
    )
    ends_on = DateField(
        "Last day of the first period",
        [Required("Enter the last day")],
        hint="Without any extension. For example, 16 5 2025",
    )
    extensions = TextField("Extension options", hint=EXTENSIONS_HINT, width=20)
    notice_months = WholeNumberField(
        "By how many months before the end is the next extension decided on?",
        [Required("Enter a number of months")],
        minimum=0,
        maximum=24,
        width=2,
    )
    taken = WholeNumberField(
        "How many of the extensions have been taken already?",
        [Required("Enter a number; 0 if there are none")],
        minimum=0,
        maximum=20,
        width=2,
    )
    value = MoneyField("Value of the whole contract, as it was estimated (if known)")
    rates = RowsField("Rates that held from the first day", question=RATES, label_size="m")
    reason = TextAreaField(
        "Why is it entered by hand?",
        [Required("Say why it is entered by hand"), MaxWords(200)],
        rows=3,
    )


class SecondLookForm(PortalForm):
    """What the second officer decides about an entry."""

    decision = RadiosField(
        "Is it as the signed contract says?",
        [Required("Choose whether it is right")],
        choices=[choice(CONFIRM, "Yes, let it hold"), choice(DECLINE, "No, send it back")],
    )
    reason = TextAreaField(
        "What is wrong with it?", [MaxWords(200)], hint="Only if you send it back.", rows=3
    )


class OptionsForm(PortalForm):
    """The extensions that the terms allow."""

    extensions = TextField("Extension options", hint=EXTENSIONS_HINT, width=20)
    notice_months = WholeNumberField(
        "By how many months before the end is the next extension decided on?",
        [Required("Enter a number of months")],
        minimum=0,
        maximum=24,
        width=2,
    )


class ExtensionForm(PortalForm):
    """The decision on one extension."""

    decision = RadiosField("What do you decide?", [Required("Choose what you decide")])
    reason = TextAreaField(
        "Why?",
        [Required("Say why you decide so"), MaxWords(300)],
        hint="The provider reads this.",
        rows=4,
    )


class ReasonForm(PortalForm):
    """An act that needs a reason and nothing else."""

    reason = TextAreaField("Why?", [Required("Say why"), MaxWords(300)], rows=4)


class AwardForm(PortalForm):
    """An award of an open framework that was made outside the portal."""

    awarded_on = DateField(
        "On which day was it awarded?",
        [Required("Enter the day of the award")],
        hint="From 24 February 2025, when the Procurement Act 2023 began",
    )
    evidence = TextField(
        "Where is it written?",
        [Required("Say where the award is written"), MaxCharacters(200)],
        hint="Such as the number of the contract award notice",
    )


class SuspendForm(PortalForm):
    """No new placements."""

    lots = RadiosField(
        "Where?",
        [Required("Choose where")],
        choices=[
            choice(THIS_LOT, "On this lot only"),
            choice(ALL_LOTS, "On every lot of this agreement that the provider holds"),
        ],
    )
    council = RadiosField("For whom?", [Required("Choose for whom")])
    from_on = DateField(
        "From which day?", [Required("Enter the day from which it holds")], hint="Today or later"
    )
    reason = TextAreaField(
        "Why?", [Required("Say why"), MaxWords(300)], hint="The provider reads this.", rows=4
    )


class LiftForm(PortalForm):
    """New placements again."""

    lifted_on = DateField(
        "From which day may new placements be made again?",
        [Required("Enter the day")],
        hint="Today or later",
    )
    reason = TextAreaField(
        "What has changed?",
        [Required("Say what has changed"), MaxWords(300)],
        hint="The provider reads this.",
        rows=4,
    )


class TerminateForm(PortalForm):
    """An end before its time."""

    last_on = DateField("Last day", [Required("Enter the last day")], hint="Today or later")
    reason = TextAreaField(
        "Why?", [Required("Say why"), MaxWords(300)], hint="The provider reads this.", rows=4
    )


class PromiseLookForm(PortalForm):
    """One look at a promise."""

    state = RadiosField(
        "Is the promise kept?",
        [Required("Choose whether it is kept")],
        choices=[choice(KEPT, "Yes, it is kept"), choice(NOT_KEPT, "No, it is not kept")],
    )
    evidence = TextAreaField(
        "What did you see, and where?",
        [Required("Say what you saw, and where"), MaxWords(300)],
        hint="A visit, a return, a document. Do not name a young person. The provider reads this.",
        rows=4,
    )
    looked_on = DateField("When did you look?", [Required("Enter the day")])
    documents = CheckboxesField("Which documents of the provider show it?")


class PromiseForm(PortalForm):
    """A promise of a contract that has no bid on the portal."""

    question = TextField(
        "What is it about?", [Required("Say what it is about"), MaxCharacters(300)]
    )
    text = TextAreaField(
        "What was promised, word for word?",
        [Required("Write what was promised"), MaxWords(500)],
        rows=6,
    )
