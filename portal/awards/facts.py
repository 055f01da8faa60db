"""What notices and releases of a round are made of, read once. A constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from portal.access import Viewer
from portal.applications.models import Application
from portal.applications.policy import OPENED_BIDS
from portal.awards import policy, queries
from portal.awards.actions_contracts import by_contract
from portal.awards.models import ApprovalDecision, AwardNotice
from portal.contracts import queries as contracts
from portal.db import db
from portal.evaluation import queries as evaluation
from portal.evaluation.asked import scheme_of
from portal.evaluation.models import Result
from portal.people.models import Person
from portal.providers.models import Provider
from portal.rounds.models import Round, RoundLot
from scoring.criteria import Scheme
from scoring.stages import RoundStage

AWARDED = frozenset({RoundStage.APPROVED, RoundStage.STANDSTILL, RoundStage.CONCLUDED})


@dataclass(frozen=True, slots=True)
class Awarded:
    """A bid that was awarded a lot."""

    id: str
    provider: Provider
    lot: RoundLot


@dataclass(frozen=True, slots=True)
class Running:
    """A contract, or a place on a list, that came out of an award."""

    ref: str
    award_id: str
    title: str
    provider: Provider
    lot: RoundLot
    starts_on: date
    ends_on: date
    most_on: date  # with every extension
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """A round, as far as this viewer may read it.

    Args:
        tenders: how many bids were opened; nothing before.
        mailbox: where the round says to write to; nothing where that is a person's own address.
        awarded: nothing before every council has approved.
    """

    round: Round
    scheme: Scheme
    now: datetime
    mailbox: str = ""
    tenders: int | None = None
    assessed: int | None = None
    awarded: Sequence[Awarded] = ()
    running: Sequence[Running] = ()
    decided_at: datetime | None = None
    letters_at: datetime | None = None
    notice: AwardNotice | None = None


def facts_of(bid_round: Round, viewer: Viewer, now: datetime) -> Facts:
    """Read what may be told of a round by now."""
    scheme = scheme_of(bid_round)
    opened = _opened(bid_round) if bid_round.opened_at is not None else None
    mailbox = _mailbox(bid_round)
    if bid_round.stage not in AWARDED or not policy.may_read(viewer, bid_round):
        return Facts(bid_round, scheme, now, mailbox, tenders=opened)
    results = evaluation.results(bid_round, Viewer.system())
    won = [one for one, _ in by_contract([one for one in results if one.admitted])]
    return Facts(
        bid_round,
        scheme,
        now,
        mailbox,
        tenders=opened,
        assessed=len({one.application_id for one in results}),
        awarded=[Awarded(_award_id(one), one.application.provider, one.round_lot) for one in won],
        running=_running(bid_round, won) if bid_round.concluded_at is not None else (),
        decided_at=_decided_at(bid_round),
        letters_at=queries.letters_sent_at(bid_round),
        notice=queries.notice_of(bid_round),
    )


def _opened(bid_round: Round) -> int:
    return (
        db.session.scalar(
            select(func.count(Application.id)).where(
                Application.round_id == bid_round.id, Application.stage.in_(OPENED_BIDS)
            )
        )
        or 0
    )


def _mailbox(bid_round: Round) -> str:
    """The address of the round, unless somebody signs in with it: that one is a person's."""
    held = select(Person.id).where(Person.email == bid_round.contact_email.lower())
    return "" if db.session.scalar(held) is not None else bid_round.contact_email


def _award_id(result: Result) -> str:
    return f"{result.application.ref}-{result.round_lot.code}"


def _decided_at(bid_round: Round) -> datetime | None:
    recommendation = queries.recommendation_of(bid_round)
    approvals = [] if recommendation is None else recommendation.approvals
    when = (one.decided_at for one in approvals if one.decision is ApprovalDecision.APPROVE)
    return max(when, default=None)


def _running(bid_round: Round, won: Sequence[Result]) -> list[Running]:
    by_place = {(one.application.ref, one.round_lot.agreement_lot_id): one for one in won}
    refs = [ref for ref, _ in by_place]
    found = []
    for made in contracts.made_from(refs):
        result = by_place.get((made.application_ref, made.agreement_lot_id))
        if result is not None:
            found.append(_one_running(bid_round, result, made))
    return sorted(found, key=lambda one: (one.lot.position, one.provider.name.casefold()))


def _one_running(bid_round: Round, result: Result, made: contracts.Made) -> Running:
    return Running(
        ref=made.ref,
        award_id=_award_id(result),
        title=f"{bid_round.title}, lot {result.round_lot.code}",
        provider=result.application.provider,
        lot=result.round_lot,
        starts_on=made.starts_on,
        ends_on=made.ends_on,
        most_on=made.most_on,
        made_at=made.made_at,
    )
