"""May we place with them today? One line, with the reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from portal.contracts.models import Contract, ListMembership
from portal.web import date_text
from scoring.stages import ContractStage, MembershipStage

Held = ListMembership | Contract


@dataclass(frozen=True, slots=True)
class Facts:
    """What the answer rests on, besides places on lists and contracts.

    Args:
        council_ids: for whom it is asked.
        blocking: titles of the organisation's documents that have run out and stop placements.
        blocked_homes: homes where a document has run out, with what it is.
        closed_lots: lots that nobody may be placed in: agreement and code, and why.
        cautions: sentences on what to look at first.
        barred: sentences on why this council places nobody new there for now.
    """

    on: date
    council_ids: frozenset[int]
    blocking: Sequence[str] = ()
    blocked_homes: Sequence[str] = ()
    closed_lots: Mapping[tuple[int, str], str] = field(default_factory=dict)
    cautions: Sequence[str] = ()
    barred: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of the register, and what it rests on."""

    kind: str  # "yes", "care", "no"
    words: str
    reason: str


def may_place(places: Sequence[Held], facts: Facts) -> Answer:
    """Answer from what one provider holds, on any list and under contracts, and from the facts."""
    holding = [one for one in places if holds(one, facts.on)]
    ours = [one for one in holding if _councils(one) & facts.council_ids]
    if not ours:
        return _no_place(places, holding, facts.on)
    active = [one for one in ours if _is_active(one, facts)]
    if not active:
        return Answer("no", "No, not today", f"Suspended: {_lots(ours)}.")
    if facts.barred or facts.blocking:
        return Answer("no", "No new placements today", _hindered(facts))
    open_to_us = [one for one in active if _place(one) not in facts.closed_lots]
    if not open_to_us:
        return Answer("no", "No, not today", _closed(active, facts.closed_lots))
    caveats = list(_caveats(ours, active, facts))
    if caveats:
        return Answer("care", "Yes, but look", " ".join([f"{_lots(open_to_us)}.", *caveats]))
    return Answer("yes", "Yes, you may place today", f"{_lots(open_to_us)}.")


def reaches(places: Iterable[Held], council_id: int, from_on: date, until_on: date) -> bool:
    """Whether a council has a place or a contract on any day of a time, both ends included."""
    return any(
        not _ended(one)
        and one.starts_on <= until_on
        and one.ends_on >= from_on
        and council_id in _councils(one)
        for one in places
    )


def _hindered(facts: Facts) -> str:
    out = [f"Out of date: {', '.join(facts.blocking)}."] if facts.blocking else []
    return " ".join([*facts.barred, *out])


def _no_place(places: Sequence[Held], holding: Sequence[Held], on: date) -> Answer:
    """Why there is no place on a list today for those who ask."""
    if holding:
        names = sorted({part.council.name for one in holding for part in one.councils})
        return Answer("no", "No, not for your council", f"Its places are for {', '.join(names)}.")
    return Answer("no", "No, not today", _not_holding(places, on))


def holds(place: Held, on: date) -> bool:
    """Whether a place or a contract runs on a day, suspended or not."""
    return not _ended(place) and place.starts_on <= on <= place.ends_on


def _ended(place: Held) -> bool:
    """Ended by a decision. Of a contract that moved its last day."""
    return isinstance(place, ListMembership) and place.stage is MembershipStage.ENDED


def _is_active(place: Held, facts: Facts) -> bool:
    """Not suspended for all of those who ask."""
    ours = _councils(place) & facts.council_ids
    return place.stage_on(facts.on, ours) in {MembershipStage.ACTIVE, ContractStage.ACTIVE}


def _councils(place: Held) -> set[int]:
    return {part.council_id for part in place.councils}


def _place(place: Held) -> tuple[int, str]:
    return place.agreement_lot.agreement_id, place.agreement_lot.code


def _not_holding(places: Sequence[Held], on: date) -> str:
    """Why there is no place on a list today."""
    standing = [one for one in places if not _ended(one)]
    coming = [one for one in standing if one.starts_on > on]
    if coming:
        first = min(coming, key=lambda one: one.starts_on)
        return f"{_called(first)} starts on {date_text(first.starts_on)}."
    if standing:
        last = max(standing, key=lambda one: one.ends_on)
        return f"{_called(last)} ended on {date_text(last.ends_on)}."
    if places:
        return "Its place on the list was ended."
    return "It is on no list, and your council has no contract with it."


def _called(place: Held) -> str:
    return "Its contract" if isinstance(place, Contract) else "Its place on the list"


def _lots(places: Iterable[Held]) -> str:
    codes = sorted({one.agreement_lot.code for one in places})
    return f"Lot {codes[0]}" if len(codes) == 1 else f"Lots {', '.join(codes)}"


def _closed(places: Iterable[Held], closed: Mapping[tuple[int, str], str]) -> str:
    reasons: dict[str, list[Held]] = {}
    for one in places:
        if _place(one) in closed:
            reasons.setdefault(closed[_place(one)], []).append(one)
    return " ".join(f"{_lots(own)}: {reason}" for reason, own in reasons.items())


def _caveats(ours: Sequence[Held], active: Sequence[Held], facts: Facts) -> Iterable[str]:
    suspended = [one for one in ours if one not in active]
    if suspended:
        yield f"Suspended: {_lots(suspended)}."
    if any(_place(one) in facts.closed_lots for one in active):
        yield _closed(active, facts.closed_lots)
    if facts.blocked_homes:
        yield f"Not at these homes: {'; '.join(facts.blocked_homes)}."
    yield from facts.cautions
