"""What must hold before a round is published: every finding, errors and warnings, in page order."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from portal import settings
from portal.content import queries as content
from portal.content.models import ContentVersion
from portal.content.rates import price_findings
from portal.rounds.models import Round
from scoring.canonical import canonical_json, sha256_of
from scoring.criteria import Scheme
from scoring.rules import Finding
from scoring.timetable import Step, order_findings

FROZEN = {
    "question_set": "Question set",
    "checklist": "Document checklist",
    "rate_card": "Rate card",
    "scheme": "Evaluation scheme",
    "officer_scale": "Officers' scale",
    "young_scale": "Young Commissioners' scale",
    "ofsted_scale": "Ofsted scale",
}
"""The content that a round points at, version by version."""


def frozen_content(bid_round: Round) -> dict[str, ContentVersion]:
    """The versions that a round uses, by the name of its part."""
    return {part: getattr(bid_round, part) for part in FROZEN}


def timetable_findings(
    opens_at: datetime | None,
    questions_until_at: datetime | None,
    deadline_at: datetime | None,
    now: datetime,
) -> list[Finding]:
    """What is wrong with three dates: order, what lies in the past, and a very short time.

    Without `opens_at`, or with one that has gone by, a round opens when it is published.
    """
    opens = Step("opens_at", "Opens to providers", opens_at, required=False)
    ahead = [
        Step("questions_until_at", "Last moment for questions", questions_until_at, required=False),
        Step("deadline_at", "Deadline for applications", deadline_at),
    ]
    found = order_findings(ahead, now)
    in_order = {(finding.code, finding.where) for finding in found}
    for finding in order_findings([opens, *ahead]):
        if (finding.code, finding.where) not in in_order:
            found.append(finding)
    return found + list(_short(opens_at, questions_until_at, deadline_at, now))


def _short(
    opens_at: datetime | None,
    questions_until_at: datetime | None,
    deadline_at: datetime | None,
    now: datetime,
) -> Iterator[Finding]:
    if questions_until_at is None:
        yield Finding(
            "timetable:no-questions",
            "There is no last moment for questions, so providers may ask until the deadline.",
            "questions_until_at",
            level="warning",
        )
    if opens_at is not None and opens_at <= now:
        yield Finding(
            "timetable:opens-at-once",
            "The time of opening has gone by. The round opens as soon as it is published.",
            "opens_at",
            level="warning",
        )
    usual = int(settings.get("usual_tender_days"))
    from_when = max(opens_at or now, now)
    if deadline_at is not None and deadline_at - from_when < timedelta(days=usual):
        yield Finding(
            "timetable:short",
            f"Providers have less than the usual {usual} days to apply. Say why in the summary.",
            "deadline_at",
            level="warning",
        )


def publishing_findings(
    bid_round: Round, notice_number: str, notice_published_at: datetime | None, now: datetime
) -> list[Finding]:
    """Everything that stops the publishing of a round, and what its publisher should know."""
    return [
        *details_findings(bid_round),
        *timetable_findings(
            bid_round.opens_at, bid_round.questions_until_at, bid_round.deadline_at, now
        ),
        *content_findings(bid_round),
        *notice_findings(bid_round, notice_number, notice_published_at, now),
    ]


def details_findings(bid_round: Round) -> Iterator[Finding]:
    """What a round does not say of itself yet: its name, lots and councils too."""
    if not bid_round.title.strip():
        yield Finding("round:no-title", "Give the round a title.", "title")
    if not bid_round.summary.strip():
        yield Finding("round:no-summary", "Say in the summary what the round is for.", "summary")
    if not bid_round.contact_email:
        yield Finding("round:no-contact", "Enter an email address for questions.", "contact_email")
    if not bid_round.lots:
        yield Finding("round:no-lots", "Choose at least one lot.", "lots")
    if bid_round.lead_council_id not in bid_round.council_ids:
        yield Finding("round:lead", "The lead council must take part in the round.", "councils")


def content_findings(bid_round: Round) -> Iterator[Finding]:
    """What does not fit together of questions, documents, prices and scheme."""
    for part, version in frozen_content(bid_round).items():
        if sha256_of(canonical_json(version.body)) != version.sha256:
            yield Finding(
                "round:content-changed",
                f"{FROZEN[part]}: version {version.version} is not what was published.",
                part,
            )
    yield from scheme_findings(bid_round)


def scheme_findings(bid_round: Round) -> list[Finding]:
    """What is wrong with a round's scheme, by itself and beside questions, lots and rates."""
    return findings_of_scheme(bid_round, bid_round.scheme.body)


def findings_of_scheme(
    bid_round: Round, body: Mapping[str, Any], *, beside: bool = True
) -> list[Finding]:
    """The same of a scheme that is not kept yet.

    Args:
        beside: whether it must fit the questions, which are edited on a page of their own.

    Raises:
        RuleBroken: `content:…` or `scheme:…`, when it cannot be read.
    """
    scales = {
        version.key: content.scale(version)
        for version in (bid_round.officer_scale, bid_round.young_scale)
    }
    lots = tuple(lot.code for lot in bid_round.lots)
    scheme, card = Scheme.from_content(body), bid_round.rate_card.body
    asked = bid_round.question_set.body if beside else None
    found = scheme.check(scales, asked, lots, card if beside else None)
    return found + (list(price_findings(scheme, card, lots)) if beside else [])


def notice_findings(
    bid_round: Round, notice_number: str, notice_published_at: datetime | None, now: datetime
) -> Iterator[Finding]:
    """Under the Procurement Act 2023 providers come in only when the notice has been published."""
    if not bid_round.regime.needs_notice:
        return
    if not notice_number.strip():
        yield Finding(
            "notice:number", "Enter the number of the published tender notice.", "notice_number"
        )
    if notice_published_at is None:
        yield Finding("notice:time", "Enter when the notice was published.", "notice_published_at")
    elif notice_published_at.astimezone(UTC) > now:
        yield Finding(
            "notice:in-the-future",
            "The notice must have been published before the round opens.",
            "notice_published_at",
        )
