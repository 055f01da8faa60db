"""A pack proves the award by itself, says nothing to those it is not for, and is made once."""

import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal import audit
from portal.access import Role, Viewer
from portal.audit import AuditEntry, Event
from portal.awards import actions as awards
from portal.awards.models import Letter
from portal.db import db
from portal.evaluation import actions as evaluation
from portal.evaluation.models import ConflictDeclaration, Consensus, Interest, Result, Score
from portal.evidence import actions, queries
from portal.evidence.models import EvidencePack, EvidenceSecret, PackState
from portal.people.models import Person
from scoring.pack import Form
from scoring.rules import RuleBroken
from scoring.verify import verify
from tests.factories.awards import CONCLUDED, RELEASED, STARTS_ON, make_pdfs
from tests.factories.counting import counted
from tests.factories.evaluation import PENCE, an_evaluation
from tests.factories.evidence import TELLING, an_awarded_round
from tests.factories.people import a_person, a_viewer, viewer
from tests.factories.rounds import an_officer

OAK, ELM = "Oak House", "Elm House"


@pytest.fixture
def released(session):
    return an_awarded_round()


def made(bid_round, work, form=Form.FULL, actor=None):
    """A pack of the round, made by the worker."""
    pack = actions.ask(bid_round, form, actor=actor or an_officer(), now=RELEASED)
    work()
    assert pack.state is PackState.MADE, pack.why_refused
    return pack


def file_of(pack):
    from portal.evidence.jobs import store

    with store().open(pack.sha256) as stream:
        return io.BytesIO(stream.read())


def text_of(stream):
    with zipfile.ZipFile(stream) as archive:
        return "\n".join(
            archive.read(name).decode() for name in archive.namelist() if name.endswith(".json")
        )


# --- It proves the award ------------------------------------------------------------------


def test_a_full_pack_holds(released, work):
    report = verify(file_of(made(released, work)))
    assert not report.differences
    assert report.holds


def test_it_holds_every_single_score(released, work):
    scores = db.session.scalar(select(func.count()).select_from(Score))
    assert text_of(file_of(made(released, work))).count('"abstained"') == scores > 50


def test_a_concluded_round_has_a_pack_that_holds(released, work):
    awards.conclude(released, STARTS_ON, actor=an_officer(), now=CONCLUDED)
    assert not verify(file_of(made(released, work))).differences


def test_a_sheet_that_was_given_back_is_there_each_time_it_was_handed_in(session, work):
    story = an_evaluation(names=[OAK])
    story.with_all_sheets_in()
    first = story.sheet(story.bids[0], story.evaluators[0])
    evaluation.give_back(
        first, "Two reasons are the same.", actor=viewer(story.moderator), now=story.now
    )
    story.submit(story.bids[0], story.evaluators[0])
    story.locked()
    pack = made(story.round, work)
    assert not verify(file_of(pack)).differences
    rows = json.loads(zipfile.ZipFile(file_of(pack)).read("sheets.json"))["bids"][0]["rows"]
    assert [row["stands"] for row in rows if row["sheet"] == first.ref] == [False, True]


def test_all_forms_of_one_moment_have_one_root(released, work):
    asked = [
        actions.ask(released, form, actor=an_officer(), now=RELEASED)
        for form in (Form.FULL, Form.REDACTED)
    ]
    db.session.commit()
    before = db.session.scalar(select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1))
    work()
    reports = [verify(file_of(one)) for one in asked]
    assert all(one.holds for one in reports)
    assert [one.root for one in asked] == [one.root for one in reports]
    assert before is not None


def test_it_is_proved_without_the_portal(released, work, tmp_path):
    """Only the folder of rules, and Python with nothing installed."""
    root = Path(__file__).parents[3]
    shutil.copytree(root / "scoring", tmp_path / "scoring")
    (tmp_path / "pack.zip").write_bytes(file_of(made(released, work)).getvalue())
    command = [sys.executable, "-I", "-S", "-c", _ALONE, str(tmp_path), str(tmp_path / "pack.zip")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


_ALONE = """
import runpy, sys
sys.path.insert(0, sys.argv[1])
sys.argv = ["verify", sys.argv[2]]
runpy.run_module("scoring.verify", run_name="__main__")
"""


@pytest.mark.parametrize(
    ("table", "change", "where"),
    [
        (Consensus, {"value": 5}, "results.json"),
        (Result, {"total": "1/3", "admitted": False}, None),
    ],
)
def test_what_was_changed_behind_the_portal_is_found(released, work, table, change, where):
    row = db.session.scalars(select(table).order_by(table.id)).first()
    for name, value in change.items():
        setattr(row, name, value)
    if table is Result:
        row.content = {**row.content, **change}
    db.session.commit()
    report = verify(file_of(made(released, work)))
    assert not report.holds
    assert any((where or "results.json") in str(one) for one in report.differences)


def test_one_digit_changed_in_the_file_is_named(released, work):
    pack = file_of(made(released, work))
    changed = io.BytesIO()
    with zipfile.ZipFile(pack) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "consensus.json":
                content = re.sub(rb'"value": ?4', b'"value":3', content, count=1)
                assert content != old.read(name)
            new.writestr(name, content)
    changed.seek(0)
    report = verify(changed)
    assert not report.holds
    assert any("consensus.json" in str(one) for one in report.differences)


# --- What each form shows -----------------------------------------------------------------


def test_the_redacted_form_names_nobody_and_no_price(released, work):
    text = text_of(file_of(made(released, work, Form.REDACTED)))
    people = [one.name for one in db.session.scalars(select(Person)) if one.name != OAK]
    for secret in (TELLING, str(PENCE), *people):
        assert secret not in text


def test_a_bidder_s_own_form_shows_its_own_rows_only(released, by, work, taken):
    oak = letter_of(released, OAK)
    admin = a_person(Role.PROVIDER_ADMIN, provider=oak.application.provider)
    client = by(admin)
    shown = client.page(f"/letters/{oak.ref}/evidence")
    client.sends(shown, {}, to=f"/letters/{oak.ref}/evidence")
    assert "being made" in client.page(f"/letters/{oak.ref}/evidence").text
    client.page(f"/letters/{oak.ref}/evidence.zip", status=404)
    work()
    shown = client.page(f"/letters/{oak.ref}/evidence")
    pack = queries.own_pack(oak)
    assert pack.root in shown.text
    stream = taken(client, f"/letters/{oak.ref}/evidence.zip")
    report = verify(stream)
    assert not report.differences
    assert report.root == pack.root
    text = text_of(stream)
    assert str(PENCE) in text
    assert OAK in text
    for secret in (ELM, TELLING, *(one.name for one in scorers(released))):
        assert secret not in text
    names = zipfile.ZipFile(stream).namelist()
    assert [name for name in names if name.endswith(".pdf")] == [f"letters/{oak.ref}.pdf"]


def letter_of(bid_round, name):
    found = db.session.scalars(select(Letter))
    return next(one for one in found if one.application.provider.name == name)


def scorers(bid_round):
    return [
        one for one in db.session.scalars(select(Person)) if "Officer" in one.name and one.email
    ]


# --- Who may have it, and when ------------------------------------------------------------


def refusal(bid_round, form, actor):
    with pytest.raises(RuleBroken) as refused:
        actions.ask(bid_round, form, actor=actor, now=RELEASED)
    db.session.rollback()
    return refused.value.code


def test_before_the_lock_there_is_no_pack(session, by):
    story = an_evaluation()
    assert refusal(story.round, Form.FULL, an_officer()) == "evidence:not-allowed"
    by(an_officer()).page(f"/council/rounds/{story.round.ref}/evidence", status=404)


def test_the_redacted_form_waits_for_the_letters(session):
    locked = an_awarded_round(released=False)
    assert refusal(locked, Form.REDACTED, an_officer()) == "evidence:not-allowed"
    assert actions.ask(locked, Form.FULL, actor=an_officer(), now=RELEASED)


def test_nobody_asks_for_another_bidder_s_own_form(released):
    assert refusal(released, Form.BIDDER, an_officer()) == "evidence:not-allowed"


@pytest.mark.parametrize(
    "post",
    [
        (Role.COMMISSIONER, "luton"),
        (Role.COMMISSIONER, "bedford-borough"),
        (Role.APPROVER, "central-bedfordshire"),
        (Role.AUDITOR, "luton"),
    ],
)
def test_councils_of_the_round_make_packs(released, by, work, taken, post):
    client = by(a_viewer(*post))
    address = f"/council/rounds/{released.ref}/evidence"
    client.sends(client.page(address), {"form": "full"}, to=address)
    work()
    pack = queries.packs_of(released)[0]
    assert pack.root in client.page(address).text
    assert verify(taken(client, f"{address}/{pack.ref}.zip")).holds


@pytest.mark.parametrize(
    "role",
    [
        Role.EVALUATOR,
        Role.MODERATOR,
        Role.FINANCE,
        Role.YOUNG_COMMISSIONER,
        Role.PARTICIPATION_OFFICER,
        Role.ADMINISTRATOR,
    ],
)
def test_nobody_else_does(released, by, role):
    by(a_viewer(role)).page(f"/council/rounds/{released.ref}/evidence", status=403)


def test_other_councils_find_nothing(released, by, work):
    pack = made(released, work)
    stranger = by(an_officer("hertfordshire"))
    for address in ("", f"/{pack.ref}.zip"):
        stranger.page(f"/council/rounds/{released.ref}/evidence{address}", status=404)


def test_an_interest_in_a_bidder_closes_the_packs(released, by, work):
    pack = made(released, work)
    officer = a_viewer(Role.COMMISSIONER)
    declare(officer, released)
    for address in ("", f"/{pack.ref}.zip"):
        by(officer).page(f"/council/rounds/{released.ref}/evidence{address}", status=404)
    assert refusal(released, Form.FULL, officer) == "evidence:not-allowed"


def declare(officer, bid_round):
    db.session.add(
        ConflictDeclaration(
            round_id=bid_round.id,
            person_id=officer.person_id,
            application_id=letter_of(bid_round, OAK).application_id,
            interest=Interest.PERSONAL,
            detail="My sister works there.",
            declared_at=RELEASED,
        )
    )
    db.session.commit()


def test_other_providers_find_nothing(released, by, work):
    oak, elm = letter_of(released, OAK), letter_of(released, ELM)
    admin = by(a_person(Role.PROVIDER_ADMIN, provider=elm.application.provider))
    for address in ("evidence", "evidence.zip"):
        admin.page(f"/letters/{oak.ref}/{address}", status=404)
    with pytest.raises(RuleBroken):
        actions.ask_own(
            oak,
            actor=viewer(a_person(Role.PROVIDER_ADMIN, provider=elm.application.provider)),
            now=RELEASED,
        )


def test_a_letter_that_is_not_released_has_no_pack(session, by):
    approved = an_awarded_round(released=False)
    make_pdfs(approved)
    oak = letter_of(approved, OAK)
    admin = by(a_person(Role.PROVIDER_ADMIN, provider=oak.application.provider))
    admin.page(f"/letters/{oak.ref}/evidence", status=404)


def test_a_form_must_be_chosen(released, by):
    client = by(an_officer())
    address = f"/council/rounds/{released.ref}/evidence"
    shown = client.sends(client.page(address), {}, status=422)
    assert "Choose a form" in shown.text
    assert not queries.packs_of(released)


# --- How it is made -----------------------------------------------------------------------


def test_asking_and_making_stand_in_the_trail(released, work):
    pack = made(released, work)
    told_of = {
        one.event: one
        for one in db.session.scalars(select(AuditEntry).where(AuditEntry.subject_ref == pack.ref))
    }
    assert set(told_of) == {Event.EVIDENCE_ASKED, Event.EVIDENCE_MADE}
    assert told_of[Event.EVIDENCE_MADE].detail["root"] == pack.root
    assert list(audit.verify()) == []


def test_a_round_keeps_its_secret(released, work):
    made(released, work)
    kept = db.session.get_one(EvidenceSecret, released.id).secret
    made(released, work)
    assert db.session.get_one(EvidenceSecret, released.id).secret == kept
    assert len(bytes.fromhex(kept)) == 32


def test_rows_that_do_not_fit_together_are_refused_and_said_so(released, work, monkeypatch):
    from portal.evidence import jobs

    def broken(_round):
        raise RuleBroken("pack:missing", "“round” needs “ref”.", "round")

    monkeypatch.setattr(jobs, "collect", broken)
    pack = actions.ask(released, Form.FULL, actor=an_officer(), now=RELEASED)
    work()
    assert pack.state is PackState.REFUSED
    assert "needs" in pack.why_refused


def test_the_statements_do_not_grow_with_bids(session):
    from portal.evidence.collecting import collect

    few = an_awarded_round(["A House"])
    with counted() as one:
        collect(few)
    many = an_awarded_round([f"Home {number}" for number in range(4)])
    with counted() as four:
        collect(many)
    assert four.number <= one.number


# --- From the command line ----------------------------------------------------------------


def test_the_command_writes_a_pack(app, released, tmp_path):
    runner, target = app.test_cli_runner(), tmp_path / "pack.zip"
    done = runner.invoke(args=["rounds", "pack", released.ref, "-o", str(target)])
    assert done.exit_code == 0, done.output
    assert verify(io.BytesIO(target.read_bytes())).holds
    assert list(tmp_path.iterdir()) == [target]


def test_the_command_writes_a_bidder_s_own(app, released, tmp_path):
    bid, target = letter_of(released, ELM).application.ref, tmp_path / "own.zip"
    arguments = ["--form", "bidder", "--bid", bid, "-o", str(target)]
    done = app.test_cli_runner().invoke(args=["rounds", "pack", released.ref, *arguments])
    assert done.exit_code == 0, done.output
    assert OAK not in text_of(io.BytesIO(target.read_bytes()))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["RND-NONE"], "There is no round"),
        (["{ref}", "--form", "bidder"], "--bid goes with"),
        (["{ref}", "--bid", "APP-1"], "--bid goes with"),
        (["{ref}", "--form", "bidder", "--bid", "APP-1"], "There is no bid APP-1"),
    ],
)
def test_the_command_says_what_is_wrong(app, released, tmp_path, arguments, words):
    target = tmp_path / "pack.zip"
    filled = [one.format(ref=released.ref) for one in arguments]
    done = app.test_cli_runner().invoke(args=["rounds", "pack", *filled, "-o", str(target)])
    assert done.exit_code != 0
    assert words in done.output
    assert not list(tmp_path.iterdir())


def test_results_from_the_command_line(app, released):
    done = app.test_cli_runner().invoke(
        args=["rounds", "results", released.ref, "--format", "json"]
    )
    rows = json.loads(done.output)["results"]
    assert {(one["provider"], one["lot"]) for one in rows} == set(product((OAK, ELM), ("1A", "2A")))
    assert all("/" in one["total"] or one["total"].isdigit() for one in rows)
    table = app.test_cli_runner().invoke(args=["rounds", "results", released.ref])
    assert table.output.splitlines()[0].startswith("lot,bid,provider")
    assert len(table.output.splitlines()) == 5


def test_no_results_before_the_lock(app, session):
    story = an_evaluation()
    done = app.test_cli_runner().invoke(args=["rounds", "results", story.round.ref])
    assert done.exit_code != 0
    assert "locked" in done.output


def test_nobody_but_a_person_asks(released):
    with pytest.raises(RuleBroken):
        actions.ask(released, Form.FULL, actor=Viewer.system(), now=RELEASED)
    assert not db.session.scalars(select(EvidencePack)).all()
