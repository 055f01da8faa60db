"""The compliance check of opened bids: how far each is, and all that is looked at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import NotFound

from portal.access import Permission, Role, Viewer
from portal.applications import queries
from portal.applications.clarifications.models_clean_copies import CleanCopy
from portal.applications.clarifications.requests import Request, requests_of
from portal.applications.compliance import policy as policy_compliance
from portal.applications.compliance.items import Evidence, Item, items_of
from portal.applications.compliance.policy import Decisions
from portal.applications.exclusions.models import Exclusion
from portal.applications.models import Application, BidLot, CheckOutcome, ComplianceItem
from portal.applications.opening.queries import opening_of
from portal.applications.submitting.sealing import BidContent
from portal.days import today
from portal.db import db
from portal.documents.models import DocumentVersion
from portal.providers.models import Registration
from portal.rounds.models import Round
from portal.rounds.models_versions import RoundVersion
from portal.rounds.queries_versions import versions_of
from portal.web import Due
from scoring.differences import Difference
from scoring.exclusion import ExclusionStage
from scoring.stages import ApplicationStage, RequestStage, RoundStage


@dataclass(frozen=True, slots=True)
class Check:
    """The check of one bid: its items, what was decided, and its lots."""

    application: Application
    items: tuple[Item, ...]
    decisions: Decisions
    lots: tuple[BidLot, ...]
    request: Request | None = None  # to the bidder; drafted, sent, replied to
    excluding: bool = False  # whether a procedure to exclude the supplier goes on
    clean_copies: tuple[CleanCopy, ...] = ()  # asked for after the one request

    def clean_copy(self, item: Item) -> CleanCopy | None:
        """The clean copy of an item's file that was asked for."""
        places = {(one.lot_code, one.key): one for one in self.clean_copies}
        return places.get(item.place)

    marked: int = 0  # parts that the bidder marked as confidential

    @property
    def is_open(self) -> bool:
        """Whether it is not concluded yet."""
        return self.application.stage is ApplicationStage.OPENED

    @property
    def decided(self) -> int:
        return len(self.items) - len(self.undecided)

    @property
    def undecided(self) -> list[Item]:
        return policy_compliance.undecided(self.items, self.decisions)

    @property
    def in_question(self) -> list[Item]:
        return policy_compliance.in_question(self.items, self.decisions)

    @property
    def request_stage(self) -> RequestStage | None:
        """Where the request to the bidder stands; None while there is none."""
        return self.request.stage if self.request else None

    @property
    def failed(self) -> list[Item]:
        decided = ((item, self.decision_on(item)) for item in self.items)
        return [item for item, one in decided if one and one.outcome is CheckOutcome.FAIL]

    @property
    def infected(self) -> list[Item]:
        """Files in which a virus was found, and which nobody has decided since."""
        return [item for item in self.undecided if item.infected_at is not None]

    def decision_on(self, item: Item) -> ComplianceItem | None:
        """The decision that stands on an item."""
        return policy_compliance.decision_on(item, self.decisions)

    @property
    def suggested_passes(self) -> list[Item]:
        """Undecided items that meet the rules, so that one press can pass them all."""
        return [item for item in self.undecided if item.suggested is CheckOutcome.PASS]

    @property
    def groups(self) -> list[tuple[str, list[Item]]]:
        """The items under their headings, in order."""
        grouped: dict[str, list[Item]] = {}
        for item in self.items:
            grouped.setdefault(item.group, []).append(item)
        return list(grouped.items())

    def item(self, key: str, lot_code: str = "") -> Item | None:
        return next((one for one in self.items if one.place == (lot_code, key)), None)


def checks_of(bid_round: Round, viewer: Viewer, now: datetime) -> list[Check]:
    """The checks of every opened bid of a round, by name; a constant number of statements.

    Raises:
        NotFound: before the opening, and for those who may not read them.
    """
    if not policy_compliance.may_read(viewer, bid_round):
        raise NotFound
    return _checks(queries.bids(bid_round, viewer), bid_round, viewer, now)


def check_of(application_ref: str, viewer: Viewer, now: datetime) -> Check:
    """The check of one bid.

    Raises:
        NotFound: there is no such opened bid for this viewer.
    """
    application = queries.application(application_ref, viewer)
    bid_round = application.round
    if not policy_compliance.may_read(viewer, bid_round):
        raise NotFound
    found = _checks([application], bid_round, viewer, now)
    if not found:
        raise NotFound
    return found[0]


def _checks(
    applications: Sequence[Application], bid_round: Round, viewer: Viewer, now: datetime
) -> list[Check]:
    contents = queries.bid_contents(applications, viewer)
    complete = queries.prices_complete(applications, viewer)
    versions = _versions(contents.values())
    registrations = _registrations(applications)
    decisions, lots = _decisions(applications), _lots(applications)
    problems, requests = _problems(bid_round), requests_of(applications, now)
    of_round = versions_of(bid_round)
    excluding = _excluding(applications)
    copies = _clean_copies(applications)
    return [
        Check(
            application=one,
            items=tuple(
                items_of(
                    Evidence(
                        application=one,
                        content=contents[one.id],
                        versions=versions,
                        registrations=registrations.get(one.provider_id, []),
                        prices_complete=complete.get(one.id, False),
                        problems=problems.get(one.ref, ()),
                        on=today(now),
                        newer=_newer(of_round, contents[one.id].round_version),
                    )
                )
            ),
            decisions=decisions.get(one.id, {}),
            lots=tuple(lots.get(one.id, [])),
            request=requests.get(one.id),
            excluding=one.id in excluding,
            clean_copies=tuple(copy for copy in copies if copy.application_id == one.id),
            marked=len(contents[one.id].marks),
        )
        for one in applications
        if one.id in contents
    ]


def _clean_copies(applications: Sequence[Application]) -> Sequence[CleanCopy]:
    return db.session.scalars(
        select(CleanCopy)
        .where(CleanCopy.application_id.in_({one.id for one in applications}))
        .options(joinedload(CleanCopy.version), joinedload(CleanCopy.asked_by))
        .order_by(CleanCopy.id)
        .execution_options(populate_existing=True)
    ).all()


def _excluding(applications: Sequence[Application]) -> set[int]:
    """The bids about whose supplier a procedure goes on."""
    going_on = (ExclusionStage.HEARING, ExclusionStage.PROPOSED)
    return set(
        db.session.scalars(
            select(Exclusion.application_id).where(
                Exclusion.application_id.in_({one.id for one in applications}),
                Exclusion.stage.in_(going_on),
            )
        )
    )


def _newer(versions: Sequence[RoundVersion], stood: int) -> tuple[tuple[int, Difference], ...]:
    """What the versions of the round changed after the one on which a bid was submitted."""
    return tuple(
        (version.number, one)
        for version in versions
        if version.number > stood
        for one in version.changes
    )


def _versions(contents: Iterable[BidContent]) -> dict[str, DocumentVersion]:
    refs = {one.version_ref for content in contents for one in content.documents if one.version_ref}
    statement = select(DocumentVersion).where(DocumentVersion.ref.in_(refs))
    found = db.session.scalars(statement.options(joinedload(DocumentVersion.document)))
    return {version.ref: version for version in found}


def _registrations(applications: Sequence[Application]) -> dict[int, list[Registration]]:
    ids = {one.provider_id for one in applications}
    found: dict[int, list[Registration]] = {}
    statement = select(Registration).where(Registration.provider_id.in_(ids))
    for registration in db.session.scalars(statement.order_by(Registration.urn)):
        found.setdefault(registration.provider_id, []).append(registration)
    return found


def _decisions(
    applications: Sequence[Application],
) -> dict[int, dict[tuple[str, str], ComplianceItem]]:
    ids = {one.id for one in applications}
    found: dict[int, dict[tuple[str, str], ComplianceItem]] = {}
    statement = select(ComplianceItem).where(ComplianceItem.application_id.in_(ids))
    statement = statement.options(joinedload(ComplianceItem.decided_by))
    # read afresh, since another officer may have decided while this one waited for the lock
    for item in db.session.scalars(statement.execution_options(populate_existing=True)):
        found.setdefault(item.application_id, {})[item.lot_code, item.key] = item
    return found


def _lots(applications: Sequence[Application]) -> dict[int, list[BidLot]]:
    ids = {one.id for one in applications}
    statement = (
        select(BidLot).where(BidLot.application_id.in_(ids)).options(joinedload(BidLot.round_lot))
    )
    found: dict[int, list[BidLot]] = {}
    for lot in db.session.scalars(statement):
        found.setdefault(lot.application_id, []).append(lot)
    for lots in found.values():
        lots.sort(key=lambda lot: lot.round_lot.position)
    return found


def _problems(bid_round: Round) -> dict[str, tuple[str, ...]]:
    """What did not hold when each bid was opened."""
    opening = opening_of(bid_round)
    if opening is None:
        return {}
    return {bid["application"]: tuple(bid["problems"]) for bid in opening.bids}


def due(viewer: Viewer, _now: datetime) -> Iterable[Due]:
    """Rounds of the viewer's council with bids whose check is not concluded."""
    if not viewer.may(Permission.BID_CHECK):
        return
    statement = (
        select(Round, func.count())
        .join(Application, Application.round_id == Round.id)
        .where(
            Round.stage == RoundStage.OPENED,
            Round.lead_council_id.in_(viewer.councils_as(Role.COMMISSIONER)),
            Application.stage == ApplicationStage.OPENED,
        )
        .group_by(Round.id)
        .order_by(Round.opened_at)
    )
    for bid_round, number in db.session.execute(statement):
        yield Due(
            title=f"Check applications to {bid_round.title}",
            address=url_for("compliance.queue", ref=bid_round.ref),
            note="1 application waits" if number == 1 else f"{number} applications wait",
            tag="Compliance check",
            count=number,
        )
