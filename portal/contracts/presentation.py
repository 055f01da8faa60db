"""A contract or place as its page tells it: lines, states, and which buttons there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.access import Viewer
from portal.contracts import policy
from portal.contracts.models import Contract, ListMembership, Rate, RateSource
from portal.contracts.models_terms import ExtensionOption
from portal.tables import Column, Kind, Table

Agreed = Contract | ListMembership
SOURCES = {
    RateSource.BID: "Bid",
    RateSource.UPLIFT: "Uplift",
    RateSource.SPOT: "Spot",
    RateSource.HAND: "Entered by hand",
}


@dataclass(frozen=True, slots=True)
class OptionLine:
    """An extension option as the page shows it: its state in words and colour, and what may be done."""

    option: ExtensionOption
    words: str
    colour: str
    may_decide: bool
    may_undo: bool


def option_lines(held: Agreed, viewer: Viewer, today: date) -> list[OptionLine]:
    """Each extension option with its state on a day."""
    lines, open_before, lapsed = [], False, held.terminated_on is not None
    for option in held.options:
        lapsed = lapsed or not (open_before or option.decision or option.follows_on)
        words, colour = _state(option, today, lapsed=lapsed, open_before=open_before)
        lines.append(
            OptionLine(
                option,
                words,
                colour,
                bool(policy.may_decide(viewer, option, today)),
                bool(policy.may_undo(viewer, option, today)),
            )
        )
        decision = option.decision
        lapsed = lapsed or (decision is not None and not decision.extended)
        open_before = open_before or decision is None
    return lines


def _state(
    option: ExtensionOption, today: date, *, lapsed: bool, open_before: bool
) -> tuple[str, str]:
    decision = option.decision
    if decision is not None:
        return ("Extended", "green") if decision.extended else ("Not extended", "grey")
    if lapsed or today > option.held.ends_on:
        return "Lapsed", "grey"
    if open_before:
        return "Later", "grey"
    if today > option.decide_by_on:
        return "Decision overdue", "red"
    days = (option.decide_by_on - today).days
    return ("Decide soon", "orange") if days <= 90 else ("Open", "blue")


@dataclass(frozen=True, slots=True)
class Doors:
    """What the viewer may do on the page."""

    edit: bool
    suspend: bool
    set_options: bool
    terminate: bool
    withdraw_termination: bool


def doors(held: Agreed, viewer: Viewer, today: date) -> Doors:
    """The buttons of the page, by the same decisions as the doors."""
    return Doors(
        edit=bool(policy.may_edit(viewer, held)),
        suspend=bool(policy.may_change_running(viewer, held, today)),
        set_options=bool(policy.may_set_options(viewer, held, today)),
        terminate=bool(policy.may_terminate(viewer, held, today)),
        withdraw_termination=bool(policy.may_withdraw_termination(viewer, held, today)),
    )


def uplift_words(held: Agreed) -> str:
    """The published rule for uplifts, as people read it."""
    return held.uplift_rule.words


def item_words(key: str, titles: Mapping[str, str]) -> str:
    """An item of a rate card in words; one that is on no card by its key."""
    return titles.get(key, key.replace("-", " ").capitalize())


def rate_rows(rates: Sequence[Rate], titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rates as rows of the table."""
    return [
        {
            "item": item_words(one.item_key, titles),
            "amount": one.amount_pence,
            "unit": one.unit,
            "from_on": one.from_on,
            "until_on": one.until_on,
            "source": SOURCES[one.source],
        }
        for one in rates
    ]


RATE_COLUMNS = (
    Column("item", "What is paid for", Kind.TEXT),
    Column("amount", "Price", Kind.MONEY),
    Column("unit", "For one", Kind.TEXT),
    Column("from_on", "From", Kind.DATE),
    Column("until_on", "Until", Kind.DATE),
    Column("source", "Source", Kind.TEXT),
)


def rate_table(held: Agreed, rates: Sequence[Rate], titles: Mapping[str, str], on: date) -> Table:
    """The rates with their days, as page and files show them."""
    return Table(
        "contract-rates",
        f"Rates of {held.provider.name}, {held.title}"[:150],
        RATE_COLUMNS,
        rate_rows(rates, titles),
        source=f"The portal, {held.ref}",
        as_at=on,
        rules=(
            "A rate holds on its first and on its last day. Of two for the same thing the later counts.",
        ),
    )


LIST_COLUMNS = (
    Column("provider", "Provider", Kind.TEXT),
    Column("title", "Contract or place", Kind.TEXT),
    Column("councils", "Councils", Kind.TEXT),
    Column("starts_on", "From", Kind.DATE),
    Column("ends_on", "Until", Kind.DATE),
    Column("stage", "State", Kind.TEXT),
)


def list_table(found: Sequence[Agreed], on: date, filters: Mapping[str, str]) -> Table:
    """A page of contracts or places as a file."""
    return Table(
        "contracts",
        "Contracts and places on lists",
        LIST_COLUMNS,
        [
            {
                "provider": one.provider.name,
                "title": one.title,
                "councils": ", ".join(sorted(part.council.name for part in one.councils)),
                "starts_on": one.starts_on,
                "ends_on": one.ends_on,
                "stage": one.stage_on(on).value.capitalize(),
            }
            for one in found
        ],
        source="The portal",
        as_at=on,
        filters=filters,
    )
