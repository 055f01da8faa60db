"""What turns up on the way of a round: councils chosen, parts marked, a change, a late bid, a charge."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from portal.applications import actions, actions_marks, queries
from portal.applications.exclusions import actions as actions_exclusions
from portal.applications.exclusions.actions import Charge
from portal.applications.late import actions as actions_late
from portal.applications.lots import branches as lot_branches
from portal.applications.models import Application
from portal.db import db
from portal.demo.bidding import apply
from portal.demo.cast import Cast
from portal.providers import actions as providers
from portal.providers.models import ServiceKind
from portal.rounds import actions as rounds, actions_versions, parts_edit
from portal.rounds.models import Round
from scoring.confidentiality import Exemption
from scoring.exclusion import About, Debarment
from scoring.late import Cause

TENDER, AUTUMN, SUMMER = (
    "Fostering tender 2027",
    "16+ list, autumn opening",
    "16+ list, summer opening",
)
URN, BRANCH = "2790108", "Lantern Foster Care, Stevenage"
WHY_MARKED = "It shows how we pay and keep our carers, which other agencies could copy."
CHANGED = (
    "Agencies asked how many hours of a supervisor’s time we expect. We say it in the question, so "
    "that everybody answers the same."
)


def tell(cast: Cast, clock: Any) -> None:
    """All of it, in the order in which it happened."""
    _marked_and_offered_to_some(cast, clock)
    _a_branch(cast, clock)
    _heard(cast, clock)
    _late(cast, clock)
    _changed(cast, clock)
    db.session.commit()


def _bid(cast: Cast, title: str, key: str) -> Application:
    return db.session.scalars(
        select(Application)
        .join(Application.round)
        .where(Round.title == title, Application.provider_id == cast.providers[key].id)
    ).one()


def _round(title: str) -> Round:
    return db.session.scalars(
        select(Round).where(Round.title == title, Round.version_of_id.is_(None))
    ).one()


def _marked_and_offered_to_some(cast: Cast, clock: Any) -> None:
    """An agency does without one council in a lot, marks an answer, and submits again."""
    bid, at = _bid(cast, TENDER, "kestrel"), clock(-3, 15)
    told: dict[str, Any] = {"actor": cast.admin_of("kestrel"), "now": at}
    three = ["bedford-borough", "central-bedfordshire", "luton"]
    actions.choose_councils(bid, {"F4": three}, **told)
    copy = queries.working_copy(bid, told["actor"], at)
    until = at.date() + timedelta(days=3 * 365)
    place = ("answer", "recruiting-and-keeping-carers", "")
    actions_marks.mark(copy, place, Exemption.COMMERCIAL, WHY_MARKED, until, **told)
    actions.submit(bid, certified=True, received_at=at, **told)
    db.session.commit()


def _a_branch(cast: Cast, clock: Any) -> None:
    """Another agency delivers one lot from its second branch alone."""
    bid, admin = _bid(cast, TENDER, "lantern"), cast.admin_of("lantern")
    provider, at = cast.providers["lantern"], clock(-2, 15)
    providers.record_registration(
        provider, URN, ServiceKind.FOSTERING, date(2024, 5, 2), "good", date(2025, 6, 3), BRANCH,
        actor=admin, now=at,
    )  # fmt: skip
    lot_branches.choose_branches(bid, {"F5": [URN]}, actor=admin, now=at)
    db.session.commit()


def _heard(cast: Cast, clock: Any) -> None:
    """A ground for exclusion came to light while bids are scored; the supplier has answered."""
    bid, officer = _bid(cast, SUMMER, "brightpath"), cast.viewer("Amina Hussain")
    at = clock(-16)
    charge = Charge(
        "performance", About.SUPPLIER, "", at.date() - timedelta(days=200),
        "Another council wrote to us that it ended a contract early.",
    )  # fmt: skip
    notice = "Tell us why the contract was ended, and what you have put right since."
    hearing = actions_exclusions.open_exclusion(
        bid, [charge], notice, clock(-1, 12), actor=officer, now=at
    )
    actions_exclusions.look_up(bid, Debarment.NOT_LISTED, bid.provider.name, actor=officer, now=at)
    answered = clock(-4, 11)
    actions_exclusions.answer(
        hearing,
        "The manager had left, and visits were missed. We have two managers now, and an auditor "
        "looked at every file in May.",
        received_at=answered, actor=cast.admin_of("brightpath"), now=answered,
    )  # fmt: skip
    db.session.commit()


def _late(cast: Cast, clock: Any) -> None:
    """An application was whole and not submitted in time; two officers say that it does not count."""
    waiting = _round(AUTUMN)
    bid = apply(cast, waiting, "willow", ["2A"], clock(-3), submit=False)
    asked = waiting.deadline_at + timedelta(minutes=50)
    case = actions_late.ask_late(
        bid,
        "We pressed the button five minutes before noon. The page said that the portal could not "
        "be reached, and came back ten minutes after noon.",
        "The network of our building was down from 11:50 to 12:10; our supplier wrote us so.",
        certified=True, received_at=asked, actor=cast.admin_of("willow"), now=asked,
    )  # fmt: skip
    why = "The failure was at the bidder’s end, and the others kept to the deadline."
    said: dict[str, Any] = {"accept": False, "cause": Cause.BIDDER, "reason": why}
    first, second = cast.viewer("Amina Hussain"), cast.viewer("Peter Lyons")
    actions_late.propose_late(case, **said, actor=first, now=asked + timedelta(hours=1))
    actions_late.decide_late(case, **said, actor=second, now=asked + timedelta(hours=2))
    db.session.commit()


def _changed(cast: Cast, clock: Any) -> None:
    """The open tender has a second version: one question says more, and who answered it confirms."""
    officer, at = cast.viewer("Amina Hussain"), clock(-1, 9)
    tender = _round(TENDER)
    draft = actions_versions.prepare(tender, actor=officer, now=at)
    question = parts_edit.question_of(draft.question_set.body, "training-and-support-of-carers")
    points = [*question["guidance"], "How many hours a month a supervisor has for each household"]
    body = parts_edit.reworded(draft.question_set.body, question["key"], guidance=points)
    rounds.change_content(draft, "question_set", body, actor=officer, now=at)
    actions_versions.publish(
        draft, CHANGED, "2026/S 000-007002", at - timedelta(hours=1), actor=officer, now=at
    )
    db.session.commit()
