"""From the panel to locked quality, in browsers."""

from collections.abc import Sequence

from playwright.sync_api import Page, expect

from tests.browser.live import (
    Live,
    fits,
    follows,
    goes,
    path_of,
    presses,
    says,
    sends,
    types,
    values_of,
    words_on,
)
from tests.journeys.judging import AGREED, REASON, YOUNG_REASON

ALL_THINK_SO = "We all think so"
FACE = "Good"  # 3 of 0 to 4


def seat_the_panel(
    live: Live, round_ref: str, parts: dict[str, Sequence[str]], *pairs: Sequence[str]
) -> None:
    """Choose the people by name, make the pairs, start."""
    page, panel = live.by("Amina"), f"/council/rounds/{round_ref}/panel"
    for part, names in parts.items():
        goes(page, f"{panel}/add/{part}")
        for name in names:
            page.get_by_label(name).check()
        presses(page, "Add", to=panel)
    for number, pair in enumerate(pairs, 1):
        goes(page, f"{panel}/pair")
        for name in pair:
            page.get_by_label(name).check()
        sends(page, {"label": f"Pair {number}"}, "Make the pair", to=panel)
    goes(page, f"{panel}/start")
    sends(page, {"confirmed": "yes"}, "Start the evaluation", to=panel)


def declare_no_interest(live: Live, name: str, round_ref: str) -> None:
    """On the whole list of bidders; before it no bid is shown."""
    page = live.by(name)
    page.goto(f"/scoring/rounds/{round_ref}")
    assert path_of(page).endswith("/interests"), path_of(page)
    names = values_of(page, "[name^='interest-']", "name")
    sends(page, dict.fromkeys(names, "none"), "Save your declaration", to="/scoring*")


def declare_an_interest(live: Live, name: str, round_ref: str, bidder: str, why: str) -> None:
    """In one bidder: its bid is closed to them at once, and in nothing else."""
    page = live.by(name)
    page.goto(f"/scoring/rounds/{round_ref}")
    typed = dict.fromkeys(values_of(page, "[name^='interest-']", "name"), "none")
    asked = page.locator(".portal-declaration", has_text=bidder)
    box = asked.locator("[name^='interest-']").first.get_attribute("name") or ""
    typed |= {box: "personal", box.replace("interest-", "detail-"): why}
    sends(page, typed, "Save your declaration", to="/scoring*")
    goes(page, f"/scoring/rounds/{round_ref}")
    assert page.locator("main a", has_text=bidder).count() == 0


def note_what_is_done(live: Live, round_ref: str, words: str) -> None:
    """The moderator reads the interest, and puts what is done about it on record."""
    page, address = live.by("Grace"), f"/council/rounds/{round_ref}/declared-interests"
    goes(page, address)
    follows(page, "Note what is done")
    sends(page, {"words": words}, "Put it on record", to=address)
    says(page, words)


def meet(live: Live, round_ref: str) -> None:
    """The moderator opens a meeting with everybody who is here."""
    page, address = live.by("Grace"), f"/council/rounds/{round_ref}/moderation/meeting"
    goes(page, address)
    for box in page.locator("[name=present]").all():
        box.check()
    presses(page, "Open a meeting", to=address)
    says(page, "Minutes (PDF)")


def score_by_hand(live: Live, name: str, round_ref: str, bidder: str) -> str:
    """Three questions with reasons, the first saved by itself; returns the sheet's address."""
    page = live.by(name)
    goes(page, f"/scoring/rounds/{round_ref}")
    follows(page, bidder, to="/scoring/sheets/*")
    sheet = path_of(page)
    follows(page, "Go on")
    live.looks_well(page, "score")
    types(page, {"value": "5", "reason": REASON})
    page.locator("[data-saved][data-state=saved]", has_text="Saved").wait_for()
    page.reload()
    assert page.input_value("[name=reason]") == REASON
    presses(page, "Save and next", to=f"{sheet}/*")
    for _ in range(2):
        says(page, "Your score, alone")
        assert "1,234" not in words_on(page)  # no price before the lock
        sends(page, {"value": "5", "reason": REASON}, "Save and next", to=f"{sheet}/*")
    return sheet


def submit_the_sheet(live: Live, name: str, sheet: str) -> None:
    page = goes(live.by(name), sheet)
    follows(page, "Submit this sheet")
    sends(page, {"confirmed": "yes"}, "Submit the sheet", to="/scoring/rounds/*")


def taps(page: Page, words: str, to: str = "*") -> None:
    """Touch a button or a link with a finger."""
    target = page.locator("main").locator("button, a[role=button]").filter(has_text=words)
    with page.expect_navigation(wait_until="domcontentloaded"):
        target.first.tap()
    assert path_of(page).startswith(to.rstrip("*")), f"led to {path_of(page)}, not {to}"


def say_whom_we_know(page: Page) -> None:
    """The young people's own words for a conflict of interest."""
    goes(page, "/")
    fits(page)
    page.locator(".portal-big-card a").first.tap()
    page.wait_for_url("**/interests")
    says(page, "Do you know anybody")
    fits(page)
    for name in values_of(page, "[name^='interest-']", "name"):
        page.locator(f"[name='{name}'][value=none] + label").tap()
    taps(page, "Save and go on")


def score_as_a_pair(live: Live, page: Page, bidder: str) -> int:
    """Four questions, five faces with words and numbers, one screen of a phone; sent together."""
    goes(page, "/your-scores/")
    fits(page)
    page.locator("main a", has_text=bidder).first.tap()
    page.wait_for_url("**/question/**")
    sheet, given = path_of(page).partition("/question/")[0], 0
    while path_of(page) != sheet:
        fits(page)
        if not given:
            live.looks_well(page, "five faces")
            faces = page.locator(".portal-faces__item").all_inner_texts()
            assert len(faces) == 6  # and "I’d rather not say"
            assert "Really not OK" in faces[0]
            assert "0" in faces[0]
            assert page.locator("[name=value]:checked").count() == 0
        page.locator(".portal-faces__item", has_text=FACE).locator("input").first.tap()
        page.get_by_label("Why?").fill(YOUNG_REASON)
        taps(page, "Save and go on", to="/your-scores/")
        given += 1
        assert given < 10
    fits(page)
    taps(page, "Send our scores", to="/your-scores/")
    return given


def agree_as_young_people(page: Page, bid: str) -> int:
    """The young people's own panel, question by question."""
    page.goto(f"/your-scores/agree/{bid}")
    agreed = 0
    while page.locator("[name=present]").count():
        fits(page)
        page.locator(".portal-faces__item", has_text=FACE).locator("input").first.tap()
        page.get_by_label("Why?").fill(ALL_THINK_SO)
        for one in page.locator("[name=present]").all():
            one.check()
        taps(page, "We agree")
        agreed += 1
        assert agreed < 10
    page.goto(f"/your-scores/agree/{bid}")
    says(page, "No adult can change them")
    fits(page)
    return agreed


def sign_off(live: Live, round_ref: str, bid: str) -> None:
    """The Participation Officer: this was their own view."""
    page = live.by("Sunita")
    goes(page, f"/sign-off/{round_ref}/{bid}")
    assert page.locator("[name=value], textarea").count() == 0  # and adds nothing
    sends(page, {"confirmed": "yes"}, "Sign off", to=f"/sign-off/{round_ref}")


def agree_two_scores(live: Live, round_ref: str) -> None:
    """The largest disagreements first: see how it will read, then record it; whoever looks on sees it."""
    page, board = live.by("Grace"), f"/council/rounds/{round_ref}/moderation"
    goes(page, board)
    follows(page, "Agree the next score")
    live.looks_well(page, "agree a score")
    beside = page.context.new_page()
    goes(beside, page.url)
    expect(beside.locator("#on-record")).to_have_text("Nothing is on record yet.")
    for number in range(2):
        middle = sorted(_values_given(page))[1]
        typed = {"value": str(middle), "reason": AGREED}
        typed["present"] = values_of(page, "[name=present]", "value")
        types(page, typed)
        if not number:
            presses(page, "See how it will read")
            assert AGREED in page.get_by_role("region", name="In the letter").inner_text()
        presses(page, "Record and go to the next", to=f"{board}*")
    expect(beside.locator("#on-record")).to_contain_text("On record", timeout=30_000)
    beside.close()


def _values_given(page: Page) -> list[int]:
    told = page.locator(".portal-given dt").all_inner_texts()
    return [int(one.rpartition(": ")[2][0]) for one in told]


def lock(live: Live, round_ref: str) -> None:
    """Lock quality: the results are computed."""
    page, board = live.by("Grace"), f"/council/rounds/{round_ref}/moderation"
    goes(page, board)
    follows(page, "Lock quality")
    sends(page, {"confirmed": "yes"}, "Lock quality", to="/council/rounds/*")
    says(page, "Results")
