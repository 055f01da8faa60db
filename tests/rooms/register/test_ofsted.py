"""Ofsted's file from its columns to the answers of the register; a downgrade and who decides on it."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal import reminders, settings
from portal.access import Role
from portal.db import db
from portal.followups.models import FollowUp
from portal.mail import Mail
from portal.people.models import Person
from portal.providers.models import Registration, ServiceKind
from portal.providers.models_ofsted import OutcomeChange
from portal.register import actions_ofsted as actions, jobs, ofsted, ofsted_file, queries
from portal.register.actions_ofsted import Decided
from portal.register.cli import ofsted_commands
from portal.register.models_ofsted import Answer, OfstedImport
from portal.storage import FileRefused
from scoring.rules import RuleBroken
from tests.factories.contracts import a_list, a_place, an_old_contract
from tests.factories.counting import counted
from tests.factories.people import a_council, a_viewer
from tests.factories.providers import a_provider, an_administering_viewer
from tests.factories.rounds import an_officer, at, shipped_content

NOW = datetime(2027, 5, 3, 9, tzinfo=UTC)
ON = NOW.date()
SERVICE = ServiceKind.SUPPORTED_ACCOMMODATION
COLUMNS = {"urn": "URN", "outcome": "Overall outcome", "inspected_on": "Inspection date"}
WHY = "We saw the report and met the manager today"


@pytest.fixture
def oak(session):
    shipped_content()
    provider = a_provider("Oak House")
    one = provider.registrations[0]
    one.outcome, one.inspected_on = "1", date(2026, 2, 1)
    a_place(provider, a_list(), "1A", councils=("luton", "bedford-borough"))
    return provider


def a_file_of(*rows, title=True, name="outcomes.csv"):
    lines = ["Ofsted: outcomes of inspections,,"] if title else []
    lines += ["URN,Overall outcome,Inspection date", *(",".join(row) for row in rows)]
    return io.BytesIO("\n".join(lines).encode()), name


def opened(*rows):
    return ofsted_file.sorted_by(ofsted_file.lay_open(*a_file_of(*rows)), COLUMNS)


def worse(oak, outcome="Outcome 3", day="02/04/2027"):
    return [oak.registrations[0].urn, outcome, day]


def taken(oak, *rows, actor=None):
    preview = opened(*(rows or [worse(oak)]))
    return actions.take_file(preview, SERVICE, actor=actor or an_officer(), now=NOW)


def the_downgrade(viewer):
    db.session.flush()
    (found,) = ofsted.downgrades(viewer, ON)
    return found


# --- The file ----------------------------------------------------------------------------------


def test_titles_above_the_headings_are_passed_over_and_columns_guessed(oak):
    raw = ofsted_file.lay_open(*a_file_of(worse(oak)))
    assert raw.unknown_columns == tuple(COLUMNS.values())
    assert ofsted_file.guess(raw.unknown_columns, {}) == COLUMNS
    said = {"urn": "URN", "outcome": "Inspection date", "inspected_on": "gone"}
    assert ofsted_file.guess(raw.unknown_columns, said)["outcome"] == "Inspection date"


def test_a_file_without_urns_is_refused():
    with pytest.raises(FileRefused, match="heading with “URN”"):
        ofsted_file.lay_open(io.BytesIO(b"a,b\n1,2\n"), "x.csv")


def test_what_the_file_changes_is_recorded_with_where_it_came_from(oak):
    made = taken(oak, worse(oak), ["9999999", "Outcome 1", "01/01/2027"])
    one = oak.registrations[0]
    assert (one.outcome, one.inspected_on, made.changed) == ("3", date(2027, 4, 2), 1)
    (change,) = db.session.scalars(select(OutcomeChange))
    assert (change.before, change.after, change.source_ref) == ("1", "3", made.ref)


def test_the_same_file_twice_changes_nothing(oak):
    assert taken(oak) is not None
    assert taken(oak) is None
    assert len(db.session.scalars(select(OfstedImport)).all()) == 1


def test_a_refused_row_stays_out_and_is_named_by_line_and_column(oak):
    rows = [worse(oak, "Splendid"), worse(oak, day="last spring")]
    found = ofsted_file.judgement(opened(*rows), SERVICE, ON)
    told = ofsted_file.refused_table(found, COLUMNS).rows
    assert [(one["line"], one["column"]) for one in told] == [
        (3, "Overall outcome"),
        (4, "Inspection date"),
    ]
    assert found.judged.changes == []


def test_grades_of_fostering_agencies_are_another_scale(oak):
    elm = a_provider("Elm", service=ServiceKind.FOSTERING)
    preview = opened([elm.registrations[0].urn, "Good", "02/04/2027"], worse(oak))
    actions.take_file(preview, ServiceKind.FOSTERING, actor=an_officer(), now=NOW)
    assert elm.registrations[0].outcome == "good"
    assert oak.registrations[0].outcome == "1"


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR])
def test_nobody_but_a_commissioner_brings_it_in(oak, role):
    with pytest.raises(RuleBroken, match="Only a commissioner"):
        taken(oak, actor=a_viewer(role))
    assert oak.registrations[0].outcome == "1"


def test_columns_are_remembered_and_each_is_another_one(oak):
    officer = an_officer()
    actions.remember_columns(SERVICE, COLUMNS, actor=officer, now=NOW)
    assert ofsted.remembered(SERVICE) == COLUMNS
    twice = {**COLUMNS, "outcome": "URN"}
    with pytest.raises(RuleBroken, match="another column"):
        actions.remember_columns(SERVICE, twice, actor=officer, now=NOW)


def test_the_command_shows_and_takes(app, oak, tmp_path):
    at(app, NOW)
    db.session.commit()
    content, name = a_file_of(worse(oak))
    file = tmp_path / name
    file.write_bytes(content.read())
    run = app.test_cli_runner().invoke
    arguments = ["import", str(file), "--service", SERVICE.value]
    shown = run(ofsted_commands, arguments)
    assert "1 -> 3 (worse)" in shown.output
    db.session.expire_all()
    assert db.session.scalars(select(Registration.outcome)).one() == "1"
    assert "Taken." in run(ofsted_commands, [*arguments, "--do"]).output
    db.session.expire_all()
    assert db.session.scalars(select(Registration.outcome)).one() == "3"


# --- What follows ------------------------------------------------------------------------------


def answer(oak, viewer):
    db.session.flush()
    found = queries.provider_file(oak.ref, viewer, ON).answer
    return found.kind, found.reason


def test_a_downgrade_waits_for_the_councils_that_place_there(oak, app):
    taken(oak)
    luton, outside = an_officer("luton"), an_officer("central-bedfordshire")
    assert [one.slug for one in the_downgrade(luton).waiting] == ["luton"]
    assert the_downgrade(outside).waiting == []
    assert "has not decided yet" in answer(oak, luton)[1]
    with app.test_request_context():
        assert [one.title for one in ofsted.due(luton, NOW)] == [
            "Ofsted downgraded Oak House: decide"
        ]
        assert list(ofsted.due(outside, NOW)) == []


def test_more_downgrades_need_no_more_statements(oak):
    def cost(*providers):
        taken(oak, *map(worse, providers))
        db.session.flush()
        with counted() as sent:
            found = ofsted.downgrades(officer, ON)
        return len(found), sent.number

    officer = an_officer("luton")
    agreement = a_list()

    more = [a_provider() for _ in range(4)]
    for one in more:
        one.registrations[0].outcome, one.registrations[0].inspected_on = "1", date(2026, 2, 1)
        a_place(one, agreement, "1A", councils=("luton",))
    _, few = cost(oak)
    number, many = cost(*more)
    assert (number, many) == (5, few)


def test_commissioners_who_place_there_get_one_mail_for_a_file(oak):
    elm = a_provider("Elm House")
    one = elm.registrations[0]
    one.outcome, one.inspected_on = "1", date(2026, 2, 1)
    an_old_contract(elm, council_slugs=["luton"], now=datetime(2026, 10, 1, 9, tzinfo=UTC))
    luton, bedford = an_officer("luton"), an_officer("bedford-borough")
    an_officer("central-bedfordshire")
    a_viewer(Role.FINANCE)
    db.session.query(Mail).delete()
    taken(oak, worse(oak), worse(elm))
    assert {one.registration.provider.name for one in changes_down(luton)} == {
        "Elm House",  # by its contract
        "Oak House",
    }
    sent = {one.address: one for one in db.session.query(Mail)}
    second = db.session.query(Person).filter_by(name="Second Officer").one()
    people = {db.session.get_one(Person, one.person_id) for one in (luton, bedford)} | {second}
    assert set(sent) == {one.email for one in people}
    subjects = {one.subject for one in sent.values()}
    assert subjects == {
        "Ofsted found 2 providers worse than before",
        "Ofsted found a provider worse than before",
    }
    assert not any("House" in mail.body for mail in sent.values())
    assert taken(oak, worse(oak), worse(elm)) is None  # the same file again changes nothing
    assert db.session.query(Mail).count() == len(people)


def test_a_decision_is_due_and_reminded_of_once_before_and_once_after(oak, app):
    taken(oak)
    luton, bedford = an_officer("luton"), an_officer("bedford-borough")
    by_on = ON + timedelta(days=10)
    assert the_downgrade(luton).decide_by_on == by_on
    with app.test_request_context():
        (due,) = ofsted.due(luton, NOW)
        (late,) = ofsted.due(luton, NOW + timedelta(days=11))
        assert (due.due_at.date(), due.tag, late.tag) == (by_on, "Ofsted", "Late")
        app.config["CLOCK"] = lambda: NOW
        assert [one.on for one in ofsted.dates(luton, ON, by_on)] == [by_on]
        assert list(ofsted.dates(an_officer("central-bedfordshire"), ON, by_on)) == []
    decide(oak, Answer.CARRY_ON, luton)
    coming = [one for one in reminders.coming(ON, by_on + timedelta(30)) if "Ofsted" in one.title]
    assert [one.on - by_on for one in coming] == [timedelta(-3), timedelta(1)]
    for one in coming:
        jobs.tell(one, NOW)
    told = db.session.query(Mail).filter_by(message="downgrades-wait").all()
    address = db.session.get_one(Person, bedford.person_id).email
    assert [one.address for one in told] == [address] * 2  # Luton has decided
    assert "overdue" in told[1].subject


def test_nobody_is_told_of_what_got_better(oak):
    oak.registrations[0].outcome = "3"
    an_officer("luton")
    taken(oak, worse(oak, "Outcome 1"))
    assert db.session.query(Mail).filter_by(message="ofsted-downgrades").count() == 0


def changes_down(viewer):
    db.session.flush()
    return [one.change for one in ofsted.downgrades(viewer, ON) if one.waiting]


def decide(oak, answer_, actor, **days):
    change = the_downgrade(actor).change
    return actions.decide(
        change, a_council("luton"), Decided(answer_, WHY, **days), actor=actor, now=NOW
    )


def test_an_action_plan_becomes_a_follow_up(oak):
    taken(oak)
    luton = an_officer("luton")
    made = decide(oak, Answer.ACTION_PLAN, luton, due_on=ON + timedelta(days=14))
    asked = db.session.scalars(select(FollowUp)).one()
    assert (made.led_to, asked.source_kind, asked.text) == (asked.ref, "ofsted", WHY)
    assert the_downgrade(luton).waiting == []
    assert answer(oak, luton)[0] == "care"
    assert the_downgrade(an_officer("bedford-borough")).decisions == []


def test_by_exception_alone_shuts_the_door_and_an_exception_opens_it(oak):
    taken(oak)
    luton = an_officer("luton")
    decide(oak, Answer.BY_EXCEPTION, luton)
    kind, reason = answer(oak, luton)
    assert (kind, "by exception alone" in reason) == ("no", True)
    assert answer(oak, an_officer("bedford-borough"))[0] == "care"


def test_with_an_exception_placements_go_on_until_its_day(oak):
    taken(oak)
    luton = an_officer("luton")
    decide(oak, Answer.BY_EXCEPTION, luton, until_on=ON + timedelta(days=7))
    kind, reason = answer(oak, luton)
    assert kind == "care"
    assert "By exception until 10 May 2027: Ofsted registration" in reason


def test_a_suspension_holds_for_the_council_that_decided(oak):
    taken(oak)
    luton = an_officer("luton")
    assert decide(oak, Answer.SUSPEND, luton).led_to
    db.session.expire_all()
    assert answer(oak, luton) == ("no", "Suspended: Lot 1A.")
    assert answer(oak, an_officer("bedford-borough"))[0] == "care"


def test_a_later_inspection_makes_the_downgrade_history(oak):
    taken(oak)
    taken(oak, worse(oak, "Outcome 1", "28/04/2027"))
    assert ofsted.downgrades(an_officer("luton"), ON) == []


def test_a_decision_needs_a_reason_a_right_and_is_taken_once(oak):
    taken(oak)
    luton = an_officer("luton")
    change = the_downgrade(luton).change
    council = a_council("luton")
    carry_on = Decided(Answer.CARRY_ON, WHY)
    for actor, what, why in (
        (luton, Decided(Answer.CARRY_ON, "Fine"), "5 words"),
        (an_officer("bedford-borough"), carry_on, "Only a commissioner"),
        (a_viewer(Role.AUDITOR), carry_on, "Only a commissioner"),
        (luton, Decided(Answer.ACTION_PLAN, WHY), "by when"),
    ):
        with pytest.raises(RuleBroken, match=why):
            actions.decide(change, council, what, actor=actor, now=NOW)
    actions.decide(change, council, carry_on, actor=luton, now=NOW)
    with pytest.raises(RuleBroken, match="has decided"):
        actions.decide(change, council, carry_on, actor=luton, now=NOW)


def test_what_a_provider_says_of_itself_is_a_downgrade_too(oak):
    from portal.providers import actions as providers

    one = oak.registrations[0]
    ada = an_administering_viewer(oak)
    providers.record_registration(
        oak, one.urn, SERVICE, one.registered_on, "3", ON, actor=ada, now=NOW
    )
    assert the_downgrade(an_officer("luton")).change.source_ref == ""


def test_a_file_that_is_larger_than_the_installation_takes_is_not_read(oak, by):
    settings.change("upload_megabytes", 1)
    db.session.commit()
    client = by(an_officer("luton"))
    file = (io.BytesIO(b"URN,Outcome\n" + b"\n" * 1024 * 1024), "outcomes.csv")
    sent = {"service": SERVICE.value, "file": file}
    answer = client.sends(client.page("/ofsted"), sent, status=422)
    assert "This file is larger than 1 MB. Upload a smaller file." in answer.text


def test_the_pages_lead_from_the_file_to_the_decision(oak, by):
    db.session.commit()
    client = by(an_officer("luton"))
    shown = client.page("/ofsted")
    token = shown.text.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    sent = {"csrf_token": token, "service": SERVICE.value, "file": a_file_of(worse(oak))}
    led = client.post("/ofsted", data=sent, content_type="multipart/form-data")
    columns = client.page(led.location)
    preview = client.sends(columns, {}, to=f"/ofsted/{SERVICE.value}/*")
    assert "Downgrade" in preview.text
    after = client.sends(preview, {}, to="/ofsted")
    assert "1 outcome is on record" in after.text
    change = db.session.scalars(select(OutcomeChange)).one()
    shown = client.page(f"/ofsted/downgrades/{change.ref}")
    client.sends(shown, {"answer": "carry-on", "reason": WHY}, to=f"/register/{oak.ref}")
    assert client.get("/ofsted/downgrades/OUT-UNKNOWN").status_code == 404
    assert by(a_viewer(Role.FINANCE)).get("/ofsted").status_code == 403
