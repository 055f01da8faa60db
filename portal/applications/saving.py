"""Saving what a page sent: what can be saved is, and each refusal is told for itself."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from portal.access import Viewer
from portal.applications import actions
from portal.applications.editing import rate_title
from portal.applications.models import Answer, Application, OfferedRate
from portal.autosave import Saving, Seen, Sent
from portal.content.rates import is_discount, items_for
from portal.edits import EditConflict
from portal.web import pounds
from scoring.answers import MOST_PENCE, check_answer, parse_answer, read_money
from scoring.content import Content
from scoring.money import percent_words
from scoring.rates import check_rate
from scoring.rules import RuleBroken

_DIGITS = re.compile(r"[0-9,]+(\.[0-9]{1,2})?")
_SAVED_LIKE_THIS = " It is saved, but you cannot submit it like this."


def save_answers(
    application: Application,
    lot: str,
    questions: Iterable[Content],
    typed: Mapping[str, Any],
    sent: Sent,
    *,
    actor: Viewer,
    now: datetime,
) -> Saving:
    """Save the answers of a page one by one.

    Raises:
        RuleBroken: `application:edit-refused`, when none of them may be saved.
    """
    outcome = Saving()
    for question in questions:
        key = question["key"]
        if key not in typed or key in sent.keep_theirs:
            continue
        write = partial(_write_answer, application, lot, question, sent, actor=actor, now=now)
        answer = _try(key, partial(write, typed[key]), outcome)
        if answer is not None:
            outcome.seen[key] = Seen.of(answer.value, answer.revision)
            _note(key, partial(check_answer, question, answer.value), outcome)
    return outcome


def save_rates(
    application: Application,
    typed: Mapping[str, Any],
    sent: Sent,
    *,
    actor: Viewer,
    now: datetime,
) -> Saving:
    """Save the prices of a page one by one; the names are those of `forms.applications.rate_name`.

    Each refusal names the item and the lot, since a page has a price of every item for every lot.
    """
    outcome = Saving()
    places = {
        f"rate-{lot.code}-{item['key']}": (
            lot.code,
            {**item, "title": rate_title(lot.code, item["title"])},
        )
        for lot in application.round.lots
        for item in items_for(application.round.rate_card.body, lot.code)
    }
    for name in places.keys() & (typed.keys() - sent.keep_theirs):
        lot, item = places[name]
        write = partial(_write_rate, application, name, lot, item, actor=actor, now=now)
        rate = _try(name, partial(write, typed[name], sent), outcome)
        if rate is not None:
            outcome.seen[name] = Seen.of(rate.amount_pence, rate.revision)
            if rate.amount_pence is not None:
                _note(name, partial(check_rate, item, rate.amount_pence), outcome)
    return outcome


def _write_answer(
    application: Application,
    lot: str,
    question: Content,
    sent: Sent,
    raw: object,
    *,
    actor: Viewer,
    now: datetime,
) -> Answer | None:
    """Save one answer; None where the page was left without touching it."""
    key = question["key"]
    seen = sent.seen.get(key, Seen())
    if sent.leaving and seen.shows(parse_answer(question, raw)):
        return None
    return actions.save_answer(
        application,
        key,
        lot,
        raw,
        seen.revision,
        page=sent.page,
        leaving=sent.leaving,
        actor=actor,
        now=now,
    )


def _write_rate(  # noqa: PLR0917  bound piece by piece
    application: Application,
    name: str,
    lot: str,
    item: Content,
    raw: Iterable[object],
    sent: Sent,
    *,
    actor: Viewer,
    now: datetime,
) -> OfferedRate | None:
    """Save one price; None where the page was left without touching it."""
    text = "".join(str(part) for part in raw).strip()
    pence = _pence(text, item, name) if text else None
    seen = sent.seen.get(name, Seen())
    if sent.leaving and seen.shows(pence):
        return None
    return actions.offer_rate(
        application,
        lot,
        item["key"],
        pence,
        seen.revision,
        page=sent.page,
        leaving=sent.leaving,
        actor=actor,
        now=now,
    )


def read_price(text: str, item: Content) -> int:
    """A price as it was typed, whole pence; of a discount, hundredths of a per cent.

    Raises:
        RuleBroken: `rate:…`, saying it by the item's title.
    """
    return _pence(text.strip(), item, str(item["key"]))


def _pence(text: str, item: Content, field: str) -> int:
    """A price as it was typed, in whole pence; what is wrong with it is said by the item's title."""
    if is_discount(item):
        return _hundredths(text, item, field)
    title, bare = item["title"], re.sub(r"[\s£]", "", text)
    if bare.startswith(("-", "−")):
        raise RuleBroken("rate:not-positive", f"“{title}” must be more than £0.", field)
    try:
        return read_money(bare, field)
    except RuleBroken:
        if not _DIGITS.fullmatch(bare):
            message = f"“{title}” must be an amount in pounds, like 895.00"
            raise RuleBroken("rate:not-an-amount", message, field) from None
    most = item.get("maximum_pence") or MOST_PENCE
    raise RuleBroken("rate:too-high", f"“{title}” must be {pounds(most)} or less.", field)


def _hundredths(text: str, item: Content, field: str) -> int:
    """A discount as it was typed, "2.5%", in hundredths of a per cent."""
    most = percent_words(item["maximum_pence"])
    words = f"“{item['title']}” must be more than 0% and at most {most}, like 2.5"
    try:
        offered = read_money(re.sub(r"[\s%]", "", text), field)
    except RuleBroken:
        raise RuleBroken("rate:not-a-share", words, field) from None
    if not 0 < offered <= item["maximum_pence"]:
        raise RuleBroken("rate:not-a-share", words, field)
    return offered


def _try(name: str, save: Callable[[], Any], outcome: Saving) -> Any:
    """Save one; what is refused is noted under its name, and changes nothing."""
    try:
        return save()
    except EditConflict as conflict:
        outcome.conflicts[name] = conflict
    except RuleBroken as broken:
        if broken.code == "application:edit-refused":
            raise
        outcome.refused[name] = broken.message
    return None


def _note(name: str, check: Callable[[], Any], outcome: Saving) -> None:
    try:
        check()
    except RuleBroken as broken:
        outcome.to_mend[name] = broken.message.rstrip(".") + "." + _SAVED_LIKE_THIS
