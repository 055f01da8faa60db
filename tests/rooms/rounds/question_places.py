"""Pages of questions and answers, for their tests."""

import re

from portal.db import db
from portal.people.models import Person
from tests.client import HygieneClient
from tests.factories.people import as_person
from tests.sweeps.hunting import text_of as words_in
from tests.sweeps.walking import Step


def by(app, somebody=None):
    """A browser of this person, a Viewer or a Person; of nobody without one."""
    client = HygieneClient(app, app.response_class)
    if somebody is None:
        return client
    person = somebody
    if not isinstance(somebody, Person):
        person = db.session.get_one(Person, somebody.person_id)
    return as_person(client, person)


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def public(bid_round, more=""):
    return f"/rounds/{bid_round.ref}/clarifications{more}"


def own(bid_round, more=""):
    return f"/rounds/{bid_round.ref}/your-questions{more}"


def council(bid_round, more=""):
    return f"/council/rounds/{bid_round.ref}/clarifications{more}"


def file_of(client, address):
    """The words of a file to take away."""
    answer = client.page(address)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return words_in(Step(address, answer))
