"""Publishing: what stops it, what it freezes, who is told; and cancelling."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import mail
from portal.access import Role
from portal.audit import AuditEntry
from portal.content.models import ContentVersion
from portal.db import db
from portal.rounds import actions, checks, presentation
from portal.rounds.models import Regime
from scoring.canonical import canonical_json, sha256_of
from scoring.rules import RuleBroken, errors
from scoring.stages import RoundStage
from tests.factories.people import a_viewer
from tests.factories.rounds import DEADLINE, NOTICE, OPENS, PREPARED, a_round, an_officer

NOW = PREPARED + timedelta(days=1)


@pytest.fixture
def draft(session):
    return a_round(RoundStage.DRAFT)


def publish(draft, number=NOTICE, published_at=PREPARED, *, actor=None, now=NOW):
    actions.publish(draft, number, published_at, actor=actor or an_officer(), now=now)


def refusal(act):
    with pytest.raises(RuleBroken) as refused:
        act()
    return refused.value


def test_a_published_round_is_open_from_its_date(draft):
    publish(draft)
    assert draft.stage is RoundStage.PUBLISHED
    assert draft.stage_at(NOW) is RoundStage.PUBLISHED
    assert draft.stage_at(OPENS) is RoundStage.OPEN_FOR_QUESTIONS
    assert draft.stage_at(DEADLINE) is RoundStage.DEADLINE_PASSED
    assert (draft.notice_number, draft.published_at) == (NOTICE, NOW)


def test_a_round_without_an_opening_date_opens_at_once(draft):
    actions.change_timetable(draft, None, None, DEADLINE, actor=an_officer(), now=NOW)
    publish(draft)
    assert draft.opens_at == NOW
    assert draft.stage_at(NOW) is RoundStage.OPEN_FOR_QUESTIONS


def test_the_trail_keeps_the_hash_of_every_frozen_part(draft):
    publish(draft)
    db.session.commit()
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.event == "round:published")
    ).one()
    assert entry.chain == f"round:{draft.ref}"
    assert set(entry.detail["content"]) == set(checks.FROZEN)
    assert entry.detail["content"]["scheme"] == [draft.scheme.ref, draft.scheme.sha256]


def test_the_other_officers_are_told(draft):
    partner = an_officer("bedford-borough")
    outsider = an_officer("hertfordshire")
    publish(draft)
    addresses = set(db.session.scalars(select(mail.Mail.address)))
    assert any(address.startswith("bedford.borough.commissioner") for address in addresses)
    assert not any("hertfordshire" in address for address in addresses)
    assert not any("luton" in address for address in addresses)
    assert partner.name != outsider.name


@pytest.mark.parametrize("regime", [Regime.PA_2023, Regime.PA_2023_LIGHT_TOUCH])
@pytest.mark.parametrize(
    ("notice", "code", "field"),
    [
        (("", PREPARED), "notice:number", "notice_number"),
        (("   ", PREPARED), "notice:number", "notice_number"),
        ((NOTICE, None), "notice:time", "notice_published_at"),
        ((NOTICE, NOW + timedelta(seconds=1)), "notice:in-the-future", "notice_published_at"),
    ],
)
def test_the_procurement_act_needs_a_published_notice(draft, regime, notice, code, field):
    draft.regime = regime
    refused = refusal(lambda: publish(draft, *notice))
    assert (refused.code, refused.field) == (code, field)
    assert draft.stage is RoundStage.DRAFT


def test_the_regulations_of_2015_need_no_notice_number(draft):
    draft.regime = Regime.PCR_2015_LIGHT_TOUCH
    publish(draft, "", None)
    assert draft.stage is RoundStage.PUBLISHED


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1), timedelta(days=30)])
def test_a_deadline_that_has_passed_stops_it(draft, late):
    refused = refusal(lambda: publish(draft, now=DEADLINE + late))
    assert refused.code == "timetable:in-the-past"


def test_a_round_without_dates_cannot_be_published(draft):
    draft.deadline_at = None
    assert refusal(lambda: publish(draft)).code == "timetable:missing"


def test_without_lots_contact_or_summary_it_cannot_be_published(draft):
    draft.contact_email = ""
    assert refusal(lambda: publish(draft)).code == "round:no-contact"
    draft.contact_email, draft.summary = "a@b.example", " "
    assert refusal(lambda: publish(draft)).code == "round:no-summary"
    draft.summary = "Homes"
    for lot in list(draft.lots):
        draft.lots.remove(lot)
        db.session.delete(lot)
    assert refusal(lambda: publish(draft)).code == "round:no-lots"


def other_version(version, body):
    other = ContentVersion(
        kind=version.kind,
        key=version.key,
        version=99,
        title=version.title,
        body=body,
        sha256=sha256_of(canonical_json(body)),
        source="test",
        published_at=PREPARED,
    )
    db.session.add(other)
    return other


def test_weights_that_do_not_sum_stop_it(draft):
    body = dict(draft.scheme.body)
    first, *rest = body["criteria"]
    body["criteria"] = [{**first, "weight_bp": first["weight_bp"] - 1}, *rest]
    draft.scheme = other_version(draft.scheme, body)
    assert refusal(lambda: publish(draft)).code == "scheme:weights-do-not-sum"


def test_a_scored_question_that_is_not_asked_stops_it(draft):
    body = dict(draft.question_set.body)
    body["sections"] = [one for one in body["sections"] if one["key"] != "young-commissioners"]
    draft.question_set = other_version(draft.question_set, body)
    assert refusal(lambda: publish(draft)).code == "scheme:question-not-asked"


def test_content_that_was_changed_behind_its_hash_stops_it(draft):
    draft.rate_card = other_version(draft.rate_card, draft.rate_card.body)
    draft.rate_card.body = {**draft.rate_card.body, "title": "Cheaper"}
    db.session.flush()
    refused = refusal(lambda: publish(draft))
    assert (refused.code, refused.field) == ("round:content-changed", "rate_card")


def test_a_short_time_is_a_warning_and_stops_nothing(draft):
    deadline = NOW + timedelta(minutes=10)
    actions.change_timetable(draft, None, None, deadline, actor=an_officer(), now=NOW)
    found = checks.publishing_findings(draft, NOTICE, PREPARED, NOW)
    assert {finding.code for finding in found} == {"timetable:short", "timetable:no-questions"}
    assert not errors(found)
    publish(draft)
    assert draft.stage is RoundStage.PUBLISHED


@pytest.mark.parametrize(
    "actor",
    [
        lambda: an_officer("bedford-borough"),
        lambda: an_officer("hertfordshire"),
        lambda: a_viewer(Role.MODERATOR),
        lambda: a_viewer(Role.APPROVER),
        lambda: a_viewer(Role.ADMINISTRATOR),
        lambda: a_viewer([Role.COMMISSIONER, Role.AUDITOR]),
    ],
)
def test_only_the_lead_publishes_and_cancels(draft, actor):
    assert refusal(lambda: publish(draft, actor=actor())).code == "round:publish-refused"
    refused = refusal(lambda: actions.cancel(draft, "Why not", actor=actor(), now=NOW))
    assert refused.code == "round:cancel-refused"


def test_a_round_is_published_once(draft):
    publish(draft)
    assert refusal(lambda: publish(draft)).code == "round:publish-refused"


# --- Cancelling ---------------------------------------------------------------------------


def test_a_round_is_cancelled_with_a_reason(draft):
    publish(draft)
    actions.cancel(draft, "The specification has changed.", actor=an_officer(), now=OPENS)
    db.session.commit()
    assert draft.stage is RoundStage.CANCELLED
    assert (draft.cancelled_at, draft.cancel_reason) == (OPENS, "The specification has changed.")
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.event == "round:cancelled")
    ).one()
    assert entry.detail == {"stage": "published"}


@pytest.mark.parametrize("reason", ["", "   ", "\n\x00"])
def test_a_reason_must_be_given(draft, reason):
    refused = refusal(lambda: actions.cancel(draft, reason, actor=an_officer(), now=NOW))
    assert (refused.code, refused.field) == ("round:no-reason", "reason")


def test_what_is_over_cannot_be_cancelled(draft):
    actions.cancel(draft, "Made by mistake", actor=an_officer(), now=NOW)
    refused = refusal(lambda: actions.cancel(draft, "Again", actor=an_officer(), now=NOW))
    assert refused.code == "round:cancel-refused"
    draft.stage = RoundStage.CONCLUDED
    refused = refusal(lambda: actions.cancel(draft, "Again", actor=an_officer(), now=NOW))
    assert refused.code == "round:cancel-refused"


def titles(bid_round, now):
    """The parts of a round's way that are behind it, or where it stands."""
    return [part["title"] for part in presentation.way(bid_round, now) if part["done"]]


def test_a_published_round_is_open_to_providers_only_when_it_opens(draft):
    publish(draft)
    assert titles(draft, NOW) == ["Being prepared", "Published (now)"]
    assert titles(draft, OPENS) == ["Being prepared", "Published", "Open to providers (now)"]


@pytest.mark.parametrize(
    ("when", "parts"),
    [(NOW, ["Published"]), (OPENS + timedelta(days=1), ["Published", "Open to providers"])],
)
def test_a_cancelled_round_tells_how_far_it_came(draft, when, parts):
    publish(draft)
    actions.cancel(draft, "The councils found the money elsewhere.", actor=an_officer(), now=when)
    assert titles(draft, when) == ["Being prepared", *parts, "Cancelled"]
