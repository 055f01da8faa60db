"""From the draft of a round to the compliance check, in browsers."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from playwright.sync_api import Page

from portal.content.loading import defaults
from portal.demo.papers import small_pdf
from tests.browser.live import (
    Live,
    follows,
    goes,
    path_of,
    presses,
    ref_of,
    says,
    sends,
    types,
    values_of,
    words_on,
)
from tests.factories.rows import boxes_typed
from tests.journeys.tendering import NOTICE, TEMPLATE, WORDS
from tests.journeys.town import day_in_parts, in_parts

IN_ORDER = "Looked at with the papers; it is in order."


def publish_a_round(
    live: Live,
    title: str,
    dates: Mapping[str, datetime],
    *,
    template: str = TEMPLATE,
    lots: tuple[str, ...] = ("1A", "3B"),
    before: Callable[[Page, str], None] | None = None,
) -> str:
    """From a shipped template to a published round; returns its reference.

    Args:
        lots: some that the board of the draft names.
        before: what is done with the draft before it is published, at the address of its board.
    """
    page = live.by("Amina")
    goes(page, "/council/rounds/")
    follows(page, "Prepare a new round", to="/council/rounds/new")
    typed = {"template": template, "agreement": "new", "title": title, "lead": "luton"}
    sends(page, typed, "Make the draft", to="/council/rounds/RND-*")
    board, ref = path_of(page), ref_of(page)
    says(page, *lots, "Bedford Borough Council", "Central Bedfordshire Council")
    follows(page, "Name, purpose and contact")
    sends(page, {"contact_email": "placements@luton.example", "blind": "no"}, "Save", to=board)
    goes(page, f"{board}/timetable")
    typed = {}
    for name, moment in dates.items():
        typed |= in_parts(name, moment)
    sends(page, typed | {"deadline_at-day": "31", "deadline_at-month": "2"}, "Save")
    says(page, "There is a problem")
    sends(page, typed, "Save", to=board)
    if before is not None:
        before(page, board)
    goes(page, f"{board}/publish")
    notice = {"notice_number": NOTICE, "confirmed": "yes"}
    notice |= in_parts("notice_published_at", live.now - timedelta(hours=1))
    sends(page, notice, "Publish the round", to=board)
    return ref


def start_an_application(live: Live, by: str, round_ref: str, lots: list[str]) -> str:
    """From the round that everybody can see to chosen lots; returns the reference."""
    page = live.by(by)
    goes(page, f"/rounds/{round_ref}")
    follows(page, "Start your application")
    presses(page, "Start now", to="/applications/APP-*")
    ref = ref_of(page)
    follows(page, "Lots that you apply for")
    sends(page, {"lots": lots}, "Save and continue", to=f"/applications/{ref}")
    return ref


def for_councils(page: Page, ref: str, lot: str) -> None:
    """Which councils a lot is offered to: all of them, as the page begins."""
    goes(page, f"/applications/{ref}/councils")
    boxes = page.locator("main input[type=checkbox]")
    assert boxes.count() == 4
    assert all(box.is_checked() for box in boxes.all())
    says(page, f"Lot {lot}")
    presses(page, "Save and continue", to=f"/applications/{ref}")


def saves_itself(page: Page, address: str, name: str, text: str) -> None:
    """Type, press nothing, and wait until the page says that it is saved."""
    goes(page, address)
    page.locator(f"[name='{name}']").press_sequentially(text)
    page.locator("[data-saved][data-state=saved]", has_text="Saved").wait_for()
    page.reload()
    assert page.input_value(f"[name='{name}']") == text


def answer(
    page: Page,
    ref: str,
    section: str,
    answers: Mapping[str, Any],
    most: int = 9,
    *,
    template: str = TEMPLATE,
) -> int:
    """Answer a section page by page (or the first of its pages); returns how many."""
    address, known, pages = f"/applications/{ref}", _questions(template), 0
    goes(page, f"{address}/sections/{section}")
    if "/questions/" not in path_of(page):
        goes(page, values_of(page, f"main a[href^='{address}/questions/']", "href")[0])
    begun = words_on(page, ".govuk-caption-l").partition(" – ")[0]
    while pages < most and path_of(page) != address and begun in words_on(page):
        asked = values_of(page, "form [data-field]", "data-field")
        typed: dict[str, Any] = {}
        for name in asked:
            typed |= boxes_typed(known[name]) or {name: _typed(known[name], answers)}
        sends(page, typed, "Save and continue", to=f"{address}*")
        pages += 1
    return pages


def _questions(template: str) -> dict[str, Mapping[str, Any]]:
    (body,) = [one.body for one in defaults() if (one.kind, one.key) == ("question-set", template)]
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


def upload_two_papers(page: Page, ref: str) -> None:
    """Two real PDFs, and a promise for one that may wait until the first placement."""
    address = f"/applications/{ref}/documents"
    goes(page, address)
    places = values_of(page, f"main a[href^='{address}/']", "href")
    for place in places[:2]:
        goes(page, place)
        _upload(page, place.rpartition("/")[2], address)
    goes(page, places[-1])
    sends(page, {"source": "promise"}, "Save and continue", to=address)


def _upload(page: Page, key: str, to: str) -> None:
    page.check("[name=source][value=upload]")
    pdf = small_pdf(key, "Harbour Lane Homes").getvalue()
    paper = {"name": f"{key}.pdf", "mimeType": "application/pdf", "buffer": pdf}
    page.set_input_files("input[type=file]", files=[paper])
    if page.locator("[name='valid_until_on-day']").count():
        types(page, day_in_parts("valid_until_on", date(2029, 3, 31)))
    presses(page, "Save and continue", to=to)


def refuses_what_is_no_document(page: Page, ref: str) -> None:
    """A file is judged by its content, and the message stands beside the field."""
    address = f"/applications/{ref}/documents"
    goes(page, address)
    goes(page, values_of(page, f"main a[href^='{address}/']", "href")[0])
    page.check("[name=source][value=upload]")
    lie = {"name": "policy.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90\x00 a program"}
    page.set_input_files("input[type=file]", files=[lie])
    presses(page, "Save and continue")
    says(page, "There is a problem")
    assert page.locator("[data-field=file] .govuk-error-message").is_visible()


def offer_rates(page: Page, ref: str, rates: Mapping[str, tuple[str, str]]) -> None:
    """The core price and the price of an hour, for each lot, in pounds."""
    goes(page, f"/applications/{ref}/rates")
    names = values_of(page, "main [name^='rate-']", "name")
    types(page, {names[0]: "a thousand pounds"})
    page.locator(f"[name='{names[1]}']").focus()
    page.locator(f"[data-field='{names[0]}'] .govuk-error-message").wait_for()
    prices_of(page, ref, lambda name: rates[name.split("-")[1]]["extra-support" in name])


def prices_of(page: Page, ref: str, price: Callable[[str], str]) -> None:
    """What is typed beside each item of the rate card, by the name of its field."""
    goes(page, f"/applications/{ref}/rates")
    names = values_of(page, "main [name^='rate-']", "name")
    types(page, {name: price(name) for name in names})
    page.locator("[data-saved][data-state=saved]").wait_for()
    presses(page, "Save and continue", to=f"/applications/{ref}")


def submit(page: Page, ref: str) -> str:
    """Check, confirm, and press twice; returns the reference of the one receipt."""
    goes(page, f"/applications/{ref}")
    follows(page, "Check your answers and submit")
    says(page, "Nothing is missing")
    page.check("[name=certified]")
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name="Submit the application").dblclick()
    assert path_of(page).startswith("/applications/receipts/REC-"), words_on(page)
    return ref_of(page)


def open_together(live: Live, round_ref: str, first: str, second: str) -> None:
    """One officer begins, another confirms, each at their own screen."""
    address = f"/council/rounds/{round_ref}/opening"
    one, other = live.by(first), live.by(second)
    goes(one, address)
    goes(other, address)
    presses(one, "Begin the opening", to=address)
    assert one.get_by_role("button", name="Confirm").count() == 0  # not both hands
    goes(other, address)
    says(other, first)
    presses(other, "Confirm and open the round", to=address)
    follows(other, "See the record of the opening")
    says(other, "As submitted")


def check_by_hand(live: Live, round_ref: str, bidder: str) -> str:
    """Pass what meets the rules, and weigh the next items with a reason; returns its address."""
    page, queue = live.by("Amina"), f"/council/rounds/{round_ref}/compliance"
    goes(page, queue)
    follows(page, bidder, to="/council/applications/*")
    bid = path_of(page)
    live.looks_well(page, "compliance check")
    presses(page, "Pass what meets the rules", to=bid)
    for _ in range(2):
        page.locator(".govuk-task-list__item", has_text="To decide").locator("a").first.click()
        page.wait_for_url(f"**{bid}/*")
        typed = {"outcome": "pass", "reason": IN_ORDER}
        sends(page, typed, "Save and go on", to="/council/applications/*")
        goes(page, bid)
    return bid


def conclude_the_check(live: Live, bid: str) -> None:
    page = goes(live.by("Amina"), bid)
    follows(page, "Conclude the check")
    presses(page, "Conclude the check", to="/council/rounds/*/compliance")
