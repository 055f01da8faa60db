"""Answers of a draft, for the tests of saving them."""

from portal.applications import actions
from portal.applications.models import Answer
from tests.factories.people import viewer


def at(draft, key, lot=""):
    return f"/applications/{draft.ref}/questions/{key}" + (f"/{lot}" if lot else "")


def kept(session, key, lot=""):
    session.expire_all()
    found = session.query(Answer).filter_by(question_key=key, lot_code=lot).one_or_none()
    return found.value if found else None


def save(draft, town, key, raw, seen=None, *, by="ada", lot="", **more):
    actor = viewer(getattr(town, by))
    return actions.save_answer(draft, key, lot, raw, seen, actor=actor, now=town.now, **more)
