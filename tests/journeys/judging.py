"""From the panel to the list, through the pages."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from tests.client import HygieneClient
from tests.hygiene import words_of
from tests.journeys.town import (
    Town,
    a_link,
    day_in_parts,
    elements,
    fields_on,
    links_on,
    text_of,
)

REASON = "The answer says who does what and when, and gives an example from last year."
AGREED = "The panel agrees that the answer says who does what, with an example from last year."
YOUNG_REASON = "They sound like they mean it"
Scores = Callable[[str, str], int]  # the bidder's name and the question's title to a score


def seat_the_panel(
    town: Town, round_ref: str, parts: dict[str, Sequence[str]], pair: Sequence[str]
) -> None:
    """Choose the people by name, make the pair, start."""
    amina, panel = town.by("Amina"), f"/council/rounds/{round_ref}/panel"
    for part, names in parts.items():
        shown = amina.page(f"{panel}/add/{part}")
        amina.sends(shown, {"people": [_value(shown, name) for name in names]}, to=panel)
    shown = amina.page(f"{panel}/pair")
    people = [_value(shown, name) for name in pair]
    amina.sends(shown, {"people": people, "label": "Pair 1"}, to=panel)
    shown = amina.page(f"{panel}/start")
    amina.sends(shown, {"confirmed": "yes"}, to=panel)


def _value(shown: Any, name: str) -> str:
    """The value of the box beside a name."""
    for label in elements(shown, "//main//label[@for]"):
        if words_of(label).startswith(name):
            (value,) = elements(shown, f"//input[@id='{label.get('for')}']/@value")
            return str(value)
    raise AssertionError(f"{name} cannot be chosen: {text_of(shown)[:400]}")


def declare_no_interest(town: Town, name: str, round_ref: str) -> None:
    """On the whole list of bidders, before any bid is seen."""
    browser = town.by(name)
    shown = browser.page(f"/rounds/{round_ref}/interests")
    typed = {one: "none" for one in fields_on(shown) if one.startswith("interest-")}
    assert typed, text_of(shown)
    answer = browser.sends(shown, typed, status=302)
    assert answer.status_code == 302


def score_everything(town: Town, name: str, round_ref: str, scores: Scores) -> int:
    """Bid by bid, each question with a reason, each sheet submitted; returns how many scores."""
    browser, given = town.by(name), 0
    queue = f"/scoring/rounds/{round_ref}"
    for link in elements(browser.page(queue), "//main//table//a[@href]"):
        sheet, bidder = link.get("href"), words_of(link)
        shown = browser.page(sheet)
        shown = browser.page(a_link(shown, "Go on"))
        while shown.request.path != sheet:
            title = words_of(elements(shown, "//h1")[0])
            typed = {"value": str(scores(bidder, title)), "reason": REASON}
            shown = browser.sends(shown, typed, button="Save and next", to="/scoring/sheets/*")
            given += 1
            assert given < 200
        shown = browser.page(f"{sheet}/submit")
        browser.sends(shown, {"confirmed": "yes"}, to=queue)
    return given


def score_as_a_pair(town: Town, name: str, face: int = 3) -> int:
    """Every card, every question, five faces; sent together. Returns how many scores."""
    browser, given = town.by(name), 0
    for card in links_on(browser.page("/your-scores/"), "/your-scores/SHT-"):
        sheet = card.partition("/question/")[0]  # a card leads straight to the next question
        shown = browser.page(a_link(browser.page(sheet), "Go on"))
        while shown.request.path != sheet:
            typed = {"value": str(face), "reason": YOUNG_REASON}
            shown = browser.sends(shown, typed, to="/your-scores/*")
            given += 1
            assert given < 100
        browser.sends(shown, {}, button="Send our scores", to="/your-scores/")
    return given


def agree_as_young_people(town: Town, name: str, bids: Sequence[str]) -> None:
    """Their own panel, question by question, bid by bid."""
    browser = town.by(name)
    for bid in bids:
        first = browser.get(f"/your-scores/agree/{bid}")
        while first.status_code == 302:
            shown = browser.page(first.location)
            present = fields_on(shown)["present"]
            typed = {"value": "3", "reason": "We all think so", "present": present}
            first = browser.sends(shown, typed, status=302)
            first = browser.get(first.location)


def sign_off(town: Town, round_ref: str, bids: Sequence[str]) -> None:
    """The Participation Officer: this was their own view."""
    sunita = town.by("Sunita")
    for bid in bids:
        shown = sunita.page(f"/sign-off/{round_ref}/{bid}")
        sunita.sends(shown, {"confirmed": "yes"}, to=f"/sign-off/{round_ref}")


def moderate(town: Town, round_ref: str) -> int:
    """Agree the middle of every question's scores, largest disagreement first."""
    grace, board = town.by("Grace"), f"/council/rounds/{round_ref}/moderation"
    agreed = 0
    shown = grace.page(board)
    while elements(shown, "//main//a[starts-with(normalize-space(), 'Agree the next score')]"):
        shown = grace.page(a_link(shown, "Agree the next score"))
        _agree(grace, shown, board)
        agreed += 1
        assert agreed < 200
        shown = grace.page(board)
    return agreed


def _agree(grace: HygieneClient, shown: Any, board: str) -> None:
    fields = fields_on(shown)
    given = elements(shown, "//main//dl[@class='portal-given']/dt")
    values = sorted(words_of(one).rpartition(": ")[2][0] for one in given)
    typed = {
        "value": values[len(values) // 2],
        "reason": AGREED,
        "present": fields["present"],
    }
    answer = grace.sends(shown, typed, button="Record", status=None, to=f"{board}*")
    assert answer.status_code == 200


def lock(town: Town, round_ref: str) -> None:
    """Lock quality: the results are computed."""
    grace = town.by("Grace")
    shown = grace.page(f"/council/rounds/{round_ref}/moderation/lock")
    grace.sends(shown, {"confirmed": "yes"}, to="/council/rounds/*")


def award(town: Town, round_ref: str, approvers: dict[str, str], starts_on: date) -> None:
    """Recommend, approve for each council, make and release the letters, conclude."""
    amina, address = town.by("Amina"), f"/council/rounds/{round_ref}/award"
    shown = amina.page(f"{address}/recommend")
    why = "Every provider over the published thresholds is admitted, as the scheme says."
    amina.sends(shown, {"reason": why}, to=address)
    for number, (slug, name) in enumerate(approvers.items(), 1):
        approver = town.by(name)
        shown = approver.page(address)
        (decide,) = [one for one in links_on(shown, "/council/awards/") if one.endswith(slug)]
        shown = approver.page(decide)
        typed = {
            "decision": "approve",
            "decision_reference": f"ODR 2027/{number:03d}",
            "declared_no_interest": "yes",
        }
        approver.sends(shown, typed, to=address)
    town.settle()
    releaser = town.by(next(iter(approvers.values())))
    letter = releaser.page(links_on(releaser.page(f"{address}/letters"), "/letters/LET-")[0])
    releaser.sends(letter, {}, button="Looked at", to="/letters/LET-*")
    shown = releaser.page(f"{address}/release")
    releaser.sends(shown, {"checked": "yes"}, to=address)
    shown = amina.page(f"{address}/conclude")
    amina.sends(shown, day_in_parts("starts_on", starts_on), to=address)
    town.settle()
