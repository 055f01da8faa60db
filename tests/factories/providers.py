"""Providers for tests: `oak = a_provider("Oak House")`, with one registration and no people."""

import itertools
from datetime import date
from typing import Any

from portal.access import Role, Viewer
from portal.db import db
from portal.people.models import Person
from portal.providers.models import Provider, Registration, ServiceKind
from portal.providers.models_settings import Setting, SettingCategory
from tests.factories.people import LONG_AGO, a_person, viewer

_numbers = itertools.count(1)


def a_provider(
    name: str | None = None,
    *,
    service: ServiceKind = ServiceKind.SUPPORTED_ACCOMMODATION,
    registered: bool = True,
    **details: str,
) -> Provider:
    """A provider, registered with Ofsted for its service."""
    number = next(_numbers)
    provider = Provider(
        name=name or f"Provider {number} Homes",
        company_number=details.pop("company_number", f"{number:08d}"),
        created_at=LONG_AGO,
        **details,
    )
    if registered:
        provider.registrations = [
            Registration(
                urn=f"SC{number:06d}",
                service=service,
                registered_on=date(2025, 4, 1),
                outcome="registered",
                recorded_at=LONG_AGO,
            )
        ]
    db.session.add(provider)
    db.session.flush()
    return provider


def a_provider_admin(provider: Provider | None = None, **more: str) -> Person:
    """Somebody who administers a provider (a new one when nothing is said)."""
    return a_person(Role.PROVIDER_ADMIN, provider=provider or a_provider(), **more)  # type: ignore[arg-type]


def a_contributor(provider: Provider | None = None, **more: str) -> Person:
    """Somebody who writes for a provider."""
    return a_person(Role.PROVIDER_CONTRIBUTOR, provider=provider or a_provider(), **more)  # type: ignore[arg-type]


def an_administering_viewer(provider: Provider | None = None) -> Viewer:
    """Somebody who administers a provider, as a viewer."""
    return viewer(a_provider_admin(provider))


def a_setting(provider: Provider | None = None, name: str = "Mill Lane", **details: Any) -> Setting:
    """A home of a provider: shared, for young people of 16 and 17, with four places."""
    setting = Setting(
        provider=provider or a_provider(),
        name=name,
        recorded_at=LONG_AGO,
        **{
            "category": SettingCategory.SHARED_CARE_EXPERIENCED,
            "youngest_age": 16,
            "oldest_age": 17,
            "places": 4,
            "address": f"2 {name}, Luton",
            "postcode": "LU1 2BQ",
            **details,
        },
    )
    db.session.add(setting)
    db.session.flush()
    return setting
