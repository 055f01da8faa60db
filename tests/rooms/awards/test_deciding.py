"""Who recommends, approves, returns, releases and concludes; and who is refused, and why."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal import audit, mail
from portal.access import Role, Viewer
from portal.applications.models import Application, BidLot
from portal.audit import AuditEntry, Event
from portal.awards import actions, queries
from portal.awards.actions import end_of_list
from portal.awards.room import due
from portal.contracts.models import ListMembership, Rate
from portal.db import db
from portal.evaluation.models import ConflictDeclaration, Interest, PanelMember, Part
from portal.people.models import Membership, Person
from portal.providers.models import Provider
from portal.rounds.models import Regime
from scoring.canonical import sha256_of
from scoring.rules import RuleBroken
from scoring.stages import ApplicationLotStage, ApplicationStage, RecommendationStage, RoundStage
from tests.factories.awards import (
    CONCLUDED,
    DECIDED,
    LOCKED,
    NO_ACCOUNTS,
    RECOMMENDED,
    RELEASED,
    STARTS_ON,
    WHY,
    a_concluded_round,
    a_locked_round,
    a_recommendation,
    a_recommended_round,
    a_released_round,
    an_approved_round,
    an_approver,
    approve_all,
    approve_for,
    make_pdfs,
    told,
)
from tests.factories.counting import counted
from tests.factories.people import a_council, a_person, viewer
from tests.factories.rounds import an_officer

AGAIN = "Look at lot 1A again."
OAK = told("Oak House", lots=["1A", "2B"])
ELM = told("Elm House", score=2)


def refused(act):
    with pytest.raises(RuleBroken) as found:
        act()
    db.session.rollback()
    return found.value


def person_of(someone):
    return db.session.get_one(Person, someone.person_id)


def also(someone, role, council="luton"):
    """The same person with one role more."""
    post = Membership(
        person_id=someone.person_id,
        organisation_id=a_council(council).id,
        role=role,
        given_at=LOCKED,
    )
    db.session.add(post)
    db.session.flush()
    return viewer(person_of(someone))


def entries(event):
    db.session.commit()
    return db.session.scalars(select(AuditEntry).where(AuditEntry.event == event)).all()


def approve(recommendation, someone, slug="luton", **more):
    told_of = {"decision_reference": "ODR 1", "declared_no_interest": True, **more}
    return actions.approve(recommendation, a_council(slug), actor=someone, now=DECIDED, **told_of)


# --- Recommending --------------------------------------------------------------------------


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


# --- Approving -----------------------------------------------------------------------------


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


# --- Returning -----------------------------------------------------------------------------


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


# --- Releasing and concluding --------------------------------------------------------------


def test_only_an_approver_releases(session):
    bid_round = an_approved_round(OAK)
    make_pdfs(bid_round)
    for someone in (an_officer(), an_approver("hertfordshire"), an_officer(role=Role.AUDITOR)):
        assert refused(
            lambda someone=someone: actions.release_letters(bid_round, actor=someone, now=RELEASED)
        )


def test_each_bidder_is_told_that_its_letter_is_there_and_no_more(session):
    a_released_round(OAK, ELM)
    sent = db.session.scalars(
        select(mail.Mail).where(mail.Mail.message == mail.Message.LETTER_READY)
    ).all()
    assert len(sent) == 2
    assert all("admitted" not in one.body.lower() for one in sent)
    (entry,) = entries(Event.LETTERS_RELEASED)
    assert len(entry.detail["letters"]) == 2


def test_a_round_is_concluded_after_its_letters(session):
    bid_round = an_approved_round(OAK)
    make_pdfs(bid_round)
    act = actions.conclude
    broken = refused(lambda: act(bid_round, STARTS_ON, actor=an_officer(), now=CONCLUDED))
    assert broken.message == "Release the letters first."


@pytest.mark.parametrize(
    ("council", "role"),
    [("bedford-borough", Role.COMMISSIONER), ("luton", Role.APPROVER), ("luton", Role.MODERATOR)],
)
def test_nobody_else_concludes(session, council, role):
    bid_round = a_released_round(OAK)
    someone = an_officer(council, role=role)
    assert refused(lambda: actions.conclude(bid_round, STARTS_ON, actor=someone, now=CONCLUDED))


def test_a_regime_with_a_standstill_is_not_concluded_without(session):
    bid_round = a_released_round(OAK)
    bid_round.regime = Regime.PA_2023
    broken = refused(
        lambda: actions.conclude(bid_round, STARTS_ON, actor=an_officer(), now=CONCLUDED)
    )
    assert "standstill" in broken.message


def test_concluding_puts_the_admitted_on_the_list_lot_by_lot(session):
    oak = replace(OAK, prices={"core-weekly-price": 91234, "extra-support-hour": 2222})
    bid_round = a_concluded_round(oak, ELM)
    places = db.session.scalars(select(ListMembership).order_by(ListMembership.id)).all()
    assert [(one.provider.name, one.agreement_lot.code) for one in places] == [
        ("Oak House", "1A"),
        ("Oak House", "2B"),
    ]
    for one in places:
        assert (one.starts_on, one.ends_on) == (date(2027, 4, 1), date(2030, 3, 31))
        assert {part.council.slug for part in one.councils} == {
            "luton",
            "central-bedfordshire",
            "bedford-borough",
        }
    rates = db.session.scalars(select(Rate)).all()
    assert {(one.agreement_lot.code, one.item_key, one.amount_pence) for one in rates} == {
        (code, item, pence)
        for code in ("1A", "2B")
        for item, pence in (("core-weekly-price", 91234), ("extra-support-hour", 2222))
    }
    assert {(one.item_key, one.unit, one.included_hours) for one in rates} == {
        ("core-weekly-price", "week", 5),
        ("extra-support-hour", "hour", 0),
    }
    assert {(one.from_on, one.until_on, one.council_id) for one in rates} == {
        (date(2027, 4, 1), date(2030, 3, 31), None)
    }
    assert (bid_round.stage, bid_round.concluded_at) == (RoundStage.CONCLUDED, CONCLUDED)


def test_every_bid_and_every_lot_comes_to_its_end(session):
    cedar = told("Cedar House", failing={("", "document:accounts"): NO_ACCOUNTS})
    a_concluded_round(OAK, ELM, cedar)
    bids = {one.provider.name: one.stage for one in db.session.scalars(select(Application))}
    assert bids == {
        "Oak House": ApplicationStage.ADMITTED,
        "Elm House": ApplicationStage.NOT_ADMITTED,
        "Cedar House": ApplicationStage.NOT_COMPLIANT,
    }
    lots = {
        (one.application.provider.name, one.round_lot.code): one.stage
        for one in db.session.scalars(select(BidLot))
    }
    assert lots == {
        ("Oak House", "1A"): ApplicationLotStage.ADMITTED,
        ("Oak House", "2B"): ApplicationLotStage.ADMITTED,
        ("Elm House", "1A"): ApplicationLotStage.NOT_ADMITTED,
        ("Cedar House", "1A"): ApplicationLotStage.FAILED,
    }


def test_one_lot_admitted_admits_the_bid(session):
    failing = {("1A", "ofsted"): "Not registered."}
    a_concluded_round(replace(OAK, failing=failing))
    (bid,) = db.session.scalars(select(Application)).all()
    assert bid.stage is ApplicationStage.ADMITTED
    assert [one.agreement_lot.code for one in db.session.scalars(select(ListMembership))] == ["2B"]


def test_a_round_where_nobody_is_admitted_can_be_concluded_too(session):
    bid_round = a_concluded_round(ELM)
    assert bid_round.stage is RoundStage.CONCLUDED
    assert db.session.scalars(select(ListMembership)).all() == []


def test_everything_of_an_award_stands_in_the_chain_of_its_round_and_the_trail_holds(session):
    bid_round = a_concluded_round(OAK, ELM)
    db.session.commit()
    events = db.session.scalars(
        select(AuditEntry.event)
        .where(AuditEntry.chain == bid_round.audit_chain)
        .order_by(AuditEntry.number)
    ).all()
    own = [one for one in events if one.startswith(("award", "letter"))]
    assert own == [
        "award:recommended",
        "award:approved",
        "award:approved",
        "award:approved",
        "letter:made",
        "letter:made",
        "letters:released",
        "award:concluded",
    ]
    assert list(audit.verify()) == []


@pytest.mark.parametrize(
    ("starts_on", "years", "last"),
    [
        (date(2027, 4, 1), 3, date(2030, 3, 31)),
        (date(2028, 2, 29), 3, date(2031, 2, 28)),
        (date(2028, 2, 29), 4, date(2032, 2, 28)),
        (date(2027, 1, 1), 1, date(2027, 12, 31)),
    ],
)
def test_a_place_ends_the_day_before_its_anniversary(starts_on, years, last):
    assert end_of_list(starts_on, years) == last


# --- What waits ----------------------------------------------------------------------------


def titles(someone, now=DECIDED):
    return [one.title for one in due(someone, now)]


@pytest.fixture
def addresses(app, session):
    with app.test_request_context():
        yield


def test_each_step_waits_for_the_right_person(addresses):
    bid_round = a_locked_round(OAK)
    officer, approver = an_officer(), an_approver()
    partner = an_approver("bedford-borough")
    assert (titles(officer), titles(approver)) == (["Recommend the award"], [])
    recommendation = a_recommendation(bid_round)
    assert titles(officer) == []
    assert titles(approver) == ["Decide on an award for Luton Council"]
    approve_for(recommendation, "luton")
    assert (titles(approver), len(titles(partner))) == ([], 1)
    approve_for(recommendation, "bedford-borough")
    approve_for(recommendation, "central-bedfordshire")
    assert titles(approver) == []  # the letters are being made
    make_pdfs(bid_round)
    assert titles(approver) == ["Release the letters"]
    actions.release_letters(bid_round, actor=approver, now=RELEASED)
    assert (titles(approver), titles(officer)) == (
        [],
        ["Enter the award notice", "Conclude the round"],
    )
    assert titles(an_officer("bedford-borough")) == []
    assert titles(an_officer("hertfordshire")) == []


def test_nothing_waits_for_who_may_not_decide(addresses):
    a_recommended_round(OAK)
    both = also(an_officer(role=Role.MODERATOR), Role.APPROVER)
    assert titles(both) == []


def test_a_letter_is_news_for_a_fortnight(addresses):
    a_released_round(OAK)
    oak = db.session.scalars(select(Provider).where(Provider.name == "Oak House")).one()
    admin = viewer(a_person(Role.PROVIDER_ADMIN, provider=oak))
    assert titles(admin, RELEASED) == ["Your assessment summary is here"]
    assert titles(admin, RELEASED + timedelta(days=15)) == []


def test_looking_for_what_waits_costs_the_same_for_one_round_and_for_three(addresses):
    someone = also(an_officer(), Role.APPROVER)
    numbers = []
    for _ in range(2):
        a_recommended_round(told("Oak House"))
        db.session.commit()
        db.session.expire_all()
        with counted() as statements:
            queries.open_awards(someone, DECIDED)
        numbers.append(statements.number)
        a_locked_round(told("Elm House"))
    assert numbers[0] == numbers[1]
