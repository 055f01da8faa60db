"""How a field writes itself: a thin layer from WTForms to the macros in templates.

The macros of `templates/components/fields.html` write the same markup as the design
system's own, which tests/rooms/shell/test_markup.py holds them to. They are our own for
three reasons: the design system's indent what they nest, which adds spaces to the lines of
a text area each time it is shown; they read names that are not there, which our templates
refuse; and they cost seven times as much to render.
"""

from dataclasses import dataclass, field as dataclass_field

from flask import current_app

_TEMPLATE = "components/fields.html"


@dataclass(slots=True)
class Look:
    """What the macros need to know of a field besides its data.

    Attributes:
        label_size: "s", "m", "l" or "xl"; empty for the usual weight.
        heading: the label is also the page's h1.
        width: characters that the input has room for (2, 3, 4, 5, 10, 20, 30), or a
            part of the line such as "one-half".
        reveals: value of a choice to the field (or markup) shown when it is chosen.
    """

    label: str
    hint: str = ""
    label_size: str = ""
    label_hidden: bool = False
    heading: bool = False
    width: str | int = ""
    prefix: str = ""
    suffix: str = ""
    autocomplete: str = ""
    inputmode: str = ""
    spellcheck: bool | None = None
    rows: int = 5
    inline: bool = False
    small: bool = False
    classes: str = ""
    disabled: bool = False
    reveals: dict = dataclass_field(default_factory=dict)
    attributes: dict = dataclass_field(default_factory=dict)

    @property
    def width_class(self):
        if not self.width:
            return ""
        text = str(self.width)
        return f"govuk-input--width-{text}" if text.isdigit() else f"govuk-!-width-{text}"


class MacroWidget:
    """Writes a field with one macro of the template of fields, or of another."""

    def __init__(self, macro, template=_TEMPLATE):
        self.macro, self.template = macro, template

    def __call__(self, field, **options):
        look = _look_of(field, options)
        module = current_app.jinja_env.get_template(self.template).module
        return getattr(module, self.macro)(field, look)


def _look_of(field, options):
    known = dict(field.look)
    attributes = dict(field.render_kw or {})
    for name, value in options.items():
        if name in Look.__dataclass_fields__:
            known[name] = value
        elif name not in (field.render_kw or {}) or value != field.render_kw[name]:
            attributes[name.rstrip("_").replace("_", "-")] = value
    attributes |= known.pop("attributes", {})
    known.setdefault("label", field.label.text)
    return Look(attributes=attributes, **known)
