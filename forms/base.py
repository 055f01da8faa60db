"""What every form of the portal can do."""

import json
import re
from collections.abc import Iterable

from flask import request
from flask_wtf import FlaskForm
from wtforms import FieldList, FileField, FormField

from scoring.rules import Finding, RuleBroken, errors

#: The hidden field in which a form carries the labels of its fields, and the parts of a date.
LABELS, _PARTS = "_labels", frozenset({"day", "month", "year", "time"})

#: Words of names that are never shown back, where a form has carried no labels.
_SECRET = frozenset({"csrf", "password", "current", "pin", "code", "secret", "token"})

OPEN_TOO_LONG = (
    "This page was open for too long, so what you typed is not saved yet. Send it again."
)


class PortalForm(FlaskForm):
    """A form whose fields write themselves with label, hint and error: `{{ form.name() }}`."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form):
            return None  # every sentence is our own

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._look_for_files()

    def _look_for_files(self):
        self.has_files = any(isinstance(field, FileField) for field in self)

    @property
    def seen_revision(self):
        """Of a form with a field `revision`: what the page sent back; None where it sent none."""
        sent = self.revision.data  # a number where nothing was sent and what is kept stands there
        return int(sent) if isinstance(sent, str) and sent.isdigit() else None

    @property
    def error_summary(self):
        """Everything that is wrong, in the order of the page: dicts of `text` and `href`."""
        top = [{"text": str(error), "href": ""} for error in self.form_errors]
        return top + [line for field in self for line in _lines_of(field)]

    def holds(self, *checks):
        """Tell whether the form was sent and all of it is sound; what is wrong is told all at once.

        Args:
            checks: for what no field can see by itself: functions that raise RuleBroken, or return
                findings, whose warnings stop nothing. They run whatever the fields found, and have
                no say about a field that is wrong already.
        """
        if not self.is_submitted():
            return False
        self.validate()
        wrong = {field.name for field in self if field.errors}
        for rule in (rule for check in checks for rule in _broken_by(check)):
            field = self._field_named(rule.field)
            if field is None or field.name not in wrong:
                self.add_rule_error(rule)
        return not self.errors

    def add_rule_error(self, rule):
        """Show a broken rule beside the field it names, or on top where it names none.

        Args:
            rule: anything with `message` and `field`, such as scoring's RuleBroken.
        """
        field = self._field_named(getattr(rule, "field", None))
        if field is None:
            self.form_errors.append(rule.message)
        else:
            field.errors = [*field.errors, rule.message]

    def changed_fields(self):
        """Return the fields that an autosave sent, in the order of the page.

        The page names them, since an unticked box sends nothing of its own.
        """
        named = set(request.form.getlist("autosave_field"))
        return [field for field in self if field.name in named]

    @property
    def labels(self):
        """The label of each field whose text may be shown back, by name.

        The form carries them, so that what was typed can be handed back under the words under
        which it was asked for, by a page that knows nothing of the form.
        """
        return {field.name: field.full_label for field in self if field_is_shown_back(field)}

    @property
    def wants_autosave(self):
        """Tell whether the page's own script is saving a changed field."""
        return is_autosave()

    def _field_named(self, name):
        if not name:
            return None
        return next((f for f in self if name in {f.name, f.short_name, f.id}), None)


class TakesFile:
    """Of a form with a field `file`: what is wrong with the file itself, which the store finds out."""

    refused = None  # the broken rule; fields are looked at later, which clears their errors

    def refuse_file(self, rule):
        """Show why the file was not taken, beside it."""
        self.file.errors = [*self.file.errors, rule.message]


class AddressForm(PortalForm):
    """A form that lives in the address: search, filters, sorting. Changes nothing."""

    class Meta(PortalForm.Meta):
        csrf = False

    def __init__(self, formdata=None, **kwargs):
        # an address without filters shows the defaults
        super().__init__(formdata=(formdata or request.args) or None, **kwargs)


def built_form(fields, base=PortalForm, **kwargs):
    """Return a form made on the spot from `fields`: names to fields.

    For questions that come from content. Reach a field with `form["its-key"]`.
    """
    return type("BuiltForm", (base,), dict(fields))(**kwargs)


def is_autosave():
    """Tell whether this request is the page's script saving a changed field."""
    return request.headers.get("X-Requested-With") == "autosave"


def field_is_shown_back(field):
    """Tell whether what a field holds may be shown back: no password, no code, nothing hidden."""
    return bool(getattr(field, "shown_back", False))


def typed_text(formdata):
    """Return what somebody typed as pairs of the field's label and the text, without secrets.

    For the page that hands it back when the form could not be taken. The form has carried its
    labels (`PortalForm.labels`); without them the names of the fields must do.
    """
    labels = _labels_sent(formdata)
    pairs = []
    for name in formdata:
        label = _label_of(name, labels) if labels else _readable(name)
        if label:
            pairs += [(label, text) for text in formdata.getlist(name) if text.strip()]
    return pairs


def _labels_sent(formdata):
    try:
        labels = json.loads(formdata.get(LABELS, ""))
    except ValueError:
        return {}
    return {str(k): str(v) for k, v in labels.items()} if isinstance(labels, dict) else {}


def _label_of(name, labels):
    if name in labels:
        return labels[name]
    whole, _, part = name.rpartition("-")
    return f"{labels[whole]} ({part})" if whole in labels and part in _PARTS else ""


def _readable(name):
    words = re.split("[_-]", name)
    if name.startswith("_") or name == "autosave_field" or _SECRET & set(words):
        return ""
    return " ".join(words).strip().capitalize()


def _broken_by(check):
    try:
        found = check()
    except RuleBroken as broken:
        return [broken]
    found = found if isinstance(found, Iterable) else ()
    findings = [one for one in found if isinstance(one, Finding)]  # a rule may return what it read
    return [finding.as_refusal() for finding in errors(findings)]


def _lines_of(field):
    if isinstance(field, FormField):
        return [line for inner in field.form for line in _lines_of(inner)]
    if isinstance(field, FieldList):
        return [line for inner in field.entries for line in _lines_of(inner)]
    if field.short_name == "csrf_token" and field.errors:
        return [{"text": OPEN_TOO_LONG, "href": ""}]
    return [{"text": str(error), "href": f"#{_target(field, error)}"} for error in field.errors]


def _target(field, error):
    """Return the id of the input that an error is about."""
    if hasattr(field, "focus_of"):
        return field.focus_of(str(error))
    return getattr(field, "focus_id", field.id)
