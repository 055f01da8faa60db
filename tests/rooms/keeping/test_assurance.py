"""The page of assurance: each line found out, and nothing well that is not known."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from portal import audit
from portal.access import Role, Viewer
from portal.audit import AuditEntry, Event
from portal.config import ROOT
from portal.council_doors import CouncilDoor
from portal.db import db
from portal.keeping import assurance, bill
from portal.people import actions
from tests.factories.people import LONG_AGO, a_person, viewer

NOW = LONG_AGO + timedelta(days=400)


def found(title, peer=None):
    lines = assurance.lines(NOW, peer or (lambda host, port: NOW + timedelta(days=60)))
    return next(line for line in lines if line.title.startswith(title))


def test_a_restore_that_was_never_tried_is_not_well(session):
    assert not found("Last restore").is_well
    tried = Event.INSTALLATION_RESTORE_TRIED
    audit.record(tried, "installation", actor=Viewer.system(), now=NOW - timedelta(days=3))
    db.session.commit()
    assert found("Last restore").found.endswith("3 days ago")
    assert found("Last restore").is_well


def test_a_trail_that_was_changed_shows(session):
    audit.record(Event.ACCOUNT_CHANGED, "x", actor=Viewer.system(), now=NOW)
    db.session.commit()
    assert found("Audit trail").is_well
    db.session.execute(update(AuditEntry).values(subject_ref="y"))
    db.session.commit()
    assert not found("Audit trail").is_well


def test_dormant_accounts_and_those_without_a_second_factor(session):
    ada = a_person(Role.FINANCE, enrolled=False)
    eve = a_person(Role.FINANCE)
    a_person(Role.PROVIDER_CONTRIBUTOR)  # needs no second factor
    actions.start_session(eve, "", actor=viewer(eve), now=NOW - timedelta(days=2))
    db.session.commit()
    dormant = found("Dormant").found
    assert ada.ref in dormant
    assert eve.ref not in dormant
    assert found("Accounts without").found == f"1: {ada.ref}"
    assert ada.name not in dormant


def test_certificates_of_the_installation_and_of_the_councils_sign_in(app, session, monkeypatch):
    assert "not https" in found("Certificate of localhost").found
    door = CouncilDoor("luton", "https://login.example/x", "portal", "secret")
    monkeypatch.setitem(app.config, "COUNCIL_DOORS", {"luton": door})
    monkeypatch.setitem(app.config, "BASE_URL", "https://portal.example")
    assert found("Certificate of login.example").is_well
    soon = found("Certificate of portal", lambda host, port: NOW + timedelta(days=9))
    assert (soon.is_well, soon.found.endswith("9 days")) == (False, True)

    def away(host, port):
        raise OSError("refused")

    assert not found("Certificate of portal", away).is_well


def test_accessibility_that_was_not_looked_at_is_not_well(tmp_path):
    assert not assurance._accessibility(tmp_path / "none.json").is_well
    file = tmp_path / "findings.json"
    file.write_text(json.dumps([{"faults": []}, {"faults": [{"rule": "label"}]}]))
    line = assurance._accessibility(file)
    assert (line.is_well, "1 findings" in line.found) == (False, True)


def test_the_command_prints_one_page_and_says_by_its_end_that_something_is_to_do(app, session):
    done = app.test_cli_runner().invoke(args=["assurance"])
    assert done.exit_code == 1
    assert len(done.output.splitlines()) <= 30
    assert "LOOK  Last restore test" in done.output


def test_the_bill_names_every_pinned_part_once(app):
    told = bill.bill("1.0")
    names = [part["bom-ref"] for part in told["components"]]
    assert len(names) == len(set(names))
    locked = (ROOT / "requirements.txt").read_text()
    pinned = re.findall(r"^([a-z0-9._-]+)(?:\[.*\])?==", locked, re.MULTILINE)
    assert {part["name"] for part in told["components"]} >= set(pinned)
    assert any(name.startswith("pkg:npm/govuk-frontend@") for name in names)
    assert told == bill.bill("1.0")
    assert told["specVersion"] == "1.6"


@pytest.mark.parametrize(
    ("licence", "kept"),
    [
        ("MIT", [{"license": {"name": "MIT"}}]),
        ("MIT OR Apache-2.0", [{"expression": "MIT OR Apache-2.0"}]),
        ("", None),
    ],
)
def test_licences_are_told_as_they_are_stated(licence, kept):
    assert bill._part("x", "1", "pkg:pypi/x@1", licence).get("licenses") == kept
