"""Reads of the award."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CompoundSelect, Select, func, select, union
from sqlalchemy.orm import defer, joinedload, selectinload

from portal.access import Permission, Role, Viewer
from portal.applications.models import Application, BidLot
from portal.awards import policy
from portal.awards.models import (
    Approval,
    ApprovalDecision,
    AwardNotice,
    LegalHold,
    Letter,
    LetterLook,
    Recommendation,
)
from portal.awards.policy import Progress, Waiting
from portal.days import today
from portal.db import db
from portal.evaluation.decisions.models import AwardDecision, Correction
from portal.evaluation.decisions.open_matters import open_matters_of
from portal.evaluation.models import (
    ConflictDeclaration,
    Consensus,
    Interest,
    PanelMember,
    Part,
    Score,
    Sheet,
)
from portal.people.models import Membership, Person
from portal.providers.models import Provider
from portal.rounds.models import Round, RoundCouncil, RoundLot
from scoring.stages import ApplicationLotStage, RoundStage

OPEN_STAGES = (
    RoundStage.MODERATED,
    RoundStage.RECOMMENDED,
    RoundStage.APPROVED,
    RoundStage.STANDSTILL,
)


def history_of(bid_round: Round) -> Sequence[Recommendation]:
    """Every recommendation of a round, newest first: returned ones stay on record."""
    return db.session.scalars(
        _with_decisions().where(Recommendation.round_id == bid_round.id)
    ).all()


def recommendation_of(bid_round: Round) -> Recommendation | None:
    """The newest recommendation of a round, with what the councils decided."""
    return next(iter(history_of(bid_round)), None)


def _with_decisions() -> Select[Recommendation]:
    return (
        select(Recommendation)
        .options(
            joinedload(Recommendation.made_by),
            selectinload(Recommendation.approvals).options(
                joinedload(Approval.decided_by), joinedload(Approval.council)
            ),
        )
        .order_by(Recommendation.id.desc())
    )


def recommendation(ref: str, viewer: Viewer) -> Recommendation | None:
    """A recommendation that the viewer may read; nothing for a stranger."""
    found = db.session.scalar(
        _with_decisions()
        .where(Recommendation.ref == ref)
        .options(
            joinedload(Recommendation.round).options(
                selectinload(Round.councils).joinedload(RoundCouncil.council),
                selectinload(Round.lots),
            )
        )
    )
    if found is None or not policy.may_read(viewer, found.round):
        return None
    return found


def took_part_in(bid_round: Round) -> frozenset[int]:
    """Everybody who had a hand in the result of a round, on its panel still or not."""
    parts = _taking_part().subquery()
    return frozenset(
        db.session.scalars(select(parts.c.person_id).where(parts.c.round_id == bid_round.id))
    )


def _taking_part() -> CompoundSelect[tuple[int, int]]:
    """(round, person) for everybody who scored, moderated, mended, decided or recommended."""
    parts = (Part.EVALUATOR, Part.YOUNG_COMMISSIONER, Part.MODERATOR)
    return union(
        select(
            PanelMember.round_id.label("round_id"), PanelMember.person_id.label("person_id")
        ).where(PanelMember.part.in_(parts)),
        select(Application.round_id, Score.saved_by_id)
        .join(Sheet, Sheet.application_id == Application.id)
        .join(Score, Score.sheet_id == Sheet.id),
        select(Application.round_id, Consensus.recorded_by_id).join(
            Consensus, Consensus.application_id == Application.id
        ),
        *(
            select(Application.round_id, person).join(
                Correction, Correction.application_id == Application.id
            )
            for person in (Correction.made_by_id, Correction.second_id)
        ),
        select(AwardDecision.round_id, AwardDecision.made_by_id),
        select(AwardDecision.round_id, AwardDecision.second_id),
        select(Recommendation.round_id, Recommendation.made_by_id),
    )


def interested_in(bid_round: Round) -> frozenset[int]:
    """The people who declared an interest in any bidder of a round."""
    return frozenset(
        db.session.scalars(
            select(ConflictDeclaration.person_id).where(
                ConflictDeclaration.round_id == bid_round.id,
                ConflictDeclaration.interest != Interest.NONE,
            )
        )
    )


def failed_in(bid_round: Round) -> list[tuple[str, list[str]]]:
    """Who failed the compliance check for which lots, by name; they get letters too."""
    rows = db.session.execute(
        select(Provider.name, RoundLot.code)
        .join(Application, Application.provider_id == Provider.id)
        .join(BidLot, BidLot.application_id == Application.id)
        .join(BidLot.round_lot)
        .where(Application.round_id == bid_round.id, BidLot.stage == ApplicationLotStage.FAILED)
        .order_by(Provider.name, RoundLot.position)
    )
    failed: dict[str, list[str]] = {}
    for name, code in rows:
        failed.setdefault(name, []).append(code)
    return list(failed.items())


def approvers_of(bid_round: Round) -> Sequence[Person]:
    """The approvers of every council of a round."""
    return (
        db.session.scalars(
            select(Person)
            .join(Membership)
            .where(
                Membership.role == Role.APPROVER,
                Membership.organisation_id.in_(bid_round.council_ids),
                Person.active,
            )
        )
        .unique()
        .all()
    )


def administrators_of(provider_id: int) -> Sequence[Person]:
    """Whom a letter is announced to."""
    return (
        db.session.scalars(
            select(Person)
            .join(Membership)
            .where(
                Membership.role == Role.PROVIDER_ADMIN,
                Membership.organisation_id == provider_id,
                Person.active,
            )
        )
        .unique()
        .all()
    )


def letters_of(bid_round: Round) -> Sequence[Letter]:
    """Every letter of a round, by provider."""
    found = db.session.scalars(
        select(Letter)
        .join(Letter.application)
        .where(Application.round_id == bid_round.id)
        .options(
            joinedload(Letter.application).joinedload(Application.provider),
            joinedload(Letter.application).joinedload(Application.round),
            joinedload(Letter.file),
            defer(Letter.content),  # tens of kilobytes each
        )
    ).all()
    return sorted(found, key=lambda letter: letter.application.provider.name.casefold())


def looked_at(bid_round: Round, viewer: Viewer) -> int:
    """How many letters of a round the viewer has looked at."""
    return (
        db.session.scalar(
            select(func.count(LetterLook.id))
            .join(LetterLook.letter)
            .join(Letter.application)
            .where(Application.round_id == bid_round.id, LetterLook.person_id == viewer.person_id)
        )
        or 0
    )


def letters_sent_at(bid_round: Round) -> datetime | None:
    """When the last letter of a round was released."""
    return db.session.scalar(
        select(func.max(Letter.released_at))
        .join(Letter.application)
        .where(Application.round_id == bid_round.id)
    )


def letter(ref: str, viewer: Viewer) -> Letter | None:
    """One letter, for its bidder once released and for the councils; nothing for a stranger."""
    found = db.session.scalar(
        select(Letter)
        .where(Letter.ref == ref)
        .options(
            joinedload(Letter.application).joinedload(Application.provider),
            joinedload(Letter.application).joinedload(Application.round),
        )
    )
    return found if found is not None and policy.may_read_letter(viewer, found) else None


def letters_for_provider(viewer: Viewer) -> Sequence[Letter]:
    """The released letters of the viewer's own providers, newest first."""
    return db.session.scalars(
        select(Letter)
        .join(Letter.application)
        .where(Application.provider_id.in_(viewer.provider_ids), Letter.released_at.is_not(None))
        .options(
            joinedload(Letter.application).joinedload(Application.provider),
            joinedload(Letter.application).joinedload(Application.round),
        )
        .order_by(Letter.released_at.desc())
    ).all()


def notice_of(bid_round: Round) -> AwardNotice | None:
    """The award notice of a round, with its standstill."""
    return db.session.scalar(
        select(AwardNotice)
        .where(AwardNotice.round_id == bid_round.id)
        .options(joinedload(AwardNotice.entered_by))
    )


def holds_of(bid_round: Round) -> Sequence[LegalHold]:
    """Every legal challenge on record for a round, newest first."""
    return db.session.scalars(
        select(LegalHold)
        .where(LegalHold.round_id == bid_round.id)
        .options(joinedload(LegalHold.placed_by), joinedload(LegalHold.lifted_by))
        .order_by(LegalHold.id.desc())
    ).all()


def hold(ref: str, viewer: Viewer) -> LegalHold | None:
    """A hold on a round whose award the viewer may read; nothing for a stranger."""
    found = db.session.scalar(
        select(LegalHold)
        .where(LegalHold.ref == ref)
        .options(
            joinedload(LegalHold.placed_by),
            joinedload(LegalHold.round).options(
                selectinload(Round.councils).joinedload(RoundCouncil.council),
                joinedload(Round.lead_council),
            ),
        )
    )
    return found if found is not None and policy.may_read(viewer, found.round) else None


def call_in_of(recommendation: Recommendation | None) -> date | None:
    """The last day on which councillors of any council may call the award in."""
    approvals = [] if recommendation is None else recommendation.approvals
    ends = (one.call_in_until_on for one in approvals if one.decision is ApprovalDecision.APPROVE)
    return max((end for end in ends if end is not None), default=None)


def waiting_of(bid_round: Round, now: datetime, letters: Progress | None = None) -> Waiting:
    """What a round waits for before it is concluded. Three or four statements."""
    return Waiting(
        today=today(now),
        letters=letters or progress_of(bid_round),
        notice=notice_of(bid_round),
        call_in_until_on=call_in_of(recommendation_of(bid_round)),
    )


@dataclass(frozen=True, slots=True)
class OpenAward:
    """An award on its way, and what keeps the viewer from deciding a council's part of it."""

    round: Round
    recommendation: Recommendation | None
    waiting: Waiting
    took_part: frozenset[int]
    interested: frozenset[int]
    open_matters: tuple[str, ...] = ()  # before it can be recommended


def open_awards(viewer: Viewer, now: datetime) -> list[OpenAward]:
    """Rounds of the viewer's councils between the lock and the end. Twelve statements."""
    if not viewer.may(Permission.RESULT_READ):
        return []
    rounds = _rounds_on_their_way(viewer)
    ids = [one.id for one in rounds]
    newest, letters, notices = _newest_recommendations(ids), _progress_of(ids), _notices(ids)
    mine = viewer.person_id
    parts = _taking_part().subquery()
    took_part = db.session.scalars(
        select(parts.c.round_id).where(parts.c.round_id.in_(ids), parts.c.person_id == mine)
    ).all()
    interested = db.session.scalars(
        select(ConflictDeclaration.round_id).where(
            ConflictDeclaration.round_id.in_(ids),
            ConflictDeclaration.person_id == mine,
            ConflictDeclaration.interest != Interest.NONE,
        )
    ).all()
    me = frozenset({mine} if mine else ())
    matters = open_matters_of([one.id for one in rounds if one.prices_opened_at is not None])
    return [
        OpenAward(
            round=one,
            recommendation=newest.get(one.id),
            waiting=Waiting(
                today=today(now),
                letters=letters.get(one.id, Progress()),
                notice=notices.get(one.id),
                call_in_until_on=call_in_of(newest.get(one.id)),
            ),
            took_part=me if one.id in took_part else frozenset(),
            interested=me if one.id in interested else frozenset(),
            open_matters=tuple(matters.get(one.id, ())),
        )
        for one in rounds
    ]


def _rounds_on_their_way(viewer: Viewer) -> Sequence[Round]:
    mine = select(RoundCouncil.round_id).where(RoundCouncil.council_id.in_(viewer.council_ids))
    return db.session.scalars(
        select(Round)
        .where(Round.stage.in_(OPEN_STAGES), Round.id.in_(mine))
        .options(selectinload(Round.councils).joinedload(RoundCouncil.council))
        .order_by(Round.id)
    ).all()


def _newest_recommendations(round_ids: Collection[int]) -> dict[int, Recommendation]:
    found = db.session.scalars(
        select(Recommendation)
        .where(Recommendation.round_id.in_(round_ids))
        .options(selectinload(Recommendation.approvals))
        .order_by(Recommendation.id)
    )
    return {one.round_id: one for one in found}


def progress_of(bid_round: Round) -> Progress:
    """How far the letters of a round are. One statement."""
    return _progress_of([bid_round.id]).get(bid_round.id, Progress())


def _notices(round_ids: Collection[int]) -> dict[int, AwardNotice]:
    found = db.session.scalars(select(AwardNotice).where(AwardNotice.round_id.in_(round_ids)))
    return {one.round_id: one for one in found}


def _progress_of(round_ids: Collection[int]) -> dict[int, Progress]:
    rows = db.session.execute(
        select(
            Application.round_id,
            func.count(Letter.id),
            func.count(Letter.file_id),
            func.count(Letter.released_at),
        )
        .join(Letter.application)
        .where(Application.round_id.in_(round_ids))
        .group_by(Application.round_id)
    )
    return {round_id: Progress(*numbers) for round_id, *numbers in rows}
