"""Tables and lists of homes: rows come and go without script, and each cell is told what is wrong."""

import pytest

from portal.applications import queries
from portal.applications.models import Answer
from tests.factories.applications import an_application, complete
from tests.factories.people import viewer
from tests.factories.sending import autosave, form_on, send
from tests.hygiene import words_of
from tests.reading import page_of

TABLE = "staffing-table"
COOK = {f"{TABLE}--0--job": "Cook", f"{TABLE}--0--people": "2", f"{TABLE}--0--hours": "37.5"}


@pytest.fixture
def draft(session, town):
    application = an_application(town.round, by=town.ada, lots=["1A", "2A"])
    session.commit()
    return application


def at(draft, key, lot=""):
    return f"/applications/{draft.ref}/questions/{key}" + (f"/{lot}" if lot else "")


def kept(session, key=TABLE, lot=""):
    session.expire_all()
    found = session.query(Answer).filter_by(question_key=key, lot_code=lot).one_or_none()
    return found.value if found else None


def test_a_row_is_written_and_another_one_offered(session, town, draft):
    client = town.by(town.ada)
    answer = send(client, at(draft, TABLE), COOK | {"rows": f"add:{TABLE}"})
    assert answer.location == at(draft, TABLE) + "?rows=2"
    assert kept(session) == [{"job": "Cook", "people": "2", "hours": "37.5"}]
    shown = client.page(answer.location).text
    assert f'name="{TABLE}--1--job"' in shown
    assert f'name="{TABLE}--2--job"' not in shown
    assert 'value="Cook"' in shown


def test_a_row_is_taken_out_and_the_others_move_up(session, town, draft):
    client = town.by(town.ada)
    second = {f"{TABLE}--1--job": "Manager", f"{TABLE}--1--people": "1"}
    send(client, at(draft, TABLE), COOK | {"rows": f"add:{TABLE}"})
    answer = send(client, at(draft, TABLE) + "?rows=2", second)
    assert answer.status_code == 422  # saved, and told what is missing
    assert len(kept(session)) == 2
    answer = send(client, at(draft, TABLE), {"rows": f"remove:{TABLE}:0"})
    assert answer.location == at(draft, TABLE) + "?rows=1"
    assert kept(session) == [{"job": "Manager", "people": "1"}]
    send(client, at(draft, TABLE), {"rows": f"remove:{TABLE}:0"})
    assert kept(session) is None


def test_each_wrong_cell_is_named_and_nothing_typed_is_lost(session, town, draft):
    typed = COOK | {f"{TABLE}--0--people": "two", f"{TABLE}--0--hours": "lots"}
    answer = send(town.by(town.ada), at(draft, TABLE), typed)
    assert answer.status_code == 422
    assert kept(session) is None
    page = page_of(answer)
    for name in ("people", "hours"):
        assert page.xpath(f"//*[@id='{TABLE}--0--{name}-error']"), name
    assert not page.xpath(f"//*[@id='{TABLE}--0--job-error']")
    assert 'value="two"' in answer.text
    assert 'value="Cook"' in answer.text


def test_the_page_s_script_saves_the_whole_table(session, town, draft):
    client = town.by(town.ada)
    form = form_on(client, at(draft, TABLE), [f"{TABLE}--0--job"])
    hidden = {name: value for name, value in form.fields if name == "csrf_token" or name[0] == "_"}
    answer = client.post(
        at(draft, TABLE),
        data={**hidden, **COOK, "autosave_field": TABLE},
        headers={"X-Requested-With": "autosave"},
    )
    assert answer.json["status"] == "saved"
    assert "Row 1, Posts that are empty today" in answer.json["to_mend"][TABLE]
    assert kept(session) == [{"job": "Cook", "people": "2", "hours": "37.5"}]


def test_two_colleagues_do_not_overwrite_each_other_s_rows(session, town, draft):
    ada = town.by(town.ada)
    form = form_on(ada, at(draft, TABLE), [f"{TABLE}--0--job"])
    send(town.by(town.ben), at(draft, TABLE), COOK)
    answer = send(ada, at(draft, TABLE), {f"{TABLE}--0--job": "Driver"}, form=form)
    assert answer.status_code == 409
    assert "1. Cook; How many people: 2" in answer.text
    assert kept(session)[0]["job"] == "Cook"


def test_homes_are_asked_for_each_lot_and_read_as_a_table(session, town, draft):
    complete(draft)
    session.commit()
    ada = town.by(town.ada)
    assert ada.get(at(draft, "homes-list", "3A")).status_code == 404
    page = page_of(ada.page(f"/applications/{draft.ref}/check"))
    heads = [words_of(one) for one in page.xpath("//table//th[@scope='col']")]
    assert {"Postcode", "Open since", "Gas safety record in date"} <= set(heads)
    copy = queries.working_copy(draft, viewer(town.ada), town.now)
    assert copy.is_complete


def test_a_home_without_its_postcode_keeps_the_application_from_being_submitted(
    session, town, draft
):
    complete(draft)
    row = session.query(Answer).filter_by(question_key="homes-list", lot_code="2A").one()
    row.value = [{"name": "Elm House"}]
    session.commit()
    copy = queries.working_copy(draft, viewer(town.ada), town.now)
    [finding] = copy.findings["2A"]
    assert (finding.code, finding.where) == ("answer:cell-missing", "homes-list")
    assert "Postcode: this is empty." in finding.message


def test_the_same_autosave_again_changes_nothing(session, town, draft):
    client = town.by(town.ada)
    form = form_on(client, at(draft, "places-offered", "1A"), ["places-offered"])
    for _ in range(2):
        autosave(client, at(draft, "places-offered", "1A"), {"places-offered": "4"}, form=form)
    assert kept(session, "places-offered", "1A") == "4"
