"""The fields of every form: text, choices, files and buttons.

Each takes `hint=`, `label_size=`, `width=`, `prefix=`, `suffix=`, `autocomplete=` and the
other names of `forms.widgets.Look`, here or when the template calls it; and `called=`, the
words that stand for it in an error ("Weekly price must be …").
"""

import re
import unicodedata
from os import SEEK_END

from flask import current_app, has_app_context
from flask_wtf.file import FileField as _FileField
from wtforms import Field, HiddenField as _HiddenField, SubmitField as _SubmitField
from wtforms.fields import SelectChoice
from wtforms.utils import unset_value
from wtforms.validators import StopValidation, ValidationError

from forms.validators import MaxCharacters, MaxWords
from forms.widgets import Look, MacroWidget

# control characters, what has no width, and marks that turn the reading direction: with one of
# those in its name, an organisation can look like another in a list or a letter
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]")

MOST_BYTES = 25 * 1024 * 1024
MOST = "{most}"  # in the hint of a file: how large it may be
_LOOKS = frozenset(Look.__dataclass_fields__)


# whatever some program takes for the end of a line
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")


def tidy(text):
    """Return `text` as it is kept: one kind of line end, no unseen characters, no outer spaces."""
    lines = _LINE_ENDS.sub("\n", text)
    return unicodedata.normalize("NFC", _UNSEEN.sub("", lines)).strip()


def one_line(text):
    """Return `text` tidied and without a break: a name must not write a line of its own into a mail."""
    return re.sub(r"[\n\t]+", " ", tidy(text))


def size_of(stream):
    """How many bytes a stream holds; it stands where it stood afterwards."""
    at = stream.tell()
    size = stream.seek(0, SEEK_END)
    stream.seek(at)
    return size


def choice(value, label, hint="", **more):
    """Return an option for radios, checkboxes or a select.

    Args:
        more: `face=` 1–5 (FacesField), `disabled=True`, `divider="or"` before it,
            `exclusive=True` (ticking it unticks the rest), `group=` (select).
    """
    group = more.pop("group", None)
    return SelectChoice(value, label, {"hint": hint, **more}, group)


def choices_of(vocabulary, labels=None):
    """Return options for a StrEnum, with `labels` (member to words) where its words are not enough."""
    labels = labels or {}
    return [choice(member.value, labels.get(member) or _words(member)) for member in vocabulary]


def _words(member):
    return member.value.replace("-", " ").replace("_", " ").capitalize()


class Dressed:
    """What all our fields share: a look, words for errors, one error about one slip."""

    macro = "text_input"
    input_type = "text"
    called_by_default = ""
    shown_back = True  # to whoever typed it, when the form could not be taken

    def __init__(self, label=None, validators=None, *, called="", full_label="", **kwargs):
        self.full_label = full_label or label or ""  # as it reads away from its page
        self.look = {name: kwargs.pop(name) for name in _LOOKS & kwargs.keys()}
        self.called = called or self.called_by_default or (label or "This")
        kwargs.setdefault("widget", MacroWidget(self.macro))
        super().__init__(label, validators, **kwargs)

    @property
    def focus_id(self):
        """The id of the input that the error summary leads to."""
        return self.id

    @property
    def blank(self):
        return self.data is None or self.data == ""

    @property
    def error_id(self):
        return f"{self.id}-error" if self.errors else ""

    def validate(self, form, extra_validators=()):
        if self.process_errors:  # what could not be read is not checked further
            self.errors = list(self.process_errors)
            return False
        return super().validate(form, extra_validators)


class TextField(Dressed, Field):
    """One line of text. `data` is always a str, tidied."""

    longest = 500

    def process_data(self, value):
        self.data = "" if value is None else str(value)

    def process_formdata(self, valuelist):
        if valuelist:
            self.data = self.kept_as(str(valuelist[0]))

    kept_as = staticmethod(one_line)

    def pre_validate(self, form):
        if len(self.data) > self.longest:  # then no validator says another number beside it
            raise StopValidation(f"Use {min(self._limits()):,} characters or fewer")

    def _limits(self):
        own = [one.characters for one in self.validators if isinstance(one, MaxCharacters)]
        return [self.longest, *own]

    @property
    def shown(self):
        """What stands in the input: what was typed, or else what is kept."""
        return self.data


class SecretTextField(TextField):
    """One line that opens a door, such as a recovery code: never handed back."""

    shown_back = False


class EmailField(TextField):
    """An e-mail address; add the validator Email."""

    input_type = "email"
    longest = 254

    def __init__(self, label=None, validators=None, **kwargs):
        kwargs.setdefault("autocomplete", "email")
        kwargs.setdefault("spellcheck", False)
        super().__init__(label, validators, **kwargs)


class SearchField(TextField):
    """Words to look for."""

    input_type = "search"
    longest = 200


class TelephoneField(TextField):
    """A telephone number, kept as it was typed."""

    input_type = "tel"
    longest = 30

    def __init__(self, label=None, validators=None, **kwargs):
        kwargs.setdefault("autocomplete", "tel")
        kwargs.setdefault("width", 20)
        super().__init__(label, validators, **kwargs)


class PasswordField(TextField):
    """A password, taken exactly as typed and never shown back.

    Say `autocomplete="new-password"` where one is chosen.
    """

    macro = "password_input"
    input_type = "password"
    longest = 1_000
    shown_back = False

    def __init__(self, label=None, validators=None, **kwargs):
        kwargs.setdefault("autocomplete", "current-password")
        super().__init__(label, validators, **kwargs)

    def process_formdata(self, valuelist):
        if valuelist:
            self.data = str(valuelist[0])

    @property
    def shown(self):
        return ""


class CodeField(TextField):
    """A code of digits, from a phone, a mail or a card; spaces and dashes do not matter."""

    shown_back = False

    def __init__(self, label=None, validators=None, *, digits=6, **kwargs):
        self.digits = digits
        kwargs.setdefault("autocomplete", "one-time-code")
        kwargs.setdefault("inputmode", "numeric")
        kwargs.setdefault("width", 10)
        kwargs.setdefault("spellcheck", False)
        super().__init__(label, validators, **kwargs)

    def process_formdata(self, valuelist):
        if valuelist:
            self.data = re.sub(r"[\s–-]", "", tidy(str(valuelist[0])))

    def pre_validate(self, form):
        if self.data and not re.fullmatch(f"[0-9]{{{self.digits}}}", self.data):
            raise ValidationError(f"Enter the {self.digits} numbers of the code")

    @property
    def shown(self):
        return ""


class TextAreaField(TextField):
    """Text of several lines. With the validator MaxWords the page counts the words."""

    macro = "textarea"
    longest = 50_000
    kept_as = staticmethod(tidy)

    @property
    def max_words(self):
        return next((v.words for v in self.validators if isinstance(v, MaxWords)), None)


class ChoiceField(Dressed, Field):
    """Base of the fields that offer choices: a list of `choice(value, label)`.

    The choices are handed in, at the start or before validation: `form.lot.choices = [...]`.
    With `coerce=int`, say, `data` is an int.
    """

    macro = "radios"
    refusal = "Choose one of the answers on the page"

    def __init__(self, label=None, validators=None, *, choices=(), coerce=str, **kwargs):
        self.choices, self.coerce = list(choices), coerce
        super().__init__(label, validators, **kwargs)

    def process_data(self, value):
        self.data = None if value is None or value == "" else self.coerce(value)

    def process_formdata(self, valuelist):
        if not valuelist:
            self.data = None
            return
        self.data = self._coerced(valuelist[0])

    def pre_validate(self, form):
        if not self.blank and self.data not in self._values():
            raise ValidationError(self.refusal)

    def is_chosen(self, option):
        return self.data is not None and str(self.data) == str(option.value)

    def _values(self):
        open_ones = (c for c in self.choices if not c.render_kw.get("disabled"))
        return [self.coerce(option.value) for option in open_ones]

    def _coerced(self, text):
        if text == "":
            return None
        try:
            return self.coerce(text)
        except (ValueError, TypeError, KeyError) as slip:
            raise ValueError(self.refusal) from slip


class RadiosField(ChoiceField):
    """One of a few. `data` is the value, or None."""


class YesNoField(RadiosField):
    """Yes or no. `data` is True, False, or None while unanswered."""

    def __init__(self, label=None, validators=None, **kwargs):
        kwargs.setdefault("choices", [choice("yes", "Yes"), choice("no", "No")])
        kwargs.setdefault("inline", True)
        super().__init__(label, validators, coerce=_yes_or_no, **kwargs)

    def is_chosen(self, option):
        return self.data is not None and self.data == _yes_or_no(option.value)


def _yes_or_no(value):
    if isinstance(value, bool):
        return value
    return {"yes": True, "no": False}[value]


class FacesField(RadiosField):
    """One of five faces, with words and numbers; a choice without a face stands below them.

    Choices: `choice(1, "Not good at all", face=1)` … `face=5`.
    """

    macro = "faces"

    def __init__(self, label=None, validators=None, **kwargs):
        kwargs.setdefault("coerce", int)
        super().__init__(label, validators, **kwargs)


class SelectField(ChoiceField):
    """One of many, from a list. The first line is empty unless `blank_label=None`."""

    macro = "select"

    def __init__(self, label=None, validators=None, *, blank_label="Choose one", **kwargs):
        self.blank_label = blank_label
        super().__init__(label, validators, **kwargs)

    def groups(self):
        """Return the choices as pairs of a group's name (or None) and its choices, in order."""
        grouped = {}
        for option in self.choices:
            grouped.setdefault(option.optgroup, []).append(option)
        return list(grouped.items())


class CheckboxesField(ChoiceField):
    """Any number of a few. `data` is a list of values, empty when none is ticked."""

    macro = "checkboxes"

    @property
    def blank(self):
        return not self.data

    def process_data(self, value):
        self.data = [self.coerce(one) for one in value or ()]

    def process_formdata(self, valuelist):
        self.data = list(dict.fromkeys(self._coerced(one) for one in valuelist if one != ""))

    def pre_validate(self, form):
        if not set(self.data) <= set(self._values()):
            raise ValidationError(self.refusal)

    def is_chosen(self, option):
        return str(option.value) in {str(one) for one in self.data}


class ConfirmCheckbox(Dressed, Field):
    """One box to tick. `data` is a bool; with Required it must be ticked."""

    macro = "confirm_checkbox"

    @property
    def blank(self):
        return not self.data

    def process_data(self, value):
        self.data = bool(value)

    def process_formdata(self, valuelist):
        self.data = bool(valuelist) and valuelist[0] not in ("", "no", "false")


class FileField(Dressed, _FileField):
    """A file from the person's own machine. `data` is a FileStorage, or None.

    Browsers do not keep a chosen file when a page is shown again, so the field says so.
    """

    macro = "file_upload"
    shown_back = False
    many = False

    def __init__(self, label=None, validators=None, *, accept="", **kwargs):
        self.accept = accept
        super().__init__(label, validators, **kwargs)

    @property
    def most_bytes(self):
        """What the installation takes; the page's script says so before a larger file is sent."""
        told = current_app.config.get("MOST_BYTES") if has_app_context() else None
        return told() if told else MOST_BYTES

    @property
    def most_words(self):
        return f"{self.most_bytes // 1024 // 1024} MB"

    @property
    def must_choose_again(self):
        return self.data is not None and not self.errors and bool(self._form and self._form.errors)

    def pre_validate(self, form):
        """Refuse a file that is larger than the installation takes before anybody reads it."""
        for one in self.chosen:
            if size_of(one.stream) > self.most_bytes:
                raise StopValidation(
                    f"This file is larger than {self.most_words}. Upload a smaller file."
                )

    @property
    def chosen(self):
        """The files that came; a form of several tells what is wrong with each by itself."""
        return [self.data] if getattr(self.data, "filename", "") and not self.many else []

    def process(self, formdata, data=unset_value, extra_filters=None):
        super().process(formdata, None if data is unset_value else data, extra_filters)
        if MOST in self.look.get("hint", ""):
            self.look["hint"] = self.look["hint"].replace(MOST, self.most_words)


class FilesField(FileField):
    """Several files at once. `data` is a list of FileStorage, empty when none was chosen."""

    many = True

    @property
    def blank(self):
        return not self.data

    @property
    def must_choose_again(self):
        return False

    def process_formdata(self, valuelist):
        self.data = [one for one in valuelist if getattr(one, "filename", "")]


class HiddenField(_HiddenField):
    """A value that travels with the form. It is typed by nobody, and believed by nobody."""


class SubmitButton(_SubmitField):
    """A button that sends the form. `data` is True when it was this one.

    Args:
        kind: "" for the main one, "secondary" or "warning".
    """

    def __init__(self, label=None, *, kind="", **kwargs):
        self.look = {}
        self.kind = kind
        kwargs.setdefault("widget", MacroWidget("submit_button"))
        super().__init__(label, **kwargs)
