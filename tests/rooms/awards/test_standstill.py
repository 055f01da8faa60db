"""The award notice, the standstill that begins with it, call-in, and holds on a legal challenge."""

from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import html
from sqlalchemy import select

from portal import audit, mail, settings
from portal.access import Role
from portal.audit import AuditEntry, AuditValues, Event
from portal.awards import actions, queries
from portal.awards.actions_standstill import enter_notice, lift_hold, place_hold
from portal.awards.bank_holidays import bank_holidays
from portal.awards.models import LegalHold
from portal.db import db
from portal.rounds.models import Regime
from scoring.rules import RuleBroken
from scoring.stages import RoundStage
from tests.factories.awards import (
    CONCLUDED,
    RELEASED,
    a_locked_round,
    a_recommendation,
    a_released_round,
    an_approver,
    approve_all,
    approve_for,
    make_pdfs,
    told,
)
from tests.factories.people import a_person, a_viewer
from tests.factories.rounds import an_officer, at

OAK = told("Oak House")
PUBLISHED = datetime(2027, 3, 25, 10, tzinfo=UTC)  # the Thursday before Easter
ENTERED = PUBLISHED + timedelta(hours=1)
LAST = date(2027, 4, 7)
ON_THE_LAST_DAY = datetime(2027, 4, 7, 22, 59, tzinfo=UTC)  # 23:59 in London
AFTER = datetime(2027, 4, 7, 23, 1, tzinfo=UTC)  # 0:01 on the 8th
MAY = date(2027, 5, 1)
NUMBER = "2027/S 000-004321"


def under(regime):
    bid_round = a_released_round(OAK)
    bid_round.regime = regime
    db.session.commit()
    return bid_round


def entered(bid_round, **more):
    found = enter_notice(bid_round, NUMBER, PUBLISHED, actor=an_officer(), now=ENTERED, **more)
    db.session.commit()
    return found


def refused(act):
    with pytest.raises(RuleBroken) as found:
        act()
    db.session.rollback()
    return found.value


def concluded(bid_round, now, **more):
    return actions.conclude(bid_round, MAY, actor=an_officer(), now=now, **more)


def words(answer):
    page = html.document_fromstring(answer.text)
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def award(bid_round, more=""):
    return f"/council/rounds/{bid_round.ref}/award{more}"


def held(bid_round, actor=None, now=ENTERED):
    found = place_hold(
        bid_round,
        claimant="Elm Homes Ltd",
        claim_reference="HT-2027-000123",
        notified_on=now.date(),
        reason="The scoring of safeguarding.",
        actor=actor or an_officer(),
        now=now,
    )
    db.session.commit()
    return found


# --- The notice and its period --------------------------------------------------------------


def test_the_notice_begins_eight_working_days_which_easter_makes_longer(session):
    bid_round = under(Regime.PA_2023)
    notice = entered(bid_round)
    assert (notice.first_on, notice.last_on, notice.days) == (PUBLISHED.date(), LAST, 8)
    assert notice.holidays == {"2027-03-26": "Good Friday", "2027-03-29": "Easter Monday"}
    assert bid_round.stage is RoundStage.STANDSTILL
    (entry,) = session.scalars(
        select(AuditEntry).where(AuditEntry.event == Event.AWARD_NOTICE_ENTERED)
    )
    assert entry.detail["last_on"] == "2027-04-07"
    assert not list(audit.verify())


def test_nothing_is_concluded_before_the_clock_says_that_it_is_over(session):
    bid_round = under(Regime.PA_2023)
    broken = refused(lambda: concluded(bid_round, CONCLUDED))
    assert "which has not been started" in broken.message
    entered(bid_round)
    assert "not over" in refused(lambda: concluded(bid_round, ON_THE_LAST_DAY)).message
    assert concluded(bid_round, AFTER) == 1
    assert bid_round.stage is RoundStage.CONCLUDED


def test_light_touch_keeps_only_what_its_notice_states(session):
    plain = under(Regime.PA_2023_LIGHT_TOUCH)
    notice = entered(plain)
    assert (notice.last_on, plain.stage) == (None, RoundStage.APPROVED)
    assert concluded(plain, ENTERED) == 1


def test_light_touch_with_a_stated_period_waits_for_it(session):
    bid_round = under(Regime.PA_2023_LIGHT_TOUCH)
    broken = refused(lambda: entered(bid_round, days=7))
    assert (broken.code, broken.field) == ("standstill:too-short", "days")
    assert entered(bid_round, days=10).last_on == date(2027, 4, 9)
    assert "not over" in refused(lambda: concluded(bid_round, AFTER)).message


def test_under_the_regulations_the_letters_begin_ten_days(session):
    """Released on Sunday 14 March 2027: the tenth day after is Wednesday 24 March."""
    bid_round = under(Regime.PCR_2015_LIGHT_TOUCH)
    sent = queries.letters_sent_at(bid_round)
    notice = enter_notice(bid_round, "", sent, actor=an_officer(), now=ENTERED)
    assert sent == RELEASED
    assert (notice.first_on, notice.last_on) == (date(2027, 3, 15), date(2027, 3, 24))


def test_a_notice_is_refused_that_cannot_be(session):
    bid_round = under(Regime.PA_2023)
    officer = {"actor": an_officer(), "now": ENTERED}
    early = RELEASED - timedelta(minutes=1)
    for number, published, code in (
        (" ", PUBLISHED, "award:notice-number-missing"),
        (NUMBER, ENTERED + timedelta(minutes=1), "award:notice-in-the-future"),
        (NUMBER, early, "award:notice-before-letters"),
    ):
        assert (
            refused(lambda n=number, p=published: enter_notice(bid_round, n, p, **officer)).code
            == code
        )
    partner = an_officer("central-bedfordshire")
    broken = refused(lambda: enter_notice(bid_round, NUMBER, PUBLISHED, actor=partner, now=ENTERED))
    assert "Only the lead council" in broken.message
    entered(bid_round)
    assert refused(lambda: entered(bid_round)).code == "award:not-allowed"


def test_no_notice_before_the_letters(session):
    bid_round = a_locked_round(OAK)
    approve_all(a_recommendation(bid_round))
    assert "Release the letters first" in refused(lambda: entered(bid_round)).message


def test_one_off_holidays_and_the_whole_kingdom_are_settings(session):
    assert date(2027, 3, 17) not in bank_holidays(range(2027, 2028))
    settings.change("bank_holidays", "United Kingdom")
    settings.change("added_bank_holidays", "2027-04-01, 2027-04-02")
    found = bank_holidays(range(2027, 2028))
    assert {date(2027, 3, 17), date(2027, 4, 1)} <= set(found)  # St Patrick's Day
    assert entered(under(Regime.PA_2023)).last_on == date(2027, 4, 9)
    settings.change("added_bank_holidays", "1st of April")
    assert refused(lambda: bank_holidays(range(2027, 2028))).code == "setting:bank-holidays"


def test_the_shipped_days_are_the_published_ones(session):
    """GOV.UK publishes these for England and Wales."""
    found = bank_holidays(range(2026, 2028))
    on_weekdays = [day for day in found if day.weekday() < 5]
    assert [f"{day:%d%m%y}" for day in on_weekdays] == [
        "010126", "030426", "060426", "040526", "250526", "310826", "251226", "281226",
        "010127", "260327", "290327", "030527", "310527", "300827", "271227", "281227",
    ]  # fmt: skip


# --- Call-in --------------------------------------------------------------------------------


def test_nothing_is_concluded_while_councillors_can_call_it_in(session):
    bid_round = a_locked_round(OAK)
    recommendation = a_recommendation(bid_round)
    parts = {part.council.slug: part.council for part in bid_round.councils}
    with pytest.raises(RuleBroken, match="above £0"):
        actions.approve(
            recommendation, parts["luton"], "ODR 1", declared_no_interest=True,
            delegation_limit_pence=0, actor=an_approver(), now=RELEASED,
        )  # fmt: skip
    with pytest.raises(RuleBroken, match=r"at least £46,667\.86 a year"):
        actions.approve(
            recommendation, parts["luton"], "ODR 1", declared_no_interest=True,
            delegation_limit_pence=4_666_785, actor=an_approver(), now=RELEASED,
        )  # fmt: skip
    actions.approve(
        recommendation, parts["luton"], "ODR 1", declared_no_interest=True,
        delegation_limit_pence=50_000_000, call_in_until_on=date(2027, 3, 22),
        actor=an_approver(), now=RELEASED,
    )  # fmt: skip
    for slug in ("central-bedfordshire", "bedford-borough"):
        approve_for(recommendation, slug)
    make_pdfs(bid_round)
    actions.release_letters(bid_round, actor=an_approver(), now=RELEASED)
    db.session.commit()
    on_the_day = datetime(2027, 3, 22, 20, tzinfo=UTC)
    assert "call in" in refused(lambda: concluded(bid_round, on_the_day)).message
    assert concluded(bid_round, on_the_day + timedelta(hours=5)) == 1


# --- Holds ----------------------------------------------------------------------------------


def test_a_hold_stops_the_conclusion_until_a_second_person_lifts_it(session):
    bid_round = under(Regime.PA_2023_LIGHT_TOUCH)
    officer, approver = an_officer(), an_approver()
    first, second = held(bid_round), held(bid_round, approver)
    assert "on hold" in refused(lambda: concluded(bid_round, ENTERED)).message
    own = refused(lambda: lift_hold(first, "Withdrawn.", actor=officer, now=ENTERED))
    assert "somebody else must lift" in own.message
    assert (
        refused(lambda: lift_hold(first, " ", actor=approver, now=ENTERED)).code
        == "hold:reason-missing"
    )
    lift_hold(first, "Withdrawn.", actor=approver, now=ENTERED)
    db.session.commit()
    assert bid_round.held_at is not None
    again = refused(lambda: lift_hold(first, "Withdrawn.", actor=approver, now=ENTERED))
    assert "lifted already" in again.message
    lift_hold(second, "Struck out.", actor=officer, now=ENTERED)
    assert bid_round.held_at is None
    assert concluded(bid_round, ENTERED) == 1
    assert "between the lock" in refused(lambda: held(bid_round)).message


def test_a_hold_is_on_record_without_its_words_in_the_chain(session):
    bid_round = under(Regime.PA_2023)
    held(bid_round)
    entry, kept = session.execute(
        select(AuditEntry, AuditValues)
        .join(AuditValues)
        .where(AuditEntry.event == Event.HOLD_PLACED)
    ).one()
    assert entry.detail == {"claim": "HT-2027-000123"}
    assert kept.values == {"claimant": "Elm Homes Ltd", "reason": "The scoring of safeguarding."}
    told_of = session.scalars(
        select(mail.Mail.address).where(mail.Mail.message == mail.Message.HOLD_PLACED)
    ).all()
    assert len(told_of) == 3


@pytest.mark.parametrize(
    ("council", "role"),
    [
        ("central-bedfordshire", Role.COMMISSIONER),
        ("luton", Role.AUDITOR),
        ("luton", Role.MODERATOR),
        ("luton", Role.FINANCE),
        ("hertfordshire", Role.APPROVER),
    ],
)
def test_nobody_else_places_a_hold(session, council, role):
    bid_round = under(Regime.PA_2023)
    assert refused(lambda: held(bid_round, a_viewer(role, council))).code == "hold:not-allowed"


def test_the_database_keeps_the_second_person(session):
    from sqlalchemy.exc import IntegrityError

    placed = held(under(Regime.PA_2023))
    placed.lifted_by_id, placed.lifted_at, placed.lift_reason = placed.placed_by_id, AFTER, "Why"
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()
    assert session.scalar(select(LegalHold)).lifted_by_id is None


# --- Pages ----------------------------------------------------------------------------------

DAY = {"published_at-day": "25", "published_at-month": "3", "published_at-year": "2027"}


def test_the_lead_council_enters_the_notice_and_sees_every_day(by, app):
    bid_round = under(Regime.PA_2023)
    at(app, ENTERED)
    officer = by(an_officer())
    shown = officer.page(award(bid_round, "/notice"))
    assert "8 working days begins with the day" in words(shown)
    refused_page = officer.sends(shown, {"number": ""}, status=422)
    assert "Enter the number of the award notice" in words(refused_page)
    sent = {"number": NUMBER, **DAY, "published_at-time": "10:00"}
    period = officer.sends(shown, sent, to=award(bid_round, "/standstill"))
    told_page = words(period)
    for said in (
        "Nothing is concluded before 8 April 2027",
        "Friday 26 March 2027 – Good Friday",
        "Saturday 27 March 2027 – Weekend",
        "Wednesday 7 April 2027 8 Counts",
        "section 51(1)",
    ):
        assert said in told_page
    board = words(officer.page(award(bid_round)))
    assert "25 March 2027 to midnight on 7 April 2027" in board
    assert "The standstill period is not over" in board
    officer.page(award(bid_round, "/conclude"), status=409)
    officer.page(award(bid_round, "/notice"), status=409)
    at(app, AFTER)
    assert "Conclude the round" in words(by(an_officer()).page(award(bid_round)))


def test_a_light_touch_notice_is_asked_whether_it_states_a_period(by, app):
    bid_round = under(Regime.PA_2023_LIGHT_TOUCH)
    at(app, ENTERED)
    officer = by(an_officer())
    shown = officer.page(award(bid_round, "/notice"))
    sent = {"number": NUMBER, **DAY, "published_at-time": "10am", "states": "yes"}
    assert "Enter how many working days" in words(officer.sends(shown, sent, status=422))
    assert "at least 8 working days" in words(
        officer.sends(shown, {**sent, "days": "5"}, status=422)
    )
    none = officer.sends(shown, {**sent, "states": "no"}, to=award(bid_round, "/standstill"))
    assert "The notice states no standstill" in words(none)


def test_under_the_regulations_the_page_asks_for_no_number(by, app):
    bid_round = under(Regime.PCR_2015_LIGHT_TOUCH)
    at(app, ENTERED)
    officer = by(an_officer())
    shown = officer.page(award(bid_round, "/notice"))
    after = officer.sends(shown, {"sent": "y"}, to=award(bid_round, "/standstill"))
    assert "First day 15 March 2027" in words(after)


def test_a_hold_stands_on_every_page_of_the_round(by, app):
    bid_round = under(Regime.PA_2023_LIGHT_TOUCH)
    at(app, ENTERED)
    officer = by(an_officer())
    shown = officer.page(award(bid_round, "/hold"))
    assert "Say who challenges" in words(officer.sends(shown, {}, status=422))
    said = {
        "claimant": "Elm Homes Ltd",
        "claim_reference": "HT-2027-000123",
        "notified_on-day": "24", "notified_on-month": "3", "notified_on-year": "2027",
        "reason": "The scoring of safeguarding.",
    }  # fmt: skip
    board = officer.sends(shown, said, to=award(bid_round))
    assert "Claim HT-2027-000123" in words(board)
    assert "Conclude the round" not in words(board)
    banner = "is on hold since 25 March 2027"
    approver = by(an_approver("bedford-borough"))
    for address in (
        f"/council/rounds/{bid_round.ref}",
        award(bid_round),
        f"/council/rounds/{bid_round.ref}/results",
    ):
        assert banner in words(approver.page(address)), address
    provider = bid_round and by(a_person(Role.PROVIDER_ADMIN))
    assert banner not in words(provider.page(f"/rounds/{bid_round.ref}"))
    (link,) = html.document_fromstring(approver.page(award(bid_round)).text).xpath(
        "//a[starts-with(normalize-space(.), 'Lift the hold')]/@href"
    )
    officer.page(link, status=409)
    by(an_approver("hertfordshire")).page(link, status=404)
    after = approver.sends(approver.page(link), {"reason": "Withdrawn."}, to=award(bid_round))
    assert "Why Withdrawn." in words(after)
    assert banner not in words(after)


@pytest.mark.parametrize(
    ("council", "role", "status"),
    [
        ("luton", Role.EVALUATOR, 403),
        ("luton", Role.AUDITOR, 200),
        ("central-bedfordshire", Role.COMMISSIONER, 200),
        ("hertfordshire", Role.COMMISSIONER, 404),
    ],
)
def test_who_sees_the_standstill(by, council, role, status):
    bid_round = under(Regime.PA_2023)
    entered(bid_round)
    by(a_viewer(role, council)).page(award(bid_round, "/standstill"), status=status)
