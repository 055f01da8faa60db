"""A commissioner adds and corrects homes of those with whom the council may place; others do not."""

from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import html

from portal.access import Role
from portal.db import db
from portal.mail import Mail
from portal.providers.models_settings import Setting, SettingCategory
from portal.register import actions_homes as actions, queries
from scoring.rules import RuleBroken
from tests.factories.contracts import a_list, a_place, an_old_contract
from tests.factories.people import a_viewer
from tests.factories.providers import a_provider, a_provider_admin, a_setting
from tests.factories.rounds import an_officer
from tests.factories.typing import type_in

NOW = datetime(2027, 5, 3, 9, tzinfo=UTC)
ON = NOW.date()
KNOWN = {
    "name": "Mill Lane",
    "category": SettingCategory.SHARED_CARE_EXPERIENCED,
    "youngest_age": 16,
    "oldest_age": 17,
    "places": 4,
    "address": "2 Mill Lane, Luton",
    "postcode": "LU1 2BQ",
}


@pytest.fixture
def oak(session):
    provider = a_provider("Oak House")
    a_place(provider, a_list(), "1A", councils=("luton",))
    a_provider_admin(provider)
    db.session.query(Mail).delete()
    return provider


@pytest.fixture
def home(oak):
    return a_setting(oak)


def ground(provider, viewer):
    db.session.flush()
    return queries.provider_file(provider.ref, viewer, ON).ground


def correcting(home, actor, **change):
    actions.correct(home, ground(home.provider, actor), actor=actor, now=NOW, **{**KNOWN, **change})


def mails():
    return db.session.query(Mail).filter_by(message="home-corrected").count()


def code_of(act, *arguments, **named):
    with pytest.raises(RuleBroken) as refused:
        act(*arguments, **named)
    return refused.value.code


def test_a_correction_is_kept_and_the_provider_told(home):
    luton = an_officer()
    correcting(home, luton)
    assert mails() == 0  # nothing is other than before
    correcting(home, luton, places=5)
    assert (home.places, mails()) == (5, 1)
    assert code_of(correcting, home, luton, postcode="nowhere") == "answer:not-a-postcode"
    actions.close(home, ground(home.provider, luton), ON, actor=luton, now=NOW)
    actions.reopen(home, ground(home.provider, luton), actor=luton, now=NOW)
    assert (home.closed_on, mails()) == (None, 3)


def test_nobody_corrects_where_their_council_does_not_place(home, oak):
    others = [an_officer("bedford-borough"), an_officer("hertfordshire"), a_viewer(Role.FINANCE)]
    others += [a_viewer([Role.COMMISSIONER, Role.AUDITOR]), a_viewer(Role.EVALUATOR)]
    for someone in others:
        assert code_of(correcting, home, someone, places=5) == "home:not-yours"
        stands = ground(oak, someone)
        say = {"actor": someone, "now": NOW}
        assert code_of(actions.add, oak, stands, **KNOWN, **say) == "home:not-yours"
        assert code_of(actions.close, home, stands, ON, **say) == "home:not-yours"
        assert code_of(actions.reopen, home, stands, **say) == "home:not-yours"
    assert (home.places, mails()) == (4, 0)


def test_a_contract_counts_as_a_place_does_until_it_is_over(session):
    elm = a_provider("Elm Fostering")
    an_old_contract(elm, now=datetime(2026, 10, 1, 9, tzinfo=UTC))
    luton, last = an_officer(), date(2027, 5, 16)
    stands = queries.provider_file(elm.ref, luton, ON).ground
    assert actions.may_correct(luton, stands, last)
    assert not actions.may_correct(luton, stands, last + timedelta(days=1))


def words(answer):
    page = html.document_fromstring(answer.text)
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def test_the_pages_for_a_commissioner(by, home, oak):
    db.session.commit()
    client = by(an_officer())
    register = f"/register/{oak.ref}"
    assert f"{register}/homes/{home.ref}" in client.page(register).text
    typed = {"name": "Mill Lane", "places": "6", "youngest_age": "16"}
    here = f"{register}/homes/{home.ref}"
    assert type_in(client, f"{here}/edit", {**typed, "places": "0"}).status_code == 422
    assert type_in(client, f"{here}/edit", typed).status_code == 302
    shown = words(client.page(here))
    assert "Changed: places (was 4)" in shown
    assert "2 Mill Lane, Luton" in shown
    assert f'href="{here}"' in client.page(f"{here}/close").text
    new = {
        "name": "Elm Row", "category": "self-contained", "serves": "anybody", "youngest_age": "18",
        "places": "2", "address": "3 Elm Row", "postcode": "LU1 2BQ", "address_rule": "commissioners",
    }  # fmt: skip
    assert type_in(client, f"{register}/homes/new", new).status_code == 302
    assert db.session.query(Setting).filter_by(name="Elm Row").one().provider_id == oak.id


def test_others_read_whereabouts_it_is_and_change_nothing(by, home, oak):
    db.session.commit()
    here = f"/register/{oak.ref}/homes/{home.ref}"
    finance = by(a_viewer(Role.FINANCE))
    shown = words(finance.page(here))
    assert "LU1" in shown
    assert "2 Mill Lane" not in shown
    assert "Correct the home" not in shown
    assert finance.get(f"{here}/edit").status_code == 403
    assert by(an_officer("bedford-borough")).get(f"{here}/edit").status_code == 409
    elsewhere = a_provider("Elm House")
    db.session.commit()
    assert by(an_officer()).get(f"/register/{elsewhere.ref}/homes/{home.ref}").status_code == 404
    assert by(a_provider_admin(oak)).get(here).status_code == 403
