"""The queue of checks: what comes next, what somebody else decided, what can be read in the page."""

from datetime import date, timedelta

import pytest

from portal.documents import actions, checking
from portal.documents.models import DocumentVersion
from scoring.rules import RuleBroken
from scoring.stages import CheckStage
from tests.factories.documents import a_document
from tests.factories.people import viewer
from tests.factories.providers import a_setting

HOUR = timedelta(hours=1)
NEXT_YEAR = date(2028, 1, 3)


def three(town):
    return [
        a_document(provider, key, by=person, at=town.now + at * HOUR)
        for at, (provider, key, person) in enumerate(
            [
                (town.oak, "safeguarding-policy", town.ada),
                (town.elm, "safeguarding-policy", town.cyd),
                (town.oak, "statement-of-purpose", town.ada),
            ]
        )
    ]


def test_the_next_one_comes_by_itself(town, session):
    first, second, third = three(town)
    assert checking.next_after(first) is second
    assert checking.next_after(first, town.oak.ref) is third
    assert checking.next_after(third) is first
    session.commit()
    client = town.by(town.dev)
    shown = client.page(f"/documents/versions/{first.ref}/check")
    assert "3 documents wait" in shown.text
    client.sends(shown, {"outcome": "accepted"}, to=f"/documents/versions/{second.ref}/check")
    session.expire_all()
    assert session.get(DocumentVersion, first.id).check is CheckStage.ACCEPTED


def test_the_last_one_leads_back_to_the_list(town, session):
    version = a_document(town.oak, by=town.ada)
    session.commit()
    client = town.by(town.dev)
    shown = client.page(f"/documents/versions/{version.ref}/check")
    client.sends(shown, {"outcome": "rejected", "reason": "Not signed"}, to="/documents/to-check")


def test_more_homes_need_no_more_statements(town, session, count_statements):
    def cost():
        session.commit()
        session.expire_all()
        with count_statements() as sent:
            client.page("/documents/to-check")
        return sent.number

    def of_a_home(name):
        home = a_setting(town.oak, name)
        a_document(
            town.oak, "gas-safety-record", by=town.ada, setting=home, valid_until_on=NEXT_YEAR
        )

    client = town.by(town.dev)
    of_a_home("Mill Lane")
    session.commit()
    client.page("/documents/to-check")
    few = cost()
    for name in ("Hill Street", "Sea View", "The Lodge"):
        of_a_home(name)
    assert cost() == few


def test_what_somebody_else_decided_meanwhile_stands(town):
    version = a_document(town.oak, by=town.ada, checked=CheckStage.REJECTED)
    dev = viewer(town.dev)
    with pytest.raises(RuleBroken, match="decided meanwhile"):
        actions.check(
            version, CheckStage.ACCEPTED, "", seen=CheckStage.WAITING, actor=dev, now=town.now
        )


def test_what_was_accepted_can_be_rejected_after_all(town):
    version = a_document(town.oak, by=town.ada, checked=CheckStage.ACCEPTED)
    a_document(town.oak, by=town.ada, words="a newer one")
    actions.check(version, CheckStage.REJECTED, "Forged", actor=viewer(town.dev), now=town.now)
    assert version.check is CheckStage.REJECTED


def test_a_pdf_is_read_in_the_page_in_a_sandbox(town, session):
    version = a_document(town.oak, by=town.ada)
    session.commit()
    client = town.by(town.dev)
    shown = client.page(f"/documents/versions/{version.ref}/check")
    assert "frame-src 'self'" in shown.headers["Content-Security-Policy"]
    file = client.page(f"/documents/versions/{version.ref}/view")
    assert "sandbox" in file.headers["Content-Security-Policy"]
    assert file.headers["Content-Disposition"].startswith("inline")
    assert town.by(town.cyd).get(f"/documents/versions/{version.ref}/view").status_code == 404


def test_a_file_that_was_not_scanned_is_not_shown(town, session):
    version = a_document(town.oak, by=town.ada, scanned=False)
    session.commit()
    assert town.by(town.ada).get(f"/documents/versions/{version.ref}/view").status_code == 409
