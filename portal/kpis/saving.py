"""Saving what a page of figures sent, field by field: what can be saved is, and what a colleague
changed meanwhile is put before the person.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from forms import PortalForm
from forms.kpis import PARTS, part_name
from portal.access import Viewer
from portal.autosave import Saving, Seen, Sent
from portal.edits import EditConflict, Saved
from portal.kpis import actions_returns as actions
from portal.kpis.actions_returns import Told
from portal.kpis.models_returns import IN_ONE, KpiFigure, KpiReturn
from portal.kpis.sets import kpi_set
from portal.people.queries import names_of as names_of_people
from scoring.kpis import Kpi, check_figure
from scoring.rules import RuleBroken


def names_of(kpis: Iterable[Kpi]) -> list[str]:
    """The names of all fields of a page, in its order."""
    return [
        part_name(part, kpi.key)
        for kpi in kpis
        for part in PARTS
        if part != "denominator" or kpi.has_denominator
    ]


def split(name: str) -> tuple[str, str]:
    """A field's part and the key of its KPI."""
    part, _, key = name.partition("-")
    return part, key


def values_of(one: KpiReturn) -> dict[str, Decimal | str]:
    """What is kept, as the fields of the page hold it."""
    values: dict[str, Decimal | str] = {}
    for figure in one.figures:
        for part in PARTS:
            value = _kept(figure, part)
            if value is not None:
                values[part_name(part, figure.kpi_key)] = value
    return values


def seen_now(one: KpiReturn, names: Iterable[str]) -> dict[str, Seen]:
    """What a page that is shown now shows of each field."""
    return {name: _seen(one, name) for name in names}


def save(
    one: KpiReturn,
    form: PortalForm,
    names: Iterable[str],
    sent: Sent,
    *,
    actor: Viewer,
    now: Any,
) -> Saving:
    """Save the fields that were sent and can be saved.

    Raises:
        RuleBroken: when none of it may be saved.
    """
    outcome = Saving()
    changes: dict[str, dict[str, Any]] = {}
    for name in names:
        part, key = split(name)
        mine, stands = form[name].data, _stands(one, name)
        if form[name].errors:
            outcome.refused[name] = str(form[name].errors[0])
        elif name in sent.keep_theirs or (sent.leaving and _shown(sent, name, mine)):
            continue  # the page was left without touching it
        elif mine != stands and not _shown(sent, name, stands):
            outcome.conflicts[name] = _conflict(one, name, mine)
        else:
            changes.setdefault(key, {})[part] = mine
    actions.save_figures(one, _told(changes), actor=actor, now=now)
    for key, parts in changes.items():
        outcome.seen |= {part_name(part, key): _seen(one, part_name(part, key)) for part in parts}
        outcome.to_mend |= _to_mend(one, key, parts)
    return outcome


def _to_mend(one: KpiReturn, key: str, parts: Iterable[str]) -> dict[str, str]:
    """What is kept and cannot be submitted, beside a number that was just typed. What is missing
    may still be coming.
    """
    figure = one.figure(key)
    if figure is None or None in figure.given or not set(parts) & {"numerator", "denominator"}:
        return {}
    try:
        check_figure(kpi_set(one.kpi_set).kpis[key], *figure.given)
    except RuleBroken as broken:
        words = f"{broken.message} It is saved, but you cannot submit it like this."
        return {part_name(broken.field or "numerator", key): words}
    return {}


def _told(changes: Mapping[str, Mapping[str, Any]]) -> dict[str, Told]:
    return {
        key: Told(
            numerator=_fraction(parts.get("numerator")),
            denominator=_fraction(parts.get("denominator")),
            comment=parts.get("comment", ""),
            given=frozenset(parts),
        )
        for key, parts in changes.items()
    }


def _fraction(number: Decimal | None) -> Fraction | None:
    return None if number is None else Fraction(number)


def _kept(figure: KpiFigure | None, part: str) -> Decimal | str | None:
    if part == "comment":
        return figure.comment if figure else ""
    kept = getattr(figure, f"{part}_hundredths") if figure else None
    return None if kept is None else Decimal(kept) / IN_ONE


def _stands(one: KpiReturn, name: str) -> Decimal | str | None:
    part, key = split(name)
    return _kept(one.figure(key), part)


def _seen(one: KpiReturn, name: str) -> Seen:
    figure = one.figure(split(name)[1])
    return Seen.of(_plain(_stands(one, name)), figure.revision if figure else 0)


def _shown(sent: Sent, name: str, value: Decimal | str | None) -> bool:
    return sent.seen.get(name, Seen()).shows(_plain(value))


def _plain(value: Decimal | str | None) -> str:
    """One text for equal numbers, whatever zeros they were written with."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value or ""


def _conflict(one: KpiReturn, name: str, mine: Any) -> EditConflict:
    figure = one.figure(split(name)[1])
    by = names_of_people([figure.saved_by_id if figure else None])
    saved = Saved(
        _plain(_stands(one, name)),
        figure.revision if figure else 0,
        next(iter(by.values()), "Somebody"),
        figure.saved_at if figure else one.expected_at,
    )
    return EditConflict(_plain(mine), saved, name)
