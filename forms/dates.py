"""Fields for days and times. People type them as they say them; the clock is the one in London."""

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from wtforms import Field
from wtforms.utils import unset_value
from wtforms.validators import ValidationError

from forms.fields import Dressed, tidy

LONDON = ZoneInfo("Europe/London")
_MONTHS = "january february march april may june july august september october november december"
_MONTH_NAMES = {name: number for number, name in enumerate(_MONTHS.split(), 1)}
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_TIME = re.compile(
    r"(?P<hour>[0-9]{1,2})([:.](?P<minute>[0-9]{2}))?(?P<half>am|pm)?|(?P<four>[0-9]{4})"
)
_TIME_WORDS = {"midday": time(12), "noon": time(12), "midnight": time(0)}
_TIME_HELP = "must be a time, like 9:30am or 14:30"


def written_day(day):
    """Return a day in words: 22 November 2026."""
    return f"{day.day} {day:%B %Y}"


def written_time(moment):
    """Return a time in words: 2:30pm."""
    hour = moment.hour % 12 or 12
    return f"{hour}:{moment.minute:02d}{'am' if moment.hour < 12 else 'pm'}"


class Wrong(ValueError):
    """What could not be read: for each slip the sentence, and the names of the inputs to mend."""

    def __init__(self, message="", *parts):
        super().__init__(message)
        self.slips = [(message, parts)] if message else []

    def __add__(self, other):
        both = Wrong()
        both.slips = self.slips + other.slips
        return both


class DateField(Dressed, Field):
    """A day, typed as day, month and year. `data` is a date, or None when nothing was typed.

    `earliest` and `latest` are dates, and may be set on the field before validation.
    """

    macro = "date_input"
    called_by_default = "The date"
    parts = ("day", "month", "year")

    def __init__(self, label=None, validators=None, *, earliest=None, latest=None, **kwargs):
        self.earliest, self.latest = earliest, latest
        self.typed = None
        self.wrong_parts, self.slips = (), []
        super().__init__(label, validators, **kwargs)

    def process(self, formdata, data=unset_value, extra_filters=None):
        super().process(None, data, extra_filters)
        if formdata is None:
            return
        self.typed = {
            part: tidy(str(formdata.get(f"{self.name}-{part}", ""))) for part in self.parts
        }
        self.raw_data = list(self.typed.values())
        self.data = None
        if self.blank:
            return
        try:
            self.data = self._read(self.typed)
        except Wrong as wrong:
            self.slips = wrong.slips
            self.wrong_parts = tuple(part for _, parts in wrong.slips for part in parts)
            self.process_errors += [sentence for sentence, _ in wrong.slips]

    def pre_validate(self, form):
        if self.data is None:
            return
        if self.earliest is not None and self.data < self.earliest:
            raise ValidationError(f"{self.called} must be {self.written(self.earliest)} or later")
        if self.latest is not None and self.data > self.latest:
            raise ValidationError(f"{self.called} must be {self.written(self.latest)} or earlier")

    @property
    def blank(self):
        return self.data is None and not any((self.typed or {}).values())

    @property
    def focus_id(self):
        return f"{self.id}-{self.wrong_parts[0] if self.wrong_parts else self.parts[0]}"

    def focus_of(self, error):
        """Return the id of the input that one of the errors is about."""
        about = next((parts for sentence, parts in self.slips if sentence == error), ())
        return f"{self.id}-{about[0]}" if about else self.focus_id

    def inputs(self):
        """Return what the macro draws: a dict for each input."""
        typed = self.typed if any((self.typed or {}).values()) else {}
        kept = typed or self.typed_from(self.data)
        wrong = self.wrong_parts or (self.parts if self.errors else ())
        return [
            {"part": part, "value": kept.get(part, ""), "wrong": part in wrong}
            for part in self.parts
        ]

    def typed_from(self, value):
        """Return what a person would have typed for `value`."""
        if value is None:
            return {}
        return {"day": str(value.day), "month": str(value.month), "year": str(value.year)}

    def written(self, value):
        return written_day(value)

    def _read(self, typed):
        return self._read_parts(typed)["date"]

    def _read_parts(self, typed):
        """Return every part, read; what is wrong with each is told together."""
        read, wrong = {}, Wrong()
        missing = [part for part in self.parts if not typed[part]]
        if missing:
            wrong += Wrong(f"{self.called} must include a {_listed(missing)}", *missing)
        for part in self.parts:
            try:
                read[part] = self._read_part(part, typed[part]) if typed[part] else None
            except Wrong as slip:
                wrong += slip
        if all(read.get(part) for part in DateField.parts):
            try:
                read["date"] = self._date(read)
            except Wrong as slip:
                wrong += slip
        if wrong.slips:
            raise wrong
        return read

    def _read_part(self, part, text):
        if part == "year":
            return self._year(text)
        if part == "month":
            return _MONTH_NAMES.get(_whole_month(text)) or self._number(text, part, 12)
        return self._number(text, part, 31)

    def _date(self, read):
        try:
            return date(read["year"], read["month"], read["day"])
        except ValueError:
            name = date(2000, read["month"], 1)
            raise Wrong(
                f"{self.called} must be a real date. "
                f"{name:%B} {read['year']} has no day {read['day']}",
                "day",
            ) from None

    def _number(self, text, part, most):
        if not re.fullmatch("[0-9]{1,2}", text) or not 1 <= int(text) <= most:
            raise Wrong(f"{self.called} must have a {part} from 1 to {most}", part)
        return int(text)

    def _year(self, text):
        if not re.fullmatch("[0-9]{4}", text):
            raise Wrong(f"{self.called} must have a year of 4 numbers, like 2027", "year")
        if not _FIRST_YEAR <= int(text) <= _LAST_YEAR:
            raise Wrong(
                f"{self.called} must have a year from {_FIRST_YEAR} to {_LAST_YEAR}", "year"
            )
        return int(text)


class TimeField(Dressed, Field):
    """A time of day, such as 9:30am or 14:30. `data` is a time, or None."""

    called_by_default = "The time"

    def __init__(self, label=None, validators=None, **kwargs):
        self.typed = None
        kwargs.setdefault("width", 10)
        super().__init__(label, validators, **kwargs)

    def process_formdata(self, valuelist):
        if not valuelist:
            return
        self.typed = tidy(str(valuelist[0]))
        self.data = None
        if self.typed:
            self.data = read_time(self.typed, self.called)

    @property
    def blank(self):
        return self.data is None and not self.typed

    @property
    def shown(self):
        if self.typed is not None:
            return self.typed
        return "" if self.data is None else written_time(self.data)


class DateTimeField(DateField):
    """A day and a time in London. `data` is an aware datetime in UTC, or None.

    A time that the clocks skip, or that comes twice, is refused: nobody could keep it.
    `earliest` and `latest` are aware datetimes.
    """

    macro = "date_time_input"
    called_by_default = "The date and time"
    parts = ("day", "month", "year", "time")

    def typed_from(self, value):
        if value is None:
            return {}
        there = value.astimezone(LONDON)
        return super().typed_from(there) | {"time": written_time(there)}

    def written(self, value):
        there = value.astimezone(LONDON)
        return f"{written_time(there)} on {written_day(there)}"

    def _read(self, typed):
        read = self._read_parts(typed)
        return _in_utc(datetime.combine(read["date"], read["time"]))

    def _read_part(self, part, text):
        if part != "time":
            return super()._read_part(part, text)
        try:
            return read_time(text, self.called)
        except ValueError as slip:
            raise Wrong(str(slip), "time") from None


def read_time(text, called="The time"):
    """Return the time that `text` says.

    Raises:
        ValueError: with a sentence for the person.
    """
    bare = re.sub(r"\s", "", text.lower()).replace("a.m.", "am").replace("p.m.", "pm")
    word = bare.removeprefix("12")  # 12 noon
    if word in _TIME_WORDS:
        return _TIME_WORDS[word]
    found = _TIME.fullmatch(bare)
    if not found:
        raise ValueError(f"{called} {_TIME_HELP}")
    if found["four"]:
        hour, minute = int(bare[:2]), int(bare[2:])
    else:
        hour, minute = int(found["hour"]), int(found["minute"] or 0)
        if found["half"] is None and found["minute"] is None:
            raise ValueError(f"{called} {_TIME_HELP}")  # a bare 9 may be morning or evening
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(f"{called} {_TIME_HELP}")
        hour = hour % 12 + (12 if found["half"] == "pm" else 0)
    if hour > 23 or minute > 59:
        raise ValueError(f"{called} {_TIME_HELP}")
    return time(hour, minute)


def _listed(words):
    """Return words as people say a list: "day", "day and month", "day, month and year"."""
    return " and ".join([", ".join(words[:-1])] * bool(words[:-1]) + [words[-1]])


def _in_utc(local):
    first = local.replace(tzinfo=LONDON, fold=0)
    second = local.replace(tzinfo=LONDON, fold=1)
    moment = first.astimezone(UTC)
    if moment.astimezone(LONDON).replace(tzinfo=None) != local:
        raise Wrong(
            "The clocks go forward that night, so this time does not exist. Choose another", "time"
        )
    if first.utcoffset() != second.utcoffset():
        raise Wrong(
            "The clocks go back that night, so this time comes twice. Choose another", "time"
        )
    return moment


def _whole_month(text):
    """Return the month's full name for its name or its first three letters, or ''."""
    low = text.lower().rstrip(".")
    low = "sep" if low == "sept" else low
    return next((name for name in _MONTH_NAMES if low in (name, name[:3])), "")
