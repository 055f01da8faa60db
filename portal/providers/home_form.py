"""The form of a home, filled and read: for its own people and for commissioners who correct it."""

from typing import Any

from forms import choice
from forms.homes import HomeForm
from portal.providers.models import Provider
from portal.providers.models_settings import AddressRule, Serves, Setting, SettingCategory


def home_form(provider: Provider, home: Setting | None) -> HomeForm:
    """The form with what is known of a home, or for a new one."""
    form = HomeForm(obj=home)
    form.offer(
        SettingCategory,
        Serves,
        AddressRule,
        [
            choice(one.ref, f"{one.urn}, {one.branch}" if one.branch else one.urn)
            for one in provider.registrations
        ],
    )
    if not form.is_submitted():
        known = home.registration if home else None
        form.registration.data = known.ref if known else None
        if home is None:
            form.serves.data = Serves.ANYBODY.value
            form.address_rule.data = AddressRule.COMMISSIONERS.value
    return form


def typed(form: HomeForm, provider: Provider) -> dict[str, Any]:
    """What was typed, as the verbs of settings take it."""
    registrations = {one.ref: one for one in provider.registrations}
    return {
        "name": form.name.data,
        "category": SettingCategory(form.category.data),
        "serves": Serves(form.serves.data),
        "youngest_age": form.youngest_age.data,
        "oldest_age": form.oldest_age.data,
        "places": form.places.data,
        "address": form.address.data,
        "postcode": form.postcode.data,
        "address_rule": AddressRule(form.address_rule.data),
        "registration": registrations.get(form.registration.data or ""),
    }
