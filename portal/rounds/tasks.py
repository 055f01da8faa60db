"""What is still to be done with a draft, page by page."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import url_for

from portal.rounds import checks, queries, versions
from portal.rounds.models import Round
from scoring.rules import Finding

PAGES = (
    ("rounds.details", "Name, purpose and contact", ("title", "summary", "contact_email")),
    ("rounds.timetable", "Timetable", ("opens_at", "questions_until_at", "deadline_at")),
    ("rounds.lots", "Lots", ("lots",)),
    ("rounds.councils", "Councils", ("councils",)),
    ("rounds.uplifts", "How rates may rise", ("uplifts",)),
)
STAYING = ("rounds.councils", "rounds.uplifts")  # what a version of a published round leaves alone


PUBLISH = ("Check and publish", "rounds.publish")


def tasks_of(bid_round: Round, now: datetime) -> list[dict[str, Any]]:
    """The pages of the editor with how far each is; the last one publishes."""
    found = _found(bid_round, now)
    tasks = [
        {
            "title": title,
            "href": url_for(endpoint, ref=bid_round.ref),
            "hint": _hint(endpoint, bid_round),
            **_status([finding for finding in found if finding.where in parts]),
        }
        for endpoint, title, parts in PAGES
        if not (bid_round.is_version and endpoint in STAYING)
    ]
    named = {part for _, _, parts in PAGES for part in parts}
    rest = [
        finding
        for finding in found
        if finding.where not in named and not finding.code.startswith("notice:")
    ]
    scheme = [finding for finding in rest if finding.code.startswith("scheme:")]
    changed = [finding for finding in rest if finding not in scheme]
    content = [
        _task("Questions", "rounds.asked", bid_round, []),
        _task("Two-minute check", "rounds.eligibility", bid_round, []),
        _task("Documents", "rounds.checklist", bid_round, []),
        _task("Rate card", "rounds.rates", bid_round, []),
        _task("Evaluation scheme", "rounds.scheme", bid_round, scheme),
        {
            "title": "Versions of the content",
            "href": url_for("rounds.content", ref=bid_round.ref),
            **_content_status(bid_round, changed),
        },
    ]
    tasks += content
    blocked = any(task["status"] == "Not finished" for task in tasks)
    last = ("What changes", "rounds.publish_version") if bid_round.is_version else PUBLISH
    publishing = {
        "title": last[0],
        "href": url_for(last[1], ref=bid_round.ref),
        **_a_status("Not yet" if blocked else "Ready", "grey" if blocked else "blue"),
    }
    return [*tasks, publishing]


def _found(bid_round: Round, now: datetime) -> list[Finding]:
    if bid_round.is_version:
        return versions.findings(bid_round, "", None, now)
    return checks.publishing_findings(bid_round, "", None, now)


def _task(title: str, endpoint: str, bid_round: Round, found: list[Finding]) -> dict[str, Any]:
    return {"title": title, "href": url_for(endpoint, ref=bid_round.ref), **_status(found)}


def _hint(endpoint: str, bid_round: Round) -> str:
    if endpoint == "rounds.lots":
        return ", ".join(lot.code for lot in bid_round.lots)
    if endpoint == "rounds.councils":
        names = sorted(part.council.name for part in bid_round.councils)
        return ", ".join(names)
    if endpoint == "rounds.uplifts":
        return bid_round.uplift_rule.words
    return ""


def _content_status(bid_round: Round, found: Iterable[Finding]) -> dict[str, str]:
    if queries.newer_content(bid_round):
        return _a_status("Newer versions", "yellow")
    return _status(list(found))


def _status(found: list[Finding]) -> dict[str, str]:
    if any(finding.level == "error" for finding in found):
        return _a_status("Not finished", "red")
    return _a_status("Look again", "yellow") if found else {"status": "Done"}


def _a_status(words: str, colour: str) -> dict[str, str]:
    return {"status": words, "colour": colour}
