"""Our lean macros write what the design system's own macros write."""

import re
from html.parser import HTMLParser

import pytest
from jinja2 import Environment, PackageLoader, PrefixLoader

from forms import (
    CheckboxesField,
    DateField,
    MaxWords,
    RadiosField,
    TextAreaField,
    TextField,
    choice,
)

OURS = {"data-field", "data-reveals"}  # what the portal's own script reads
THEIRS = {"data-module"}


class Outline(HTMLParser):
    """Elements with their attributes, and the words, without idle white space."""

    def __init__(self):
        super().__init__()
        self.lines = []

    def handle_starttag(self, tag, attrs):
        kept = {name: value for name, value in attrs if name not in OURS | THEIRS}
        if "class" in kept:
            kept["class"] = " ".join(sorted(kept["class"].split()))
        self.lines.append((tag, sorted(kept.items())))

    def handle_endtag(self, tag):
        self.lines.append(("/", tag))

    def handle_data(self, data):
        words = re.sub(r"\s+", " ", data).strip()
        if words:
            self.lines.append(words)


def outline(html):
    parser = Outline()
    parser.feed(html)
    return parser.lines


@pytest.fixture(scope="module")
def theirs():
    loader = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    environment = Environment(loader=loader, autoescape=True)

    def write(component, params):
        template = environment.get_template(
            f"govuk_frontend_jinja/components/{component}/macro.html"
        )
        words = "".join(part.capitalize() for part in component.split("-"))
        return outline(str(getattr(template.module, f"govuk{words}")(params)))

    return write


ITEMS = [
    {"value": "1A", "text": "Lot 1A", "hint": {"text": "Self-contained"}},
    {"value": "2A", "text": "Lot 2A"},
]
CHOICES = [choice("1A", "Lot 1A", hint="Self-contained"), choice("2A", "Lot 2A")]
USUAL = {"hint": {"text": "A hint"}}
LEGEND = {"legend": {"text": "Title", "classes": "govuk-fieldset__legend--s"}}


def test_a_line_of_text(kept_in, theirs):
    ours = outline(kept_in(TextField("Title", hint="A hint"), "Oak"))
    label = {"text": "Title"}
    assert ours == theirs(
        "input", USUAL | {"label": label, "id": "it", "name": "it", "value": "Oak"}
    )


def test_a_line_of_text_that_failed(filled_in, theirs):
    form = filled_in(TextField("Title", hint="A hint"), "x" * 501)
    params = USUAL | {
        "label": {"text": "Title"},
        "id": "it",
        "name": "it",
        "value": "x" * 501,
        "errorMessage": {"text": "Use 500 characters or fewer"},
    }
    assert outline(form.html) == theirs("input", params)


def test_a_text_area_that_counts(kept_in, theirs):
    ours = outline(kept_in(TextAreaField("Title", [MaxWords(150)]), "Because"))
    params = {
        "label": {"text": "Title"},
        "id": "it",
        "name": "it",
        "value": "Because",
        "maxwords": 150,
    }
    assert ours == theirs("character-count", params)


def test_radios(kept_in, theirs):
    ours = outline(kept_in(RadiosField("Title", hint="A hint", choices=CHOICES), "2A"))
    params = USUAL | {"fieldset": LEGEND, "name": "it", "items": ITEMS, "value": "2A"}
    assert ours == theirs("radios", params)


def test_checkboxes(kept_in, theirs):
    ours = outline(kept_in(CheckboxesField("Title", hint="A hint", choices=CHOICES), ["1A"]))
    params = USUAL | {"fieldset": LEGEND, "name": "it", "items": ITEMS, "values": ["1A"]}
    assert ours == theirs("checkboxes", params)


def test_a_date(kept_in, theirs):
    ours = outline(kept_in(DateField("Title", hint="A hint"), None))
    params = USUAL | {"fieldset": LEGEND, "id": "it", "namePrefix": "it"}
    assert ours == theirs("date-input", params)
