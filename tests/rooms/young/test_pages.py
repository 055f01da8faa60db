"""The pages around Young Commissioners: theirs, and those of whoever looks after them."""

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.db import db
from portal.young.models import Told
from tests.factories.people import a_council, a_person

pytestmark = pytest.mark.usefixtures("session")


def test_a_young_person_tells_someone_and_the_officer_reads_it(by):
    luton = a_council()
    comet = by(a_person(Role.YOUNG_COMMISSIONER, luton, name="Comet"))
    officer = by(a_person(Role.PARTICIPATION_OFFICER, luton))
    ring = {"ring": "Duty team: 01582 000000", "lead": None}
    officer.sends(officer.page(f"/young-people/ring/{luton.ref}"), ring, to="/young-people/told/")
    home = comet.page("/").text
    assert 'href="/tell-someone"' in home
    assert "Read this page to me" in home
    shown = comet.page("/tell-someone")
    assert "01582 000000" in shown.text
    assert "0800 1111" in shown.text
    comet.sends(shown, {"text": " "}, status=422)
    comet.sends(shown, {"text": "I am worried."}, to="/tell-someone/thanks")
    assert "A young person has told us something" in officer.page("/").text
    address = f"/young-people/told/{db.session.scalars(select(Told.ref)).one()}"
    read = officer.page(address)
    assert "I am worried." not in read.text
    opened = officer.sends(read, button="Read what Comet wrote", status=200)
    assert "I am worried." in opened.text
    officer.sends(opened, button="I have read it and am on it", to=address)
    officer.sends(
        officer.page(f"{address}/settle"), {"note": "We spoke."}, to="/young-people/told/"
    )
    assert "I am worried." not in officer.page(address).text
    by(a_person(Role.COMMISSIONER, luton)).page(address, status=404)
    by(a_person(Role.COMMISSIONER, luton)).page("/young-people/told/", status=404)


def test_time_and_money_are_kept_on_pages_and_taken_away_as_files(by):
    luton = a_council()
    comet = a_person(Role.YOUNG_COMMISSIONER, luton, name="Comet")
    officer = by(a_person(Role.PARTICIPATION_OFFICER, luton))
    new, log = "/young-people/log/new", "/young-people/log/"
    day = {"on-day": "30", "on-month": "10", "on-year": "2026", "person": comet.ref}
    time = {**day, "kind": "time", "what": "Scoring", "hours": "2", "minutes": "30"}
    officer.sends(officer.page(new), time, to=log)
    bus = {**day, "kind": "expense", "what": "Bus"}
    refused = officer.sends(officer.page(new), bus, status=422)
    shown = officer.sends(refused, {"amount": "4.80"}, to=log)
    assert "2 hours 30 minutes" in shown.text
    assert "£4.80" in shown.text
    pay = officer.page("/young-people/log/pay")
    (choice,) = pay.text.split('name="entries"')[1:]
    ref = choice.split('value="')[1].split('"')[0]
    paid = {"entries": [ref], "paid_on-day": "1", "paid_on-month": "11", "paid_on-year": "2026"}
    officer.sends(pay, paid, to=log)
    assert "Everything is paid" in officer.page("/young-people/log/pay").text
    assert "Comet" in officer.get("/young-people/log.csv").get_data(as_text=True)
    narrowed = officer.page("/young-people/log/?what=time&kind=x")
    assert "/young-people/log.csv?what=time" in narrowed.text
    assert "Nothing is written down that fits" in officer.page(f"{log}?what=voucher").text
    officer.sends(
        officer.page(f"/young-people/log/{ref}/strike-out"), {"reason": "Wrong day"}, to=log
    )
    by(a_person(Role.PARTICIPATION_OFFICER, a_council("elsewhere"))).page(
        f"/young-people/log/{ref}/strike-out", status=404
    )
