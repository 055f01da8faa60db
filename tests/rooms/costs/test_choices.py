"""Placement choices: recorded on the facts of the day, corrected with a reason, and whose they are."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from portal.access import Role, Viewer
from portal.audit import AuditEntry, Event, verify
from portal.contracts.models import Rate
from portal.costs.choices import actions, queries
from portal.costs.choices.actions import ChoiceTold
from portal.costs.choices.queries import WantedChoices
from portal.costs.of_lots.reports import asked_of
from portal.db import db
from portal.providers import actions_vacancies
from scoring.choices import Considered
from scoring.rules import RuleBroken
from scoring.stages import MembershipStage
from tests.factories.contracts import a_finance_officer, a_place
from tests.factories.people import a_council, a_viewer
from tests.factories.providers import a_provider, a_setting, an_administering_viewer
from tests.factories.rounds import an_officer
from tests.rooms.costs.conftest import NOW

WHY = "It is near her college and a worker there speaks Tigrinya"
TODAY = NOW.date()


@pytest.fixture
def officer(market):
    return an_officer("luton")


def told(market, **more):
    oak, elm = market.oak.ref, market.elm.ref
    values = {
        "reference": "PL-2027/0031",
        "considered": [Considered(oak, distance_tenths=31), Considered(elm, "No room free")],
        "chosen": oak,
        "why": WHY,
    }
    return ChoiceTold(**(values | more))


def recorded(market, officer, *, on=TODAY, council="luton", now=NOW, **more):
    made = actions.record(
        a_council(council),
        asked_of(officer, "", "5", on),
        told(market, **more),
        actor=officer,
        now=now,
    )
    db.session.commit()
    return made


def refusal(act, *arguments, **more):
    with pytest.raises(RuleBroken) as broken:
        act(*arguments, **more)
    return broken.value.code


def test_the_facts_of_the_day_stay_whatever_changes_later(market, officer):
    choice = recorded(market, officer)
    before = queries.lines_of(choice, choice.newest)
    for rate in db.session.scalars(select(Rate)):
        rate.amount_pence += 5_000
    db.session.commit()
    db.session.expire_all()
    one = queries.one_choice(choice.ref, officer)
    assert queries.lines_of(one, one.newest) == before
    assert [(line["provider"], line["weekly"], line["chosen"]) for line in before] == [
        ("Oak House", 90_000, "Yes"),
        ("Elm House", 80_050, "No"),
    ]
    assert {fact["name"] for fact in one.facts} == {
        "Oak House", "Elm House", "Ash House", "Yew House",
    }  # fmt: skip


def test_places_free_are_those_that_were_said_by_that_day(market, officer):
    admin = an_administering_viewer(market.oak)
    home = a_setting(market.oak, places=4)
    actions_vacancies.say_what_is_free({home: 2}, TODAY, actor=admin, now=NOW)
    choice = recorded(market, officer)
    assert choice.fact(market.oak.ref)["free"] == 2
    assert choice.fact(market.elm.ref)["free"] is None


def test_a_correction_keeps_what_was_said_before(market, officer):
    choice = recorded(market, officer)
    elm = market.elm.ref
    others = [Considered(market.oak.ref, "Too loud there"), Considered(elm)]
    other = told(market, chosen=elm, considered=others)
    actions.correct(choice, other, "The wrong one was ticked", actor=officer, now=NOW)
    db.session.commit()
    assert choice.chosen_ref == elm
    assert [one.chosen_ref for one in choice.versions] == [market.oak.ref, elm]
    assert choice.newest.correction == "The wrong one was ticked"
    events = set(db.session.scalars(select(AuditEntry.event)))
    assert {Event.CHOICE_RECORDED.value, Event.CHOICE_CORRECTED.value} <= {f"{one}" for one in events}  # fmt: skip
    assert list(verify()) == []


def test_a_record_that_was_taken_back_changes_no_more(market, officer):
    choice = recorded(market, officer)
    actions.take_back(choice, "No placement came of it", actor=officer, now=NOW)
    db.session.commit()
    assert choice.taken_back
    again = refusal(actions.take_back, choice, "Again", actor=officer, now=NOW)
    assert again == "choice:taken-back"
    assert refusal(actions.correct, choice, told(market), "x y", actor=officer, now=NOW) == again


def test_a_correction_has_a_reason(market, officer):
    choice = recorded(market, officer)
    found = refusal(actions.correct, choice, told(market), " … ", actor=officer, now=NOW)
    assert found == "choice:no-correction"


@pytest.mark.parametrize("days", [1, -15])
def test_another_day_is_refused(market, officer, days):
    on = TODAY + timedelta(days=days)
    assert refusal(recorded, market, officer, on=on).startswith("choice:l")


def test_who_does_not_hold_the_lot_is_not_chosen(market, officer):
    stranger = a_provider("Fir House").ref
    found = refusal(recorded, market, officer, considered=[Considered(stranger)], chosen=stranger)
    assert found == "choice:not-on-list"


def test_a_suspended_provider_is_not_chosen(market, officer):
    fir = a_provider("Fir House")
    a_place(fir, market.agreement, stage=MembershipStage.SUSPENDED)
    considered = [Considered(fir.ref), Considered(market.oak.ref, "No room free")]
    assert refusal(recorded, market, officer, considered=considered, chosen=fir.ref) == "choice:may-not"  # fmt: skip


@pytest.mark.parametrize("role", [Role.FINANCE, Role.EVALUATOR, Role.MODERATOR, Role.AUDITOR])
def test_only_commissioners_record(market, officer, role):
    actor = a_viewer(role, "luton")
    found = refusal(
        actions.record,
        a_council("luton"),
        asked_of(officer, "", "5", TODAY),
        told(market),
        actor=actor,
        now=NOW,
    )
    assert found == "choice:refused"


def test_nobody_records_for_another_council(market, officer):
    assert refusal(recorded, market, officer, council="bedford-borough") == "choice:refused"
    assert refusal(
        actions.record, a_council("luton"), asked_of(officer, "", "5", TODAY), told(market),
        actor=Viewer.system(), now=NOW,
    ) == "choice:refused"  # fmt: skip


def test_a_partner_finds_no_choice_of_ours(market, officer):
    choice = recorded(market, officer)
    for stranger in (an_officer("bedford-borough"), a_viewer(Role.EVALUATOR, "luton")):
        with pytest.raises(NotFound):
            queries.one_choice(choice.ref, stranger)
    assert queries.one_choice(choice.ref, a_finance_officer()) is choice


def test_the_list_is_narrowed_by_its_filters(market, officer):
    recorded(market, officer)
    lot = f"{market.agreement.ref}.1A"

    def found(**more):
        return len(db.session.scalars(queries.visible(officer, WantedChoices(**more))).all())

    assert found() == found(words="2027/0031") == found(lot=lot, chosen=market.oak.ref) == 1
    assert found(words="0032") == found(lot=lot[:-1] + "B") == found(chosen=market.elm.ref) == 0
    assert found(since=TODAY, until=TODAY) == 1
    assert found(since=TODAY + timedelta(days=1)) == found(until=date(2027, 1, 1)) == 0


def test_a_choice_is_recorded_corrected_and_downloaded_on_its_pages(market, by):
    client = by(an_officer("luton"))
    oak, elm = market.oak.ref, market.elm.ref
    assert "£900.00 a week" in client.page("/placement-choices/new").text
    lot = f"{market.agreement.ref}.1A"
    shown = client.page(
        f"/placement-choices/record?lot={lot}&like=5&on={TODAY}&considered={oak}&considered={elm}"
    )
    values = {"reference": "Amy", "chosen": oak, "why": WHY, f"miles_{oak}": "3.1"}
    again = client.sends(shown, values, button="Record the choice", status=422)
    assert "Never a name" in again.text
    assert "Say in a few words why not this one" not in again.text
    values |= {"reference": "PL-2027/0031"}
    again = client.sends(shown, values, button="Record the choice", status=422)
    assert "Say in a few words why not this one" in again.text
    values |= {elm: "No room free"}
    made = client.sends(shown, values, button="Record the choice", to="/placement-choices/*")
    assert WHY in made.text
    ref = db.session.scalars(queries.visible(an_officer("luton"))).one().ref
    page = client.page(f"/placement-choices/{ref}/correct")
    values = {f"miles_{oak}": "4", "correction": "Measured again"}
    after = client.sends(page, values, button="Correct the record", to=f"/placement-choices/{ref}")
    assert "Measured again" in after.text
    file = client.get("/placement-choices.csv?words=0031").data.decode("utf-8-sig")
    assert '"Oak House","Yes",900.00,4.0' in file
    assert "No choice fits" in client.page("/placement-choices?words=zzz").text
