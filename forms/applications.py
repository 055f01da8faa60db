"""What a provider types into an application. Questions come from content; what an answer may be is
told by `scoring.answers`, so these fields keep what was typed and judge little."""

from wtforms.form import BaseForm

from forms import (
    CheckboxesField,
    ConfirmCheckbox,
    DateField,
    FileField,
    MaxCharacters,
    MaxWords,
    MoneyField,
    PercentField,
    PortalForm,
    RadiosField,
    Required,
    SelectField,
    TextAreaField,
    TextField,
    YesNoField,
    built_form,
    choice,
)
from forms.base import TakesFile
from forms.documents import ACCEPTED_FILES, KINDS_HINT
from forms.rows import RowsField
from scoring.rows import ROW_KINDS

_FEWEST_ROWS, _MOST_ROWS, _WORDS_IN_A_ROW = 5, 24, 14
_AMOUNTS = {"hour": "24.50", "night": "60.00"}  # what an amount looks like, by the unit of a price


class StartForm(PortalForm):
    """Which organisation applies, for somebody who works for several."""

    provider = RadiosField(
        "Which organisation applies?", [Required("Choose which organisation applies")]
    )


class LotsForm(PortalForm):
    """The lots that are applied for."""

    lots = CheckboxesField(
        "Which lots do you apply for?",
        [Required("Choose at least one lot")],
        hint="Choose all that you can deliver. Each is decided by itself.",
    )

    def offer(self, lots):
        """Offer these lots: things with a code, a title and an agreement_lot with a description."""
        self.lots.choices = [
            choice(lot.code, f"{lot.code}: {lot.title}", hint=lot.agreement_lot.description)
            for lot in lots
            if lot.cancelled_at is None
        ]
        return self


def councils_form(lots, councils, values, **more):
    """Return a form with the councils of each lot.

    Args:
        lots: by field name, a lot with a code and a title.
        councils: things with a slug and a name.
        values: slugs by field name.
        more: as in `question_form`.
    """
    choices = [choice(one.slug, one.name) for one in councils]
    fields = {
        name: CheckboxesField(
            f"Lot {lot.code}: {lot.title}",
            choices=choices,
            small=True,
            called=f"The councils of lot {lot.code}",
        )
        for name, lot in lots.items()
    }
    return built_form(fields, data=values, **more)


def lot_order_form(lots, values, **more):
    """Return a form with the place of each lot.

    Args:
        lots: by field name, a lot with a code and a title.
        values: places from 1 by field name; None where there is none yet.
        more: as in `question_form`.
    """
    places = [choice(place, str(place)) for place in range(1, len(lots) + 1)]
    fields = {
        name: SelectField(
            f"Lot {lot.code}: {lot.title}",
            [Required(f"Give lot {lot.code} a place")],
            choices=places,
            coerce=int,
            blank_label="Choose a place",
            hint="1 is the lot that you want most" if name == next(iter(lots)) else "",
        )
        for name, lot in lots.items()
    }
    return built_form(fields, data=values, **more)


def branches_form(lots, choices, values, **more):
    """Return a form with the branches that will deliver each lot.

    Args:
        lots: by field name, a lot with a code and a title.
        choices: the registrations.
        values: their numbers by field name.
        more: as in `question_form`.
    """
    fields = {
        name: CheckboxesField(
            f"Lot {lot.code}: {lot.title}",
            choices=choices,
            small=True,
            called=f"The branches of lot {lot.code}",
        )
        for name, lot in lots.items()
    }
    return built_form(fields, data=values, **more)


class ChangesForm(PortalForm):
    """What stands although the round changed."""

    confirmed = CheckboxesField(
        "Which of these stand as you gave them?",
        hint="Read what changed first. Leave out what you want to change.",
    )


class AttachForm(TakesFile, PortalForm):
    """How one document of the checklist is given."""

    source = RadiosField("How do you give us this document?", [Required("Choose one")])
    file = FileField("The file", hint=KINDS_HINT, accept=ACCEPTED_FILES)
    valid_until_on = DateField(
        "What is the last day on which it is valid?",
        hint="For example, 31 3 2027",
        called="The last day",
    )
    keep = ConfirmCheckbox(
        "Add it to our library too",
        hint="You can use it again then. Councils can see your library at any time.",
    )

    def offer(self, *, library, promise, asks_for_day):
        """Offer what this line of the checklist allows."""
        sources = [choice("upload", "Upload a file now")]
        if library:
            sources.insert(0, choice("library", "Use the one in our library", hint=library))
        if promise:
            sources.append(
                choice(
                    "promise",
                    "We will hold it from the start",
                    hint="You need not have it yet. Without it nobody can be placed with you.",
                )
            )
        self.source.choices = sources
        if len(sources) == 1 and not self.source.data:
            self.source.data = sources[0].value  # one way is no question
        if not asks_for_day:
            del self.valid_until_on
        return self

    @property
    def last_day(self):
        """The day that was typed, or None where none is asked for."""
        return self.valid_until_on.data if "valid_until_on" in self else None

    def says_all(self, check_day):
        """Whether everything is there that this source needs; what is not is said all at once.

        Args:
            check_day: raises a broken rule for a last day that this document may not have.
        """
        uploads = self.source.data == "upload"
        self.holds(*[check_day] if uploads else [])
        if not uploads and "valid_until_on" in self:
            self.valid_until_on.errors = []  # a day that nobody needs is no mistake
        if uploads and self.refused is not None:
            self.refuse_file(self.refused)
        elif uploads and not self.file.data:
            self.file.errors = [*self.file.errors, "Choose a file"]
        return self.is_submitted() and not self.errors


class SubmitForm(PortalForm):
    """The declaration under which an application is submitted."""

    certified = ConfirmCheckbox(
        "I confirm this for the organisation: what we say is true and complete as far as we know, "
        "and I may sign for it.",
    )


class WithdrawForm(PortalForm):
    """Why an application is taken back."""

    reason = TextAreaField(
        "Why do you withdraw it?",
        [Required("Say why you withdraw it"), MaxWords(100)],
        hint="This is for your own record. The councils do not see it before the opening.",
        rows=4,
    )


class RateBookForm(PortalForm):
    """The rate card, filled in at home."""

    file = FileField(
        "The workbook",
        [Required("Choose the workbook")],
        hint="The Excel workbook (.xlsx) that you downloaded here, of up to {most}",
        accept=".xlsx",
    )


class TakeRatesForm(PortalForm):
    """Take what the comparison shows."""


class VerifyForm(PortalForm):
    """A manifest, and the price envelope if wished, to hold against a receipt."""

    manifest = FileField(
        "The manifest",
        [Required("Choose the manifest")],
        hint="The file whose name ends in .json",
        accept=".json",
    )
    envelope = FileField(
        "The price envelope", hint="Only if you want to check the prices as well.", accept=".json"
    )


class FileAnswerForm(PortalForm):
    """A file as the answer to a question."""

    file = FileField("The file", hint=KINDS_HINT, accept=ACCEPTED_FILES)


def question_form(questions, values, **more):
    """Return a form with a field for each question, under its key.

    Args:
        values: by key, as they stand in a field: a date, pence, a text, a list.
        more: `formdata=None` for a form that shows only these values, whatever was sent.
    """
    fields = {question["key"]: question_field(question) for question in questions}
    return built_form(fields, data=values, **more)


def question_field(question):
    """Return the unbound field for a question of the content."""
    options = [choice(one["value"], one["label"]) for one in question.get("options") or []]
    look = {"hint": question.get("hint") or ""}
    if question["kind"] in ROW_KINDS:
        return RowsField(question["label"], question=question, **look)
    if question["kind"] in _WITH_OPTIONS:
        return _WITH_OPTIONS[question["kind"]](question["label"], choices=options, **look)
    if question["kind"] in _PLAIN:
        return _PLAIN[question["kind"]](question["label"], **look)
    return _text_field(question, look)


_PLAIN = {"money": MoneyField, "date": DateField, "yes-no": YesNoField}
_WITH_OPTIONS = {"one-of": RadiosField, "many-of": CheckboxesField}


def _text_field(question, look):
    words = question.get("words")
    if question["kind"] == "long-text":
        limits = [MaxWords(words)] if words else []
        return TextAreaField(question["label"], limits, rows=_rows(words), **look)
    if question["kind"] == "number":
        look |= {"inputmode": "decimal", "width": 10, "suffix": question.get("unit") or ""}
    return TextField(question["label"], [MaxCharacters(500)], **look)


def rates_form(asked, values, called, **more):
    """Return a form with an amount for each lot and each item that it asks for.

    Args:
        asked: by the code of a lot, items with `key`, `title` and `unit`.
        values: pence by field name (`rate_name`); of a discount, hundredths of a per cent.
        called: what a price is called in an error, of the code of a lot and the title of an item.
        more: as in `question_form`.
    """
    fields = {
        rate_name(lot, item["key"]): _rate_field(item, called(lot, item["title"]))
        for lot, items in asked.items()
        for item in items
    }
    return built_form(fields, data=values, **more)


def _rate_field(item, title):
    look = {"called": f"“{title}”", "full_label": title}
    if item.get("unit") == "percent":
        return PercentField(item["title"], **look)
    return MoneyField(
        item["title"],
        minimum=None,  # the card says what is too low
        example=_AMOUNTS.get(item.get("unit"), "895.00"),
        **look,
    )


def rate_name(lot, item_key):
    """Return the name of the field of one price."""
    return f"rate-{lot}-{item_key}"


def typed_answers(form: BaseForm, names, formdata):
    """Return what was typed, by name, as the rules read it; a day that could be read as a date.

    What a field could not read is left out and stands in its errors.
    """
    typed = {}
    for name in names:
        field = form[name]
        if field.process_errors:
            field.errors = list(field.process_errors)
        elif isinstance(field, DateField | RowsField):
            typed[name] = field.data
        else:
            typed[name] = formdata.getlist(name)
    return typed


def touched(form: BaseForm, as_kept: BaseForm, names):
    """Return the fields whose typed text is not what is kept: those that are lost, unless saved."""
    return [
        form[name]
        for name in names
        if name in form and (form[name].process_errors or form[name].data != as_kept[name].data)
    ]


def _rows(words):
    return max(_FEWEST_ROWS, min(_MOST_ROWS, (words or 100) // _WORDS_IN_A_ROW))
