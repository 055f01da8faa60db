"""What a commissioner types of a placement choice."""

from decimal import Decimal

from forms import (
    AddressForm,
    CheckboxesField,
    DateField,
    DecimalField,
    MaxCharacters,
    MaxWords,
    PortalForm,
    RadiosField,
    Required,
    SearchField,
    SelectField,
    TextAreaField,
    TextField,
    built_form,
    choice,
)

ALL = "all"  # of a filter that narrows nothing
CHOSEN_MISSING = "Say whom you chose"


class WhoForm(AddressForm):
    """Which lot, what its prices are for, and the day: then who was considered."""

    lot = SelectField("Lot")
    like = SelectField("Price for")
    on = DateField("Day of the choice")


class ConsideredForm(AddressForm):
    """Who of the providers of the lot was considered."""

    considered = CheckboxesField("Whom did you consider?")


class ChoicesForm(AddressForm):
    """The filters of the list of choices."""

    words = SearchField("Placement")
    lot = SelectField("Lot")
    chosen = SelectField("Chosen provider")
    since = DateField("From")
    until = DateField("To")

    def fit(self, lots, chosen):
        """Offer what there is."""
        self.lot.choices = [choice(ALL, "All"), *lots]
        self.chosen.choices = [choice(ALL, "All"), *chosen]
        return self


class ChoiceBackForm(PortalForm):
    """Why a record counts no more."""

    correction = TextAreaField(
        "Why is it taken back?", [Required("Say why"), MaxCharacters(1_000)], rows=3
    )


def choice_form(providers, councils, *, corrects=False, told=None):
    """The record itself: a question for each provider that was considered.

    Args:
        providers: (reference, name) of each. councils: to choose from, where there are several.
        told: what is on record, by name of the field.
    """
    told = told or {}
    alone = len(providers) == 1
    asked = {
        "reference": TextField(
            "Reference of the placement",
            [Required("Enter the reference"), MaxCharacters(40)],
            hint="The council's number for it, such as PL-2027/0031. Never a name.",
            default=told.get("reference"),
            width=20,
        )
    }
    if len(councils) > 1:
        asked["council"] = SelectField(
            "Council", [Required("Choose the council")], choices=councils
        )
    asked["chosen"] = RadiosField(
        "Whom did you choose?",
        [Required(CHOSEN_MISSING)],
        choices=[choice(ref, name) for ref, name in providers],
        default=told.get("chosen"),
    )
    asked["why"] = TextAreaField(
        "How does it meet the need?",
        [Required("Say how it meets the need"), MaxWords(400)],
        hint="Write nothing that tells who the child is.",
        rows=5,
        default=told.get("why"),
    )
    if alone:
        asked["why_alone"] = TextAreaField(
            "Why did you consider nobody else?",
            [Required("Say why you considered nobody else"), MaxWords(200)],
            rows=3,
            default=told.get("why_alone"),
        )
    for ref, name in providers:
        asked[f"miles_{ref}"] = DecimalField(
            f"Miles to {name}",
            places=1,
            minimum=Decimal(0),
            maximum=Decimal(999),
            hint="A straight line from home. Leave it empty where you do not know.",
            default=told.get(f"miles_{ref}"),
        )
        if not alone:
            asked[ref] = TextAreaField(
                f"Why not {name}?",
                [MaxWords(100)],
                hint="Leave it empty for the one that you chose",
                rows=2,
                default=told.get(ref),
            )
    if corrects:
        asked["correction"] = TextAreaField(
            "Why is the record changed?",
            [Required("Say why the record is changed"), MaxCharacters(1_000)],
            rows=3,
        )
    return built_form(asked, PortalForm)
