"""Approving and its refusals, for the tests of awards."""

import pytest
from sqlalchemy import select

from portal.audit import AuditEntry
from portal.awards.room import due
from portal.db import db
from portal.people.models import Membership, Person
from scoring.rules import RuleBroken
from tests.factories.awards import (
    DECIDED,
    LOCKED,
    told,
)
from tests.factories.people import a_council, viewer

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


def titles(someone, now=DECIDED):
    return [one.title for one in due(someone, now)]
