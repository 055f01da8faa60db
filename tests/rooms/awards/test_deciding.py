"""Who recommends, approves, returns, releases and concludes; and who is refused, and why."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import mail
from portal.access import Role, Viewer
from portal.applications.models import Application
from portal.audit import Event
from portal.awards import actions, queries
from portal.db import db
from portal.evaluation.models import ConflictDeclaration, Interest, PanelMember, Part
from scoring.canonical import sha256_of
from scoring.stages import RecommendationStage, RoundStage
from tests.factories.awards import (
    DECIDED,
    LOCKED,
    RECOMMENDED,
    WHY,
    a_locked_round,
    a_recommendation,
    a_recommended_round,
    an_approver,
    approve_all,
    approve_for,
    told,
)
from tests.factories.people import a_council, a_person, viewer
from tests.factories.rounds import an_officer
from tests.rooms.awards.deciding import ELM, OAK, also, entries, person_of, refused, titles

AGAIN = "Look at lot 1A again."


def approve(recommendation, someone, slug="luton", **more):
    told_of = {"decision_reference": "ODR 1", "declared_no_interest": True, **more}
    return actions.approve(recommendation, a_council(slug), actor=someone, now=DECIDED, **told_of)


# --- Recommending ---------------------------------------------------------------------------------


def test_a_recommendation_freezes_the_results_it_rests_on(session):
    bid_round = a_locked_round(OAK, ELM)
    recommendation = a_recommendation(bid_round)
    results = recommendation.content["results"]
    assert {(one["lot"], one["admitted"]) for one in results} == {
        ("1A", True),
        ("1A", False),
        ("2B", True),
    }
    assert (recommendation.stage, bid_round.stage) == (
        RecommendationStage.RECOMMENDED,
        RoundStage.RECOMMENDED,
    )
    (entry,) = entries(Event.AWARD_RECOMMENDED)
    assert entry.detail == {
        "sha256": recommendation.sha256,
        "reason_sha256": sha256_of(recommendation.reason),
    }
    assert entry.chain == bid_round.audit_chain


def test_the_approvers_of_every_council_are_told_and_nobody_else(session):
    for slug in ("luton", "central-bedfordshire", "hertfordshire"):
        an_approver(slug)
    gone = a_person(Role.APPROVER, "luton")
    gone.active = False
    a_recommended_round(OAK)
    sent = db.session.scalars(
        select(mail.Mail.address).where(mail.Mail.message == mail.Message.APPROVAL_WAITS)
    )
    wanted = {person_of(an_approver(slug)).email for slug in ("luton", "central-bedfordshire")}
    assert set(sent) == wanted


def test_an_award_is_recommended_once(session):
    bid_round = a_recommended_round(OAK)
    broken = refused(lambda: a_recommendation(bid_round))
    assert "recommended once" in broken.message


def test_a_partner_council_does_not_recommend(session):
    bid_round = a_locked_round(OAK)
    partner = an_officer("bedford-borough")
    broken = refused(lambda: actions.recommend(bid_round, WHY, actor=partner, now=RECOMMENDED))
    assert "lead council" in broken.message


def test_a_post_elsewhere_does_not_lend_its_power(session):
    """A commissioner of a partner who is an approver at the lead council does not recommend."""
    bid_round = a_locked_round(OAK)
    both = also(an_officer("bedford-borough"), Role.APPROVER, "luton")
    assert refused(lambda: actions.recommend(bid_round, WHY, actor=both, now=RECOMMENDED))


# --- Approving ------------------------------------------------------------------------------------


def test_the_award_stands_when_the_last_council_approves(session):
    bid_round = a_recommended_round(OAK)
    recommendation = queries.recommendation_of(bid_round)
    approve_for(recommendation, "luton")
    approve_for(recommendation, "bedford-borough")
    assert recommendation.stage is RecommendationStage.RECOMMENDED
    approve_for(recommendation, "central-bedfordshire")
    assert (recommendation.stage, bid_round.stage) == (
        RecommendationStage.APPROVED,
        RoundStage.APPROVED,
    )
    assert [one.detail["council"] for one in entries(Event.AWARD_APPROVED)] == [
        "luton",
        "bedford-borough",
        "central-bedfordshire",
    ]


def test_a_council_decides_once(session):
    recommendation = queries.recommendation_of(a_recommended_round(OAK))
    approve_for(recommendation, "luton")
    second = viewer(a_person(Role.APPROVER, "luton"))
    assert "has decided" in refused(lambda: approve(recommendation, second)).message


def test_an_approver_decides_for_no_other_council(session):
    recommendation = queries.recommendation_of(a_recommended_round(OAK))
    stranger = an_approver("bedford-borough")
    assert "of this council" in refused(lambda: approve(recommendation, stranger)).message


def test_a_council_outside_the_round_has_nothing_to_decide(session):
    recommendation = queries.recommendation_of(a_recommended_round(OAK))
    outside = an_approver("hertfordshire")
    broken = refused(lambda: approve(recommendation, outside, "hertfordshire"))
    assert broken.code == "award:other-council"


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.MODERATOR])
def test_who_scored_or_moderated_does_not_approve(session, role):
    bid_round = a_recommended_round(OAK)
    recommendation = queries.recommendation_of(bid_round)
    both = also(an_officer(role=role), Role.APPROVER)
    assert "somebody else must approve" in refused(lambda: approve(recommendation, both)).message


def test_leaving_the_panel_does_not_undo_a_moderation(session):
    bid_round = a_recommended_round(OAK)
    recommendation = queries.recommendation_of(bid_round)
    both = also(an_officer(role=Role.MODERATOR), Role.APPROVER)
    for member in db.session.scalars(select(PanelMember).where(PanelMember.part == Part.MODERATOR)):
        db.session.delete(member)
    db.session.commit()
    assert "somebody else must approve" in refused(lambda: approve(recommendation, both)).message


def test_who_recommended_does_not_approve_not_even_a_later_recommendation(session):
    bid_round = a_recommended_round(OAK)
    first = queries.recommendation_of(bid_round)
    both = also(an_officer(), Role.APPROVER)
    assert "somebody else must approve" in refused(lambda: approve(first, both)).message
    luton = a_council("luton")
    actions.return_to_panel(first, luton, "Look at it again", actor=an_approver(), now=DECIDED)
    moderator = an_officer(role=Role.MODERATOR)
    again = actions.recommend(bid_round, WHY, actor=moderator, now=DECIDED)
    assert "somebody else must approve" in refused(lambda: approve(again, both)).message


def test_who_declared_an_interest_does_not_approve(session):
    bid_round = a_recommended_round(OAK)
    recommendation = queries.recommendation_of(bid_round)
    someone = an_approver()
    application = _any_bid(bid_round)
    db.session.add(
        ConflictDeclaration(
            round_id=bid_round.id,
            person_id=someone.person_id,
            application_id=application.id,
            interest=Interest.FINANCIAL,
            detail="Shares",
            declared_at=LOCKED,
        )
    )
    db.session.commit()
    assert "declared an interest" in refused(lambda: approve(recommendation, someone)).message


def _any_bid(bid_round):
    return db.session.scalars(
        select(Application).where(Application.round_id == bid_round.id)
    ).first()


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ({"decision_reference": "  "}, "award:reference-missing"),
        ({"declared_no_interest": False}, "award:interest-not-declared"),
    ],
)
def test_an_approval_is_whole_or_it_is_none(session, missing, code):
    bid_round = a_recommended_round(OAK)
    recommendation = queries.recommendation_of(bid_round)
    assert refused(lambda: approve(recommendation, an_approver(), **missing)).code == code
    assert recommendation.approvals == []


def test_the_portal_itself_approves_nothing(session):
    recommendation = queries.recommendation_of(a_recommended_round(OAK))
    assert refused(lambda: approve(recommendation, Viewer.system()))


def test_an_auditor_who_is_an_approver_too_does_not_approve(session):
    """What a post forbids, no other post allows."""
    recommendation = queries.recommendation_of(a_recommended_round(OAK))
    both = also(an_approver(), Role.AUDITOR)
    assert refused(lambda: approve(recommendation, both))


# --- Returning ------------------------------------------------------------------------------------


def test_a_return_goes_back_to_the_panel_and_stays_on_record(session):
    bid_round = a_recommended_round(OAK)
    first = queries.recommendation_of(bid_round)
    approve_for(first, "bedford-borough")
    actions.return_to_panel(
        first, a_council("luton"), "Look at lot 2B again.", actor=an_approver(), now=DECIDED
    )
    assert (first.stage, bid_round.stage) == (RecommendationStage.RETURNED, RoundStage.MODERATED)
    assert [one.detail["council"] for one in entries(Event.AWARD_RETURNED)] == ["luton"]
    again = a_recommendation(bid_round, now=DECIDED + timedelta(days=1))
    assert queries.recommendation_of(bid_round).id == again.id
    assert [one.id for one in queries.history_of(bid_round)] == [again.id, first.id]
    assert again.approvals == []  # Bedford decides anew: it approved something else
    approve_all(again, now=DECIDED + timedelta(days=2))
    assert bid_round.stage is RoundStage.APPROVED


def test_a_return_is_told_to_whoever_recommended(session):
    bid_round = a_recommended_round(OAK)
    first = queries.recommendation_of(bid_round)
    actions.return_to_panel(first, a_council("luton"), AGAIN, actor=an_approver(), now=DECIDED)
    letter = db.session.scalars(
        select(mail.Mail).where(mail.Mail.message == mail.Message.AWARD_RETURNED)
    ).one()
    assert letter.address == person_of(an_officer()).email
    assert AGAIN not in letter.body  # reasons stay in the portal


def test_a_return_wants_a_reason(session):
    recommendation = queries.recommendation_of(a_recommended_round(OAK))
    act = actions.return_to_panel
    broken = refused(
        lambda: act(recommendation, a_council("luton"), " ", actor=an_approver(), now=DECIDED)
    )
    assert broken.code == "award:reason-missing"


@pytest.mark.parametrize("word", ["ok", "no ... no", "- - - -"])
def test_a_word_is_no_reason(word, session):
    recommendation = queries.recommendation_of(a_recommended_round(OAK))
    luton, who = a_council("luton"), {"actor": an_approver(), "now": DECIDED}
    broken = refused(lambda: actions.return_to_panel(recommendation, luton, word, **who))
    assert (broken.code, broken.field) == ("award:reason-too-short", "reason")
    locked, who = a_locked_round(told("Elm House")), {"actor": an_officer(), "now": RECOMMENDED}
    broken = refused(lambda: actions.recommend(locked, word, **who))
    assert (broken.code, broken.field) == ("award:reason-too-short", "reason")
    assert locked.stage is RoundStage.MODERATED


def test_who_recommends_anew_learns_that_it_was_returned(addresses):
    bid_round = a_recommended_round(OAK)
    first = queries.recommendation_of(bid_round)
    officer = an_officer()
    assert titles(officer) == []
    actions.return_to_panel(first, a_council("luton"), AGAIN, actor=an_approver(), now=DECIDED)
    assert titles(officer) == ["An award was returned: recommend it anew"]


def test_a_returned_recommendation_cannot_be_approved(session):
    recommendation = queries.recommendation_of(a_recommended_round(OAK))
    actions.return_to_panel(
        recommendation, a_council("luton"), AGAIN, actor=an_approver(), now=DECIDED
    )
    db.session.commit()
    other = an_approver("bedford-borough")
    broken = refused(lambda: approve(recommendation, other, "bedford-borough"))
    assert "decided already" in broken.message


# --- What waits -----------------------------------------------------------------------------------


@pytest.fixture
def addresses(app, session):
    with app.test_request_context():
        yield
