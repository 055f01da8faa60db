"""Reads of packs."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access import Viewer
from portal.applications.models import Application
from portal.awards import queries as awards
from portal.awards.models import Letter
from portal.awards.policy import Progress
from portal.db import db
from portal.evidence import policy
from portal.evidence.models import EvidencePack, PackState
from portal.rounds import queries as rounds
from portal.rounds.models import Round
from scoring.pack import Form


def is_interested(viewer: Viewer, bid_round: Round) -> bool:
    """Whether the viewer declared an interest in any bidder of the round."""
    return viewer.person_id in awards.interested_in(bid_round)


def readable_round(ref: str, viewer: Viewer) -> Round | None:
    """A round whose packs the viewer may have.

    Raises:
        NotFound: there is none, or their councils do not take part.
    """
    bid_round = rounds.own_round(ref, viewer)
    readable = policy.may_read(viewer, bid_round, interested=is_interested(viewer, bid_round))
    return bid_round if readable else None


def is_let_go(bid_round: Round) -> bool:
    """Whether something that a pack needs was deleted when its time was over."""
    gone = select(Application.id).where(
        Application.round_id == bid_round.id, Application.let_go_at.is_not(None)
    )
    return bid_round.let_go_at is not None or db.session.scalar(gone.limit(1)) is not None


def packs_of(bid_round: Round) -> Sequence[EvidencePack]:
    """The packs that councils asked for, newest first."""
    return db.session.scalars(
        select(EvidencePack)
        .where(EvidencePack.round_id == bid_round.id, EvidencePack.form != Form.BIDDER)
        .options(joinedload(EvidencePack.asked_by), joinedload(EvidencePack.round))
        .order_by(EvidencePack.id.desc())
    ).all()


def letters(bid_round: Round) -> Progress:
    """How far the letters of a round are."""
    return Progress.of(awards.letters_of(bid_round))


def own_letter(ref: str, viewer: Viewer) -> Letter | None:
    """The viewer's own letter, released; nothing for anybody else."""
    letter = awards.letter(ref, viewer)
    return letter if letter is not None and policy.may_have_own(viewer, letter) else None


def own_pack(letter: Letter) -> EvidencePack | None:
    """The newest pack of one bidder."""
    return db.session.scalar(
        select(EvidencePack)
        .where(
            EvidencePack.application_id == letter.application_id, EvidencePack.form == Form.BIDDER
        )
        .options(joinedload(EvidencePack.round))
        .order_by(EvidencePack.id.desc())
        .limit(1)
    )


def made_pack(ref: str, bid_round: Round) -> EvidencePack | None:
    """A pack of this round that can be taken away."""
    found = (one for one in packs_of(bid_round) if one.ref == ref)
    return next(
        (one for one in found if one.state is PackState.MADE and one.let_go_at is None), None
    )
