"""Reads of the award."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.access import Permission, Role, Viewer
from portal.applications.models import Application
from portal.awards import policy
from portal.awards.models import Approval, Letter, Recommendation
from portal.db import db
from portal.evaluation.models import PanelMember, Part
from portal.people.models import Membership, Person
from portal.rounds.models import Round, RoundCouncil
from scoring.stages import RoundStage


def recommendation_of(bid_round: Round) -> Recommendation | None:
    """The newest recommendation of a round, with what the councils decided."""
    return db.session.scalar(
        select(Recommendation)
        .where(Recommendation.round_id == bid_round.id)
        .options(
            joinedload(Recommendation.made_by),
            selectinload(Recommendation.approvals).joinedload(Approval.decided_by),
            selectinload(Recommendation.approvals).joinedload(Approval.council),
        )
        .order_by(Recommendation.id.desc())
        .limit(1)
    )


def history_of(bid_round: Round) -> Sequence[Recommendation]:
    """Every recommendation of a round, oldest first: returned ones stay on record."""
    return db.session.scalars(
        select(Recommendation)
        .where(Recommendation.round_id == bid_round.id)
        .options(selectinload(Recommendation.approvals))
        .order_by(Recommendation.id)
    ).all()


def recommendation(ref: str, viewer: Viewer) -> Recommendation | None:
    """A recommendation that the viewer may read; nothing for a stranger."""
    found = db.session.scalar(
        select(Recommendation)
        .where(Recommendation.ref == ref)
        .options(
            joinedload(Recommendation.round),
            selectinload(Recommendation.approvals).joinedload(Approval.council),
        )
    )
    if found is None or not policy.may_read(viewer, found.round):
        return None
    return found


def scored_in(bid_round: Round) -> frozenset[int]:
    """The people who scored or moderated in a round."""
    parts = (Part.EVALUATOR, Part.YOUNG_COMMISSIONER, Part.MODERATOR)
    return frozenset(
        db.session.scalars(
            select(PanelMember.person_id).where(
                PanelMember.round_id == bid_round.id, PanelMember.part.in_(parts)
            )
        )
    )


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
        )
    ).all()
    return sorted(found, key=lambda letter: letter.application.provider.name.casefold())


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


def open_awards(
    viewer: Viewer,
) -> list[tuple[Round, Recommendation | None, Sequence[Letter]]]:
    """Rounds of the viewer's councils between the lock and the end, with what was decided."""
    stages = (RoundStage.MODERATED, RoundStage.RECOMMENDED, RoundStage.APPROVED)
    if not viewer.may(Permission.RESULT_READ):
        return []
    found = db.session.scalars(
        select(Round)
        .where(Round.stage.in_(stages))
        .join(RoundCouncil)
        .where(RoundCouncil.council_id.in_(viewer.council_ids))
        .options(selectinload(Round.councils))
        .order_by(Round.id)
    ).unique()
    return [(one, recommendation_of(one), letters_of(one)) for one in found]
