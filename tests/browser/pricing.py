"""What only a tender has: the scheme tried, prices opened, the standstill, contracts, the pack."""

import io
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from playwright.sync_api import Page

from scoring.verify import verify
from tests.browser.live import (
    Live,
    downloaded,
    follows,
    goes,
    presses,
    says,
    sends,
    types,
    values_of,
    words_on,
)
from tests.journeys.town import day_in_parts, in_parts

ROOT = Path(__file__).parents[2]


def try_the_scheme(live: Live, page: Page, board: str) -> None:
    """On made-up bids, before anything is published: who would win, and how little turns it round."""
    goes(page, f"{board}/try")
    live.looks_well(page, "try the scheme")
    says(page, "These bids are made up", "How easily it turns", "One bid fewer")
    before = words_on(page, ".portal-chart")
    scores = values_of(page, "main [name^='s-']", "name")
    types(page, {scores[0]: "0"})
    presses(page, "Try again")
    assert f"{scores[0]}=0" in page.url  # a trial lives in its address and is kept nowhere
    assert words_on(page, ".portal-chart") != before or "0.00" in words_on(page)


def ask_the_council(live: Live, name: str, round_ref: str, question: str) -> None:
    """A bidder asks before the date; nobody at a council learns who it was."""
    page = goes(live.by(name), f"/rounds/{round_ref}/clarifications")
    follows(page, "Ask a question")
    sends(page, {"question": question}, "Send the question", to=f"/rounds/{round_ref}/*")
    says(page, question, "Waiting for an answer")


def answer_the_bidder(live: Live, round_ref: str, words: dict[str, str], hidden: str) -> None:
    """Worded anew, looked at once more, published to all."""
    queue = f"/council/rounds/{round_ref}/clarifications"
    page = goes(live.by("Amina"), queue)
    assert hidden not in page.content()
    page.locator(f"main a[href^='{queue}/questions/']").first.click()
    page.wait_for_url(f"**{queue}/questions/*")
    assert hidden not in page.content()
    follows(page, "Write the answer")
    sends(page, words, "Save and look before publishing")
    sends(page, {"checked": "yes"}, "Publish to everybody", to=queue)


def open_prices(live: Live, round_ref: str, sealed: Sequence[str]) -> None:
    """One officer begins, another confirms; before that no page shows a price."""
    address = f"/council/rounds/{round_ref}/prices"
    one, other = live.by("Amina"), live.by("Leila")
    for more in ("", "/prices", "/results", "/award"):
        goes(one, f"/council/rounds/{round_ref}{more}")
        assert not [price for price in sealed if price in one.content()], more
    goes(one, address)
    presses(one, "Begin to open the prices", to=address)
    assert one.get_by_role("button", name="Confirm").count() == 0  # not both hands
    goes(other, address)
    presses(other, "Confirm and open the prices", to=address)
    says(other, "As sealed")
    assert "Has changed" not in words_on(other)


def read_the_results(live: Live, round_ref: str, lot: str, first: str, *working: str) -> None:
    """Bidders by rank, bars and lines; every number opens the sum that made it."""
    page = goes(live.by("Amina"), f"/council/rounds/{round_ref}/results")
    follows(page, f"Lot {lot}")
    live.looks_well(page, "results of a lot")
    assert page.locator("figure.portal-chart svg:visible, .portal-chart svg:visible").count()
    page.locator("main table tbody tr").first.locator("a").first.click()
    page.wait_for_url(f"**/results/{lot}/*")
    live.looks_well(page, "the working of one bid")
    says(page, first, "rank 1", "How the price was made", *working)


def begin_the_standstill(live: Live, round_ref: str, number: str) -> None:
    """The award notice states it; while it runs nothing is concluded."""
    address = f"/council/rounds/{round_ref}/award"
    page = goes(live.by("Amina"), address)
    follows(page, "Enter the award notice")
    typed = {"number": number, "states": "yes", "days": "8", **in_parts("published_at", live.now)}
    sends(page, typed, "Enter the notice", to=f"{address}/standstill")
    says(page, number, "Every day of it", "Nothing is concluded before")
    goes(page, address)
    assert page.get_by_role("button", name="Conclude the round").count() == 0
    goes(page, f"{address}/conclude", status=409)


def conclude_into_contracts(live: Live, round_ref: str, starts_on: date) -> None:
    """The standstill is over: each bid that won becomes a contract."""
    address = f"/council/rounds/{round_ref}/award"
    page = goes(live.by("Amina"), address)
    follows(page, "Conclude the round")
    sends(page, day_in_parts("starts_on", starts_on), "Conclude the round", to=address)
    says(page, "The contracts are made")


def read_a_contract(live: Live, round_ref: str, bidder: str, *words: str) -> None:
    """Its rates, its councils, and what the bid promised, word for word."""
    page = goes(live.by("Amina"), f"/council/rounds/{round_ref}/award")
    follows(page, bidder, to="/contracts/*")
    live.looks_well(page, "contract")
    says(page, "What was promised", "Rates", "Extensions", *words)


def take_the_pack(live: Live, round_ref: str, folder: Path) -> None:
    """The auditor has it made, keeps it, and proves it without the portal."""
    address = f"/council/rounds/{round_ref}/evidence"
    page = goes(live.by("Ruth"), address)
    sends(page, {"form": "full"}, "Make the pack", to=address)
    live.settle()
    goes(page, address)
    pack = downloaded(page, page.locator("main table a", has_text="Full"))
    assert verify(io.BytesIO(pack)).differences == ()
    (kept := folder / "pack.zip").write_bytes(pack)
    told = subprocess.run(
        [sys.executable, "-m", "scoring.verify", str(kept)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout + told.stderr
