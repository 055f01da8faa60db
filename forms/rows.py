"""A field of rows: a table such as staffing, a list of homes. Works without script: a button adds a
row or takes one out, and the page comes back with everything that was typed."""

from dataclasses import dataclass

from flask import request
from wtforms import Field

from forms.fields import Dressed, tidy
from forms.widgets import MacroWidget
from scoring.answers import money_text, parse_answer
from scoring.rows import CellsRefused, columns_of, most_rows, read_rows, row_title
from scoring.rules import RuleBroken

CHANGE = "rows"  # the name of the buttons that add a row or take one out
ADD, REMOVE = "add", "remove"


@dataclass(frozen=True, slots=True)
class CellBox:
    """One cell as the page shows it."""

    column: dict
    name: str
    text: str
    error: str

    @property
    def kind(self):
        return self.column["kind"]

    @property
    def choices(self):
        """What can be chosen, as pairs of a value and its words."""
        if self.kind == "yes-no":
            return [("yes", "Yes"), ("no", "No")]
        return [(one["value"], one["label"]) for one in self.column.get("options") or []]


class RowsField(Dressed, Field):
    """Rows of cells. `data` is a list of rows, each the typed texts by the key of the column."""

    shown_back = False
    full_rows = 0  # how many rows to show, empty ones too

    def __init__(self, label=None, validators=None, *, question, **kwargs):
        kwargs.setdefault("widget", MacroWidget("rows_input", "components/rows.html"))
        super().__init__(label, validators, **kwargs)
        self.question, self.columns = question, columns_of(question)

    def process(self, formdata, data=None, extra_filters=None):
        self.process_errors = []
        self.data = [self._as_typed(row) for row in data or [] if isinstance(row, dict)]
        self.object_data = self.data
        if formdata is not None and self._was_sent(formdata):
            self.data = self._typed(formdata)

    @property
    def row_title(self):
        return row_title(self.question)

    @property
    def focus_id(self):
        return next((cell.name for row in self.rows for cell in row if cell.error), self._name(0))

    @property
    def rows(self):
        """The rows to show: those with something in them, and at least one to write in."""
        faults = self.cell_errors
        shown = min(max(len(self.data), self.full_rows, 1), most_rows(self.question))
        return [[self._box(at, column, faults) for column in self.columns] for at in range(shown)]

    @property
    def has_room(self):
        return len(self.rows) < most_rows(self.question)

    @property
    def cell_errors(self):
        """What is wrong with which cell, once something is wrong with the whole."""
        if not self.errors:
            return {}
        try:
            read_rows(self.question, self.data, parse_answer)
        except CellsRefused as refused:
            return refused.cells
        except RuleBroken:
            return {}
        return {}

    def _box(self, at, column, faults):
        typed = self.data[at].get(column["key"], "") if at < len(self.data) else ""
        name = f"{self.name}--{at}--{column['key']}"
        return CellBox(column, name, typed, faults.get((at, column["key"]), ""))

    def _name(self, at):
        return f"{self.name}--{at}--{self.columns[0]['key']}"

    def _was_sent(self, formdata):
        return any(name.startswith(f"{self.name}--") for name in formdata)

    def _typed(self, formdata):
        gone = removed_row(self.name)
        numbers = {
            int(part)
            for name in formdata
            if name.startswith(f"{self.name}--") and (part := name.split("--")[-2]).isdecimal()
        }
        rows = [
            {
                column["key"]: tidy(formdata.get(f"{self.name}--{at}--{column['key']}", ""))
                for column in self.columns
            }
            for at in sorted(numbers)[: most_rows(self.question) + 1]
            if at != gone
        ]
        return [row for row in rows if any(row.values())]

    def _as_typed(self, row):
        """A kept row as it stands in its fields."""
        typed = {}
        for column in self.columns:
            value = row.get(column["key"], "")
            if isinstance(value, int):
                value = money_text(value)
            if column["kind"] == "date" and value:
                year, month, day = value.split("-")
                value = f"{int(day)}/{int(month)}/{year}"
            typed[column["key"]] = value
        return typed


def removed_row(name):
    """Return the number of the row that a button takes out of this field, or None."""
    verb, _, rest = request.form.get(CHANGE, "").partition(":")
    key, _, number = rest.rpartition(":")
    return int(number) if verb == REMOVE and key == name and number.isdecimal() else None


def wants_row_change():
    """Tell whether a button for a row was pressed, and not the one that goes on."""
    return request.form.get(CHANGE, "").partition(":")[0] in {ADD, REMOVE}


def wants_new_row():
    return request.form.get(CHANGE, "").startswith(f"{ADD}:")
