"""What people type about the homes of a provider, and about what is free in them."""

from forms.base import PortalForm
from forms.dates import DateField
from forms.fields import RadiosField, SelectField, TextAreaField, TextField, choices_of
from forms.numbers import WholeNumberField
from forms.validators import MaxCharacters, Required


class HomeForm(PortalForm):
    """One address at which young people live."""

    name = TextField(
        "What do you call this home?",
        [Required("Enter what you call this home"), MaxCharacters(120)],
        hint="For example: Mill Lane.",
        width="two-thirds",
    )
    category = RadiosField(
        "What kind of home is it?",
        [Required("Choose what kind of home it is")],
        hint="The four kinds of supported accommodation that Ofsted registers.",
    )
    serves = RadiosField("Whom does it take?", [Required("Choose whom it takes")])
    youngest_age = WholeNumberField("Youngest age", [Required("Enter the youngest age")])
    oldest_age = WholeNumberField(
        "Oldest age", [], hint="Leave this empty if there is no oldest age."
    )
    places = WholeNumberField(
        "How many young people can live there?",
        [Required("Enter how many young people can live there")],
    )
    address = TextAreaField(
        "Address, without the postcode",
        [Required("Enter the address"), MaxCharacters(500)],
        rows=3,
    )
    postcode = TextField(
        "Postcode",
        [Required("Enter the postcode"), MaxCharacters(10)],
        width=10,
        spellcheck=False,
        autocomplete="off",
    )
    address_rule = RadiosField(
        "Who at a council may read the whole address?",
        [Required("Choose who may read the address")],
        hint="The others read the first half of the postcode. It is never published.",
    )
    registration = SelectField(
        "Which Ofsted registration covers it?", [], blank_label="None, or not yet"
    )

    def offer(self, categories, serves, rules, registrations):
        """Hand in what can be chosen: vocabularies with a `title`, and choices."""
        for field, words in (
            (self.category, categories),
            (self.serves, serves),
            (self.address_rule, rules),
        ):
            field.choices = choices_of(words, {one: one.title for one in words})
        self.registration.choices = registrations
        return self


class CloseHomeForm(PortalForm):
    closed_on = DateField(
        "What was the last day on which young people lived there?",
        [Required("Enter the last day")],
        called="The last day",
    )


class FreeForm(PortalForm):
    """What is free, home by home: `free_fields` adds a field for each."""

    from_on = DateField(
        "From which day does this hold?",
        [Required("Enter the day")],
        hint="Today, or a day to come on which somebody moves.",
        called="The day",
    )


def free_field(label, places):
    """Return the field for one home with so many places."""
    return WholeNumberField(
        label,
        [Required(f"Enter how many places are free at {label}, 0 for none")],
        minimum=0,
        called=label,
        suffix=f"of {places} free",
    )
