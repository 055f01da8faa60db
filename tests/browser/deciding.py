"""From the recommendation to the rates and the trail, in browsers."""

import csv
import io
import re
from datetime import date
from typing import Any

from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from portal import audit
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
from tests.journeys.judging import AGREED
from tests.journeys.town import day_in_parts

FIVE_NUMBERS = ("Lowest", "Lower quartile", "Median", "Upper quartile", "Highest")


def recommend(live: Live, round_ref: str) -> None:
    """The lead council puts the results before every council."""
    page, address = live.by("Amina"), f"/council/rounds/{round_ref}/award"
    goes(page, address)
    live.looks_well(page, "award")
    follows(page, "Recommend the award")
    why = "Every provider over the published thresholds is admitted, as the scheme says."
    sends(page, {"reason": why}, "Recommend to the approvers", to=address)


def approve(live: Live, round_ref: str, name: str, council: str, reference: str) -> None:
    """One council's own decision, with its reference."""
    page, address = live.by(name), f"/council/rounds/{round_ref}/award"
    goes(page, address)
    follows(page, f"Decide for {council}")
    assert not page.locator("[name=decision_reference]").is_visible()
    page.check("[name=decision][value=approve]")
    typed = {"decision_reference": reference, "declared_no_interest": "yes"}
    sends(page, typed, "Record the decision", to=address)


def release_and_conclude(live: Live, round_ref: str, approver: str, starts_on: date) -> None:
    """The letters go out together; the admitted join the list."""
    release(live, round_ref, approver)
    address = f"/council/rounds/{round_ref}/award"
    page = goes(live.by("Amina"), address)
    follows(page, "Conclude the round")
    sends(page, day_in_parts("starts_on", starts_on), "Conclude the round", to=address)
    says(page, "The admitted providers are on the register")


def release(live: Live, round_ref: str, approver: str) -> None:
    """One letter is looked at; then all of them go out together."""
    address = f"/council/rounds/{round_ref}/award"
    page = goes(live.by(approver), address)
    goes(page, f"{address}/letters")
    page.locator("main a[href^='/letters/LET-']").first.click()
    sends(page, {}, "Looked at, next letter")
    goes(page, address)
    follows(page, "Release the letters")
    sends(page, {"checked": "yes"}, "Release the letters", to=address)


def read_the_letter(live: Live, name: str, email: str, bidder: str, lots: list[str]) -> None:
    """Out of the mail to the letter; the page and the PDF say the same."""
    page = live.by(name)
    live.open_mail(page, email, "Your letter is ready")
    if "/letters/LET-" not in page.url:
        goes(page, "/letters")
        page.locator("main a[href^='/letters/LET-']").first.click()
        page.wait_for_url("**/letters/LET-*")
    live.looks_well(page, "letter")
    shown = words_on(page)
    paper = words_of_pdf(downloaded(page, page.locator("main a", has_text="Download as PDF")))
    for words in (bidder, "admitted", *(f"Lot {lot}" for lot in lots), AGREED, "We all think so"):
        assert words in shown, words
        assert words in paper, words
    assert "Oak House" not in paper


def the_list_is_public(live: Live, admitted: list[str], refused: str) -> None:
    """Anybody may read who is on it, and no price."""
    page = goes(live.a_browser(), "/accredited-providers")
    live.looks_well(page, "public list")
    says(page, *admitted)
    assert refused not in words_on(page)
    assert "£" not in words_on(page)


def the_register_holds(live: Live, bidder: str, rates: dict[str, tuple[str, str]]) -> None:
    """Another council finds the provider with its lots, rates and dates."""
    page = goes(live.by("Leila"), "/register")
    follows(page, bidder)
    says(page, bidder, "1A", "2A", *(f"£{week}" for week, _ in rates.values()))


def rates_are_the_same_everywhere(live: Live, pounds: dict[str, str], on: date) -> None:
    """Finance asks for one lot, and takes the same figures away as CSV, Excel and PDF."""
    page = goes(live.by("Claire"), "/costs/rates")
    (lot,) = [one for one in values_of(page, "[name=lot] option", "value") if one.endswith("1A")]
    typed: dict[str, Any] = {"lot": lot, "hours": "5", "source": "list", **day_in_parts("on", on)}
    types(page, typed)
    with page.expect_navigation():
        page.locator("main form button[type=submit]").first.click()
    live.looks_well(page, "rates")
    shown = words_on(page)
    for words in FIVE_NUMBERS:
        assert words.lower() in shown.lower()
    (chart,) = page.locator("figure.portal-chart svg:visible").all()
    assert chart.bounding_box()["width"] > 200
    files = {
        kind: downloaded(page, page.locator(".portal-downloads a", has_text=words))
        for kind, words in {"csv": "Download CSV", "xlsx": "Download Excel"}.items()
    }
    files["pdf"] = downloaded(page, page.locator(".portal-downloads a", has_text="Download PDF"))
    rows = list(csv.reader(io.StringIO(files["csv"].decode("utf-8-sig"))))
    book = CalamineWorkbook.from_filelike(io.BytesIO(files["xlsx"]))
    sheets = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    paper = words_of_pdf(files["pdf"])
    for provider, price in pounds.items():
        (row,) = [one for one in rows if one and one[0] == provider]
        (kept,) = [one for one in sheets if one and one[0] == provider]
        assert price in [cell.replace(",", "") for cell in row]
        assert float(price) in [round(one, 2) for one in kept if isinstance(one, float | int)]
        for told in (shown, paper):
            assert provider in told
            assert f"{float(price):,.2f}" in told


def the_trail_holds(live: Live, receipt: str) -> None:
    """The auditor reads who did what, and lets every link be computed again."""
    page = goes(live.by("Ruth"), "/trail")
    goes(page, f"/trail?subject={receipt}")
    follows(goes(page, "/trail"), "Verify the whole trail")
    says(page, "The trail holds.")
    head = page.locator("main .portal-code").first.inner_text()
    types(page, {"printed": re.sub(r"\s", "", head)})
    presses(page, "Look for it")
    says(page, "It is there.")
    with live.inside():
        assert list(audit.verify()) == []
    told = live.portal.test_cli_runner().invoke(args=["audit", "verify"])
    assert told.exit_code == 0, told.output


def words_of_pdf(content: bytes) -> str:
    """The words of a PDF, in one line."""
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())
