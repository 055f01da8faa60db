"""Who hears what a young person tells, and whose time and money is written down by whom."""

from datetime import date
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select, update

from portal.access import Role
from portal.audit import AuditEntry, AuditValues, Event, verify
from portal.db import db
from portal.mail import Mail
from portal.people import actions as people, queries_young
from portal.people.models import Person
from portal.young import actions, queries, words
from portal.young.models import Told
from portal.young.queries import Narrowing
from scoring.rules import RuleBroken
from scoring.younglog import EntryKind
from tests.factories.followups import NOW
from tests.factories.people import a_council, a_person, viewer

ROOT = Path(__file__).parent.parent.parent.parent
pytestmark = pytest.mark.usefixtures("session")


def refused(act, *args, **more):
    with pytest.raises(RuleBroken) as broken:
        act(*args, **more)
    return broken.value.code


@pytest.fixture
def luton(session):
    """A young person, their officer, the safeguarding lead and a commissioner."""

    class Luton:
        council = a_council()
        comet = a_person(Role.YOUNG_COMMISSIONER, council, name="Comet")
        officer = a_person(Role.PARTICIPATION_OFFICER, council, email="officer@luton.example")
        lead = a_person(Role.COMMISSIONER, council, email="lead@luton.example")
        other = a_person(Role.COMMISSIONER, council)

    act = {"actor": viewer(Luton.officer), "now": NOW}
    actions.change_contact(Luton.council, "Duty team: 01582 000000", Luton.lead, **act)
    db.session.commit()
    return Luton


def told(luton):
    return actions.tell("The lock is broken and I am scared.", actor=viewer(luton.comet), now=NOW)


def test_it_reaches_the_officer_and_the_lead_without_its_words(luton):
    told(luton)
    mails = db.session.scalars(select(Mail).where(Mail.message == "told-something")).all()
    assert {mail.address for mail in mails} == {"officer@luton.example", "lead@luton.example"}
    assert not any("lock" in mail.body or "Comet" in mail.body for mail in mails)


def test_nobody_else_finds_it(luton):
    ref = told(luton).ref
    assert queries.told(ref, viewer(luton.officer)) is not None
    assert queries.told(ref, viewer(luton.lead)) is not None
    elsewhere = a_council("elsewhere")
    for stranger in (
        luton.other,
        luton.comet,
        a_person(Role.ADMINISTRATOR, luton.council),
        a_person(Role.AUDITOR, luton.council),
        a_person(Role.PARTICIPATION_OFFICER, elsewhere),
    ):
        who = viewer(stranger)
        assert queries.told(ref, who) is None
        assert queries.told_page(who, cursor=None, size=20).items == []
        assert refused(actions.take, queries.told(ref, viewer(luton.lead)), actor=who, now=NOW)


def test_its_words_lie_sealed_each_in_its_own_row_and_reading_them_is_an_act(luton):
    first, officer = told(luton), viewer(luton.officer)
    kept = select(Told.__table__.c.text).where(Told.id == first.id)
    assert "lock" not in db.session.scalar(kept)
    for stranger in (luton.other, a_person(Role.ADMINISTRATOR, luton.council), luton.comet):
        assert refused(actions.read, first, actor=viewer(stranger), now=NOW) == "told:refused"
    reads = select(AuditEntry.actor_ref).where(AuditEntry.event == Event.TOLD_READ)
    db.session.commit()
    assert db.session.scalars(reads).all() == []
    actions.read(first, actor=officer, now=NOW)
    db.session.commit()
    assert db.session.scalars(reads).all() == [luton.officer.ref]
    second = told(luton)
    second.sealed_text = first.sealed_text  # laid into another row
    assert words.opened(second).text == words.LOST


def test_words_from_before_are_sealed_by_the_migration_and_read_as_they_were(luton):
    found = told(luton)
    table, row = Told.__table__, Told.id == found.id
    plain = update(table).where(row).values(text="It is cold.", note="Heating mended.")
    db.session.execute(plain)
    [file] = (ROOT / "migrations" / "versions").glob("*words_of_young_people_sealed.py")
    spec = spec_from_file_location("sealing", file)
    migration = module_from_spec(spec)
    spec.loader.exec_module(migration)
    with Operations.context(MigrationContext.configure(db.session.connection())):
        for _ in range(2):  # what is sealed is left alone
            migration.upgrade()
            db.session.expire(found)
            assert words.opened(found) == words.Words("It is cold.", "Heating mended.")
        migration.downgrade()
    assert db.session.execute(select(table.c.text, table.c.note).where(row)).one() == (
        "It is cold.",
        "Heating mended.",
    )


def test_it_is_taken_on_and_settled_and_can_be_opened_again(luton):
    found = told(luton)
    officer, lead = viewer(luton.officer), viewer(luton.lead)
    assert queries.number_waiting(lead) == 1
    actions.take(found, actor=lead, now=NOW)
    assert queries.number_waiting(officer) == 0
    assert refused(actions.settle, found, " ", actor=officer, now=NOW) == "told:no-note"
    actions.settle(found, "The lock was mended the same day.", actor=officer, now=NOW)
    actions.reopen(found, actor=lead, now=NOW)
    read = actions.read(found, actor=lead, now=NOW)
    assert read.text == "The lock is broken and I am scared."
    assert read.note == "The lock was mended the same day."
    assert refused(actions.tell, "…", actor=viewer(luton.comet), now=NOW) == "told:empty"
    assert refused(actions.tell, "Hm", actor=officer, now=NOW) == "told:not-young"


def test_a_lead_who_leaves_the_council_hears_nothing_more(luton):
    found = told(luton)
    for membership in list(people.accounts.memberships_of(luton.lead)):
        db.session.delete(membership)
    db.session.flush()
    assert queries.told(found.ref, viewer(luton.lead)) is None


def test_time_and_money_are_written_down_paid_and_struck_out(luton):
    officer = viewer(luton.officer)
    act = {"actor": officer, "now": NOW}
    day = date(2026, 10, 30)
    actions.write_down(luton.comet, EntryKind.TIME, day, "Scoring", minutes=150, **act)
    bus = actions.write_down(luton.comet, EntryKind.EXPENSE, day, "Bus", pence=480, **act)
    slip = actions.write_down(luton.comet, EntryKind.VOUCHER, day, "Thanks", pence=2000, **act)
    actions.pay([bus], date(2026, 11, 1), **act)
    assert refused(actions.pay, [bus], day, **act) == "young-log:paid-already"
    actions.strike_out(slip, "Twice.", **act)
    assert refused(actions.pay, [slip], day, **act) == "young-log:paid-already"
    sums = queries.sums(officer, Narrowing())
    assert (sums.minutes, sums.expenses_pence, sums.vouchers_pence, sums.unpaid_pence) == (
        150,
        480,
        0,
        0,
    )


def test_only_their_own_officer_writes_it_down(luton):
    stranger = viewer(a_person(Role.PARTICIPATION_OFFICER, a_council("elsewhere")))
    day = date(2026, 10, 30)
    for who in (stranger, viewer(luton.lead), viewer(luton.comet)):
        code = refused(
            actions.write_down,
            luton.comet,
            EntryKind.TIME,
            day,
            "x y",
            minutes=5,
            actor=who,
            now=NOW,
        )
        assert code == "young:refused"
        assert queries.log(who, Narrowing()) == []


def test_when_consent_is_withdrawn_what_was_said_stays_and_who_said_it_goes(luton):
    officer = viewer(luton.officer)
    consent = people.record_consent(
        luton.comet, "The young person", NOW.date(), "To score.", actor=officer, now=NOW
    )
    found = told(luton)
    db.session.commit()
    people.withdraw_consent(consent, actor=officer, now=NOW)
    db.session.commit()
    names = db.session.scalars(select(Person.name)).all()
    assert "Comet" not in names
    read = actions.read(queries.told(found.ref, officer), actor=officer, now=NOW)
    assert read.text == "The lock is broken and I am scared."
    kept = select(AuditValues).join(AuditEntry).where(AuditEntry.subject_ref == luton.comet.ref)
    assert db.session.scalars(kept).all() == []
    assert list(verify()) == []
    (young,) = queries_young.young_people(officer)
    assert young.person.name == "A young person who left"
