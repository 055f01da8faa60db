"""What a search finds here: published rounds for everybody, drafts for those who prepare them."""

from collections.abc import Iterator, Sequence

from flask import url_for
from sqlalchemy import and_, or_, select

from portal.access import Permission, Role, Viewer
from portal.db import db
from portal.rounds.models import Round, RoundCouncil
from portal.searching import containing
from portal.web import Hit


def search(viewer: Viewer, words: Sequence[str], limit: int) -> Iterator[Hit]:
    """By title and reference; what bidders wrote or asked is not searched."""
    mine = select(RoundCouncil.round_id).where(
        RoundCouncil.council_id.in_(viewer.councils_as(Role.COMMISSIONER))
    )
    readable = Round.published_at.is_not(None)
    if viewer.may(Permission.ROUND_EDIT):
        readable = or_(readable, and_(Round.id.in_(mine), Round.version_of_id.is_(None)))
    wanted = select(Round).where(readable, containing(words, Round.title, Round.ref))
    for one in db.session.scalars(wanted.order_by(Round.created_at.desc()).limit(limit)):
        note = "" if one.published_at else "Draft"
        yield Hit(one.title, url_for("rounds.show", ref=one.ref), "Round", note)
