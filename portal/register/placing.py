"""May we place with them today? One line, with the reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from portal.contracts.models import ListMembership
from portal.web import date_text
from scoring.stages import MembershipStage


@dataclass(frozen=True, slots=True)
class Facts:
    """What the answer rests on, besides the places on lists.

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


def may_place(places: Sequence[ListMembership], facts: Facts) -> Answer:
    """Answer from the places of one provider on any list, and from the facts."""
    holding = [one for one in places if _holds(one, facts.on)]
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


def _hindered(facts: Facts) -> str:
    out = [f"Out of date: {', '.join(facts.blocking)}."] if facts.blocking else []
    return " ".join([*facts.barred, *out])


def _no_place(
    places: Sequence[ListMembership], holding: Sequence[ListMembership], on: date
) -> Answer:
    """Why there is no place on a list today for those who ask."""
    if holding:
        names = sorted({part.council.name for one in holding for part in one.councils})
        return Answer("no", "No, not for your council", f"Its places are for {', '.join(names)}.")
    return Answer("no", "No, not from a list", _not_holding(places, on))


def _holds(place: ListMembership, on: date) -> bool:
    return place.stage is not MembershipStage.ENDED and place.starts_on <= on <= place.ends_on


def _is_active(place: ListMembership, facts: Facts) -> bool:
    """Not suspended for all of those who ask."""
    ours = _councils(place) & facts.council_ids
    return place.stage_on(facts.on, ours) is MembershipStage.ACTIVE


def _councils(place: ListMembership) -> set[int]:
    return {part.council_id for part in place.councils}


def _place(place: ListMembership) -> tuple[int, str]:
    return place.agreement_lot.agreement_id, place.agreement_lot.code


def _not_holding(places: Sequence[ListMembership], on: date) -> str:
    """Why there is no place on a list today."""
    standing = [one for one in places if one.stage is not MembershipStage.ENDED]
    coming = [one.starts_on for one in standing if one.starts_on > on]
    if coming:
        return f"Its place on the list starts on {date_text(min(coming))}."
    if standing:
        return f"Its place on the list ended on {date_text(max(one.ends_on for one in standing))}."
    return "Its place on the list was ended." if places else "It is on no list."


def _lots(places: Iterable[ListMembership]) -> str:
    codes = sorted({one.agreement_lot.code for one in places})
    return f"Lot {codes[0]}" if len(codes) == 1 else f"Lots {', '.join(codes)}"


def _closed(places: Iterable[ListMembership], closed: Mapping[tuple[int, str], str]) -> str:
    reasons: dict[str, list[ListMembership]] = {}
    for one in places:
        if _place(one) in closed:
            reasons.setdefault(closed[_place(one)], []).append(one)
    return " ".join(f"{_lots(own)}: {reason}" for reason, own in reasons.items())


def _caveats(
    ours: Sequence[ListMembership], active: Sequence[ListMembership], facts: Facts
) -> Iterable[str]:
    suspended = [one for one in ours if one not in active]
    if suspended:
        yield f"Suspended: {_lots(suspended)}."
    if any(_place(one) in facts.closed_lots for one in active):
        yield _closed(active, facts.closed_lots)
    if facts.blocked_homes:
        yield f"Not at these homes: {'; '.join(facts.blocked_homes)}."
    yield from facts.cautions
