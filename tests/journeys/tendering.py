"""From the draft of a round to the last submission, through the pages."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from portal.content.loading import defaults
from tests.factories.rows import boxes_typed
from tests.journeys.town import (
    Town,
    a_file,
    a_link,
    day_in_parts,
    elements,
    fields_on,
    in_parts,
    links_on,
    text_of,
)

TEMPLATE = "apl-16plus"
NOTICE = "2027/S 000-004711"
WORDS = "We show young people round, cook with them on the first evening, and check in each day."


def publish_a_round(
    town: Town, title: str, opens_at: datetime, questions_until: datetime, deadline: datetime
) -> str:
    """From the shipped template to a published round; returns its reference."""
    amina = town.by("Amina")
    shown = amina.page("/council/rounds/new")
    typed = {"template": TEMPLATE, "title": title, "lead": "luton"}
    shown = amina.sends(shown, typed | _new_list(shown), to="/council/rounds/RND-*")
    address = shown.request.path
    shown = amina.page(f"{address}/details")
    amina.sends(shown, {"contact_email": "placements@luton.example", "blind": "no"}, to=address)
    shown = amina.page(f"{address}/timetable")
    dates = {
        **in_parts("opens_at", opens_at),
        **in_parts("questions_until_at", questions_until),
        **in_parts("deadline_at", deadline),
    }
    amina.sends(shown, dates, to=address)
    shown = amina.page(f"{address}/publish")
    notice = {"notice_number": NOTICE, "confirmed": "yes"}
    notice |= in_parts("notice_published_at", town.now - timedelta(hours=1))
    amina.sends(shown, notice, to=address)
    return address.rpartition("/")[2]


def _new_list(shown: Any) -> dict[str, str]:
    """A list of its own, where the page asks."""
    offered = fields_on(shown).get("agreement")
    return {"agreement": offered[0], "list_title": "A list of its own"} if offered else {}


def start_an_application(town: Town, by: str, round_ref: str, lots: Sequence[str]) -> str:
    """Find the round, start, choose lots; returns the reference of the application."""
    browser = town.by(by)
    shown = browser.page(f"/rounds/{round_ref}")
    shown = browser.page(f"/applications/start/{round_ref}")
    shown = browser.sends(shown, {}, to="/applications/APP-*")
    address = shown.request.path
    shown = browser.page(f"{address}/lots")
    browser.sends(shown, {"lots": list(lots)}, to=address)
    return address.rpartition("/")[2]


def answer_everything(
    town: Town, by: str, ref: str, answers: Mapping[str, Any] | None = None
) -> int:
    """Section by section, page by page, until every section is done; returns how many pages."""
    browser, address = town.by(by), f"/applications/{ref}"
    known = _questions()
    pages = 0
    for section in links_on(browser.page(address), f"{address}/sections/"):
        shown = browser.get(section)
        if shown.status_code == 200:
            shown = browser.page(links_on(shown, f"{address}/questions/")[0])
        else:
            shown = browser.page(shown.location)
        while shown.request.path != address:
            typed: dict[str, Any] = {}
            for name in fields_on(shown):
                if name in known:
                    typed[name] = _typed(known[name], answers or {})
                elif name.partition("--")[0] in known:
                    typed |= boxes_typed(known[name.partition("--")[0]])
            shown = browser.sends(shown, typed, button="Save and continue", to=f"{address}*")
            pages += 1
            assert pages < 200, "the questions do not end"
    return pages


def _questions() -> dict[str, Mapping[str, Any]]:
    (body,) = [one.body for one in defaults() if (one.kind, one.key) == ("question-set", TEMPLATE)]
    return {one["key"]: one for section in body["sections"] for one in section["questions"]}


def _typed(question: Mapping[str, Any], answers: Mapping[str, Any]) -> Any:
    key, options = question["key"], question.get("options") or [{"value": ""}]
    by_kind = {
        "yes-no": question.get("pass_value") or "no",
        "one-of": options[0]["value"],
        "many-of": [options[0]["value"]],
        "number": "5",
        "long-text": WORDS,
    }
    if question.get("identifier"):
        by_kind["text"] = "none"
    return answers.get(key, by_kind.get(question["kind"], f"Our {key}"))


def upload_papers(town: Town, by: str, ref: str) -> int:
    """A real PDF for each document that is asked for now; a promise for what may come later."""
    browser, address = town.by(by), f"/applications/{ref}/documents"
    given = 0
    for place in links_on(browser.page(address), f"{address}/"):
        shown = browser.page(place)
        fields = fields_on(shown)
        key = place.rpartition("/")[2]
        typed: dict[str, Any] = {"source": "promise"}
        if "promise" not in fields["source"]:
            typed = {"source": "upload", "file": a_file(key, "Harbour Lane Homes")}
            if "valid_until_on-day" in fields:
                typed |= day_in_parts("valid_until_on", date(2029, 3, 31))
        browser.sends(shown, typed, to=address)
        given += 1
    return given


def offer_rates(town: Town, by: str, ref: str, rates: Mapping[str, tuple[str, str]]) -> None:
    """The core price and the price of an hour, for each lot."""
    browser = town.by(by)
    shown = browser.page(f"/applications/{ref}/rates")
    names = [name for name in fields_on(shown) if name.startswith("rate-")]
    typed = {name: rates[name.split("-")[1]]["extra-support" in name] for name in names}
    browser.sends(shown, typed, to=f"/applications/{ref}")


def submit(town: Town, by: str, ref: str) -> str:
    """Check, confirm, submit; returns the reference of the receipt."""
    browser = town.by(by)
    shown = browser.page(f"/applications/{ref}/check")
    assert "Nothing is missing" in text_of(shown) or "Please look at this again" in text_of(
        shown
    ), text_of(shown)[:600]
    shown = browser.sends(
        shown, {"certified": "yes"}, button="Submit", to="/applications/receipts/REC-*"
    )
    return shown.request.path.rpartition("/")[2]


def open_together(town: Town, round_ref: str, first: str, second: str) -> None:
    """One officer begins, another confirms."""
    address = f"/council/rounds/{round_ref}/opening"
    shown = town.by(first).page(address)
    town.by(first).sends(shown, {}, button="Begin", to=address)
    shown = town.by(second).page(address)
    town.by(second).sends(shown, {}, button="Confirm", to=address)


def check_every_bid(town: Town, round_ref: str, by: str = "Amina") -> int:
    """Pass what meets the rules, weigh the rest, conclude; returns how many bids."""
    browser = town.by(by)
    queue = f"/council/rounds/{round_ref}/compliance"
    bids = links_on(browser.page(queue), "/council/applications/")
    for bid in bids:
        shown = browser.page(bid)
        if elements(shown, "//main//button[starts-with(normalize-space(), 'Pass what')]"):
            browser.sends(shown, {}, button="Pass what meets the rules", to=bid)
        for item in links_on(browser.page(bid), f"{bid}/"):
            shown = browser.page(item)
            if "decided this at" in text_of(shown):
                continue
            typed = {"outcome": "pass", "reason": "Looked at with the papers; it is in order."}
            browser.sends(shown, typed, button="Save", to="/council/applications/*")
        shown = browser.page(a_link(browser.page(bid), "Conclude the check"))
        browser.sends(shown, {}, to=queue)
    return len(bids)
