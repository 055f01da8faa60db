"""Draft rounds and their pages, for the tests of the editor."""

import re

from portal.db import db
from portal.people.models import Person
from tests.client import HygieneClient
from tests.factories.people import as_person


def signed_in(app, viewer):
    client = HygieneClient(app, app.response_class)
    return as_person(client, db.session.get(Person, viewer.person_id))


def page_of(draft, name):
    return f"/council/rounds/{draft.ref}/{name}"


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())
