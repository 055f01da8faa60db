"""Who may change an organisation, and what its numbers look like."""

from collections.abc import Iterable
from datetime import date

from portal.access import Decision, Permission, Role, Viewer, allowed, denied
from portal.providers.models import Provider, ServiceKind
from portal.providers.models_settings import AddressRule, Setting
from portal.providers.words import NOT_INSPECTED, OUTCOMES
from portal.searching import holds
from scoring.identifiers import COMPANY, URN
from scoring.rules import RuleBroken


def may_read(viewer: Viewer, provider: Provider) -> Decision:
    """Its own people, and the people of councils."""
    if viewer.is_system or provider.id in viewer.provider_ids or viewer.council_ids:
        return allowed
    return denied("You cannot see this organisation.")


def may_edit(viewer: Viewer, provider: Provider) -> Decision:
    """Its administrators."""
    if viewer.is_system or viewer.administers(provider.id):
        return allowed
    return denied("Only an administrator of your organisation can do this.")


def may_record_registration(viewer: Viewer, provider: Provider) -> Decision:
    """Its administrators, and a commissioner who knows what Ofsted published."""
    if viewer.holds(Role.COMMISSIONER):
        return allowed
    return may_edit(viewer, provider)


def may_edit_settings(viewer: Viewer, provider: Provider) -> Decision:
    """Its administrators, and a commissioner who places young people there.

    With whom a council may place is told above, by the register, which asks that as well.
    """
    if viewer.may(Permission.HOME_CORRECT):
        return allowed
    return may_edit(viewer, provider)


def may_say_what_is_free(viewer: Viewer, provider: Provider) -> Decision:
    """Anybody who works for the provider: whoever answers the telephone knows it best."""
    own = provider.id in viewer.provider_ids and viewer.may(Permission.HOME_KEEP)
    if viewer.is_system or own:
        return allowed
    return denied("Only people of this organisation can say what is free.")


def reads_address(viewer: Viewer, setting: Setting) -> bool:
    """Whether the whole address is for this viewer, or whereabouts it is alone."""
    if viewer.is_system or setting.provider_id in viewer.provider_ids:
        return True
    if viewer.holds(Role.COMMISSIONER):
        return True
    of_a_council = viewer.may(Permission.REGISTER_READ)
    return of_a_council and setting.address_rule is AddressRule.COUNCILS


def address_for(viewer: Viewer, setting: Setting) -> str:
    """The address as this viewer reads it."""
    return setting.full_address if reads_address(viewer, setting) else setting.district


def names_home(viewer: Viewer, setting: Setting, words: Iterable[str]) -> bool:
    """Whether all words stand in what this viewer reads of a home: name, provider, whereabouts.

    A postcode is found with and without its space; of one that the viewer does not read whole,
    only the first half is.
    """
    postcode = setting.postcode if reads_address(viewer, setting) else setting.district
    told = (setting.name, setting.provider.name, address_for(viewer, setting))
    return holds(words, *told, postcode.replace(" ", ""))


def may_except(viewer: Viewer, council_id: int) -> Decision:
    """A commissioner decides for the own council, and for no other."""
    own = council_id in viewer.councils_as(Role.COMMISSIONER)
    if own and viewer.may(Permission.PLACEMENT_EXCEPT):
        return allowed
    return denied("Only a commissioner of the council that places can decide this.")


def may_create(viewer: Viewer) -> Decision:
    """A stranger, or somebody who works for a provider already; never a council's own people."""
    if viewer.council_ids:
        return denied(
            "You are signed in for a council. Use another email address to act for a provider."
        )
    return allowed


def tidy_name(name: str) -> str:
    """An organisation's name as it is kept.

    Raises:
        RuleBroken: `provider:no-name`, `provider:name-is-address`: names stand in mails to strangers.
    """
    tidy = " ".join(name.split())
    if len(tidy) < 2:
        raise RuleBroken("provider:no-name", "Enter the name of the organisation.", "name")
    if "://" in tidy or "www." in tidy.lower() or "@" in tidy:
        raise RuleBroken("provider:name-is-address", "Enter a name, not an address.", "name")
    return tidy


def tidy_company_number(typed: str | None) -> str | None:
    """A Companies House number as it is kept: 8 characters; nothing for none.

    Raises:
        RuleBroken: `provider:company-number`.

    Source: Companies House, uniform resource identifiers: 8 numbers, or 2 letters and 6 numbers.
    """
    tidy = "".join((typed or "").split()).upper()
    if not tidy:
        return None
    if not COMPANY.fullmatch(tidy):
        raise RuleBroken(
            "provider:company-number",
            "A company number has 8 numbers, or 2 letters and 6 numbers, like 01234567 or "
            "OC123456. Put zeros in front of a shorter one.",
            "company_number",
        )
    return tidy


def tidy_urn(typed: str) -> str:
    """An Ofsted unique reference number as it is kept: numbers, or SC and 6 numbers.

    Raises:
        RuleBroken: `registration:urn`.
    """
    tidy = "".join(typed.split()).upper()
    if not URN.fullmatch(tidy):
        raise RuleBroken(
            "registration:urn",
            "An Ofsted URN has 5 to 8 numbers and no letters, like 2712345; an older one has SC "
            "and 6 numbers, like SC123456.",
            "urn",
        )
    return tidy


def check_registered_on(urn: str | None, day: date | None, today: date) -> None:
    """A number and the day on which it was given go together: a gate looks at both.

    Raises:
        RuleBroken: `registration:no-day`, `registration:no-urn`, `registration:future`.
    """
    if urn and day is None:
        message = "Enter the day on which Ofsted registered you. It stands on your certificate."
        raise RuleBroken("registration:no-day", message, "registered_on")
    if day is not None and not urn:
        raise RuleBroken("registration:no-urn", "Enter the URN of this registration too.", "urn")
    if day is not None and day > today:
        message = "The day of the registration must be today or earlier."
        raise RuleBroken("registration:future", message, "registered_on")


def check_outcome(service: ServiceKind, outcome: str, inspected: bool) -> None:
    """Raises RuleBroken `registration:outcome`, `registration:inspected-on`."""
    if outcome not in OUTCOMES[service]:
        raise RuleBroken(
            "registration:outcome", "Ofsted has no such outcome for this service.", "outcome"
        )
    if inspected != (outcome != NOT_INSPECTED):
        message = (
            "Leave the day of the inspection empty: it was not inspected yet."
            if inspected
            else "Enter the day of the inspection."
        )
        raise RuleBroken("registration:inspected-on", message, "inspected_on")
