"""What is free: said for a day by the people of a provider, and taken back when it was wrong."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.days import LONDON
from portal.db import db
from portal.providers import policy
from portal.providers.models_settings import Setting, Vacancy
from scoring.rules import RuleBroken
from scoring.vacancies import check_statement


def say_what_is_free(
    free: Mapping[Setting, int], from_on: date, *, actor: Viewer, now: datetime
) -> list[Vacancy]:
    """Say for some homes how many places are free from a day on. What was said before stays on record.

    To say the same again is worth a record: it tells how fresh the number is.

    Raises:
        RuleBroken: the actor may not; `vacancy:…` with the home's reference as the field,
            or `from_on`.
    """
    said = []
    for setting, number in free.items():
        policy.may_say_what_is_free(actor, setting.provider).or_refuse("vacancy:refused")
        _check(setting, number, from_on, now)
        one = Vacancy(
            setting=setting,
            free=number,
            from_on=from_on,
            said_by_id=actor.person_id,
            said_at=now,
        )
        db.session.add(one)
        said.append(one)
    db.session.flush()
    for one in said:
        detail: dict[str, Any] = {
            "free": one.free,
            "from_on": one.from_on.isoformat(),
            "statement": one.ref,
        }
        audit.record(Event.VACANCY_STATED, one.setting, actor=actor, now=now, **detail)
    return said


def take_back(vacancy: Vacancy, *, actor: Viewer, now: datetime) -> None:
    """What was said is wrong: what was said before it holds again.

    Raises:
        RuleBroken: the actor may not; `vacancy:taken-back-already`.
    """
    policy.may_say_what_is_free(actor, vacancy.setting.provider).or_refuse("vacancy:refused")
    if vacancy.taken_back_at is not None:
        raise RuleBroken("vacancy:taken-back-already", "This was taken back already.")
    vacancy.taken_back_at = now
    db.session.flush()
    audit.record(
        Event.VACANCY_TAKEN_BACK, vacancy.setting, actor=actor, now=now, statement=vacancy.ref
    )


def _check(setting: Setting, number: int, from_on: date, now: datetime) -> None:
    if setting.closed_on is not None:
        raise RuleBroken("vacancy:closed", f"{setting.name} is closed.")
    try:
        check_statement(number, setting.places, from_on, now.astimezone(LONDON).date())
    except RuleBroken as broken:
        field = setting.ref if broken.field == "free" else broken.field
        raise RuleBroken(broken.code, broken.message, field) from None
