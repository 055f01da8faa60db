"""A council's own KPI set, from the copy to the version that is attached; earlier returns stay."""

from datetime import date

import pytest
from lxml import html
from sqlalchemy import select

from portal.access import Role
from portal.content.models import ContentVersion
from portal.db import db
from portal.kpis import actions, actions_sets, queries_sets, sets
from portal.kpis.models_sets import KpiSetDraft
from scoring.rules import RuleBroken
from tests.client import HygieneClient
from tests.factories.kpis import AFTER, PLANS, a_commissioner, a_kpi_set, a_plan, returns_of
from tests.factories.people import a_council, a_person, a_viewer, as_person
from tests.factories.providers import a_provider, an_administering_viewer
from tests.factories.rounds import at
from tests.factories.typing import type_in

NOW = AFTER
SAID = {
    **{name: value for name, value in PLANS.items() if name not in {"key", "source"}},
    "name": "Reviews on time",
    "may_exceed": False,
    "decimals": False,
}


@pytest.fixture
def shipped(session):
    return a_kpi_set()


@pytest.fixture
def officer(shipped):
    return a_commissioner()


@pytest.fixture
def draft(shipped, officer):
    return actions_sets.begin(shipped, a_council("luton"), actor=officer, now=NOW)


def code_of(act, *arguments, **named):
    with pytest.raises(RuleBroken) as refused:
        act(*arguments, **named)
    return refused.value.code


def saving(draft, key, officer, *, seen="", **change):
    said = {**SAID, **change}
    return actions_sets.save_kpi(draft, key, said, seen, actor=officer, now=NOW)


def changing(draft, key, officer, **change):
    """Somebody who sees the KPI as it is changes something of it."""
    kpi = draft.kpi(key)
    said = {**kpi, **change}
    seen = actions_sets.seen_of(kpi)
    return actions_sets.save_kpi(draft, key, said, seen, actor=officer, now=NOW)


def test_a_copy_becomes_a_version_of_the_councils_own(draft, officer, shipped):
    assert draft.body["title"] == "Small KPIs, Luton Council"
    added = saving(draft, None, officer)
    changing(draft, "staff", officer, target="98", young_words="They are checked.")
    actions_sets.drop_kpi(draft, "plans", actor=officer, now=NOW)
    actions_sets.change_about(draft, "Luton’s KPIs", 15, actor=officer, now=NOW)
    made = actions_sets.publish(draft, actor=officer, now=NOW)
    luton = a_council("luton")
    assert (made.key, made.version, made.source) == ("kpis-small-luton", 1, luton.ref)
    rules = sets.kpi_set(made)
    assert (list(rules.kpis), rules.due_days) == (["staff", added], 15)
    assert rules.kpis["staff"].target == 98
    assert rules.words["staff"]["source"] == "own"
    assert db.session.scalar(select(KpiSetDraft)) is None
    assert shipped.body["kpis"][0]["key"] == "plans"  # the one that ships is as it was
    assert made in sets.sets_to_choose([luton])
    assert made not in sets.sets_to_choose([a_council("bedford-borough")])
    assert made not in sets.public_sets()


def test_the_next_version_is_asked_for_later_and_earlier_returns_keep_theirs(draft, officer):
    changing(draft, "plans", officer, target="95")
    first = actions_sets.publish(draft, actor=officer, now=NOW)
    plan = a_plan(a_provider("Oak House"), kpi_set=first)
    earlier = returns_of(plan)[0].unit
    again = actions_sets.begin(first, a_council("luton"), actor=officer, now=NOW)
    assert (again.key, again.body["title"]) == (first.key, first.title)
    changing(again, "plans", officer, target="97")
    second = actions_sets.publish(again, actor=officer, now=NOW)
    assert (second.key, second.version) == (first.key, 2)
    assert earlier.plan.kpi_set is first
    later = actions.change_set(plan, second, date(2027, 10, 1), actor=officer, now=NOW)
    assert (later.kpi_set, plan.kpi_set, plan.until_on) == (second, first, date(2027, 9, 30))
    assert sets.kpi_set(earlier.plan.kpi_set).kpis["plans"].target == 95


def test_a_key_that_was_used_is_never_given_to_something_else(draft, officer):
    actions_sets.drop_kpi(draft, "plans", actor=officer, now=NOW)
    assert saving(draft, None, officer, name="Plans") == "plans-2"


def test_there_is_one_draft_and_nothing_new_is_not_published(draft, officer, shipped):
    luton = a_council("luton")
    assert actions_sets.begin(shipped, luton, actor=officer, now=NOW) is draft
    assert code_of(actions_sets.publish, draft, actor=officer, now=NOW) == (
        "kpi-set:nothing-changed"
    )
    actions_sets.discard(draft, actor=officer, now=NOW)
    assert actions_sets.begin(shipped, luton, actor=officer, now=NOW) is not draft


def test_the_set_holds_together_at_every_step(draft, officer):
    before = dict(draft.body)
    assert code_of(saving, draft, None, officer, target="lots") == "kpi:number"
    assert code_of(saving, draft, None, officer, denominator="") == "kpi:share-of-nothing"
    assert code_of(saving, draft, None, officer, frequency="daily") == "content:shape"
    actions_sets.drop_kpi(draft, "plans", actor=officer, now=NOW)
    assert code_of(actions_sets.drop_kpi, draft, "staff", actor=officer, now=NOW) == (
        "kpi-set:empty"
    )
    assert code_of(actions_sets.drop_kpi, draft, "plans", actor=officer, now=NOW) == "kpi-set:gone"
    assert code_of(changing_about, draft, officer, " ", 20) == "kpi-set:no-title"
    assert code_of(changing_about, draft, officer, "Title", 93) == "content:shape"
    assert draft.body == {**before, "kpis": [draft.kpi("staff")]}


def changing_about(draft, officer, title, days):
    actions_sets.change_about(draft, title, days, actor=officer, now=NOW)


def test_nobody_overwrites_what_they_have_not_seen(draft, officer):
    seen = actions_sets.seen_of(draft.kpi("staff"))
    colleague = a_commissioner()
    changing(draft, "staff", colleague, target="97")
    mine = {**draft.kpi("staff"), "target": "96"}
    save = {"actor": officer, "now": NOW}
    assert code_of(actions_sets.save_kpi, draft, "staff", mine, seen, **save) == (
        "kpi-set:changed-meanwhile"
    )
    assert draft.kpi("staff")["target"] == "97"
    changing(draft, "plans", officer, target="91")  # another KPI is no conflict
    changing(draft, "staff", officer, target="96")


def test_only_commissioners_of_the_council_write(draft, officer, shipped):
    stranger = a_commissioner("bedford-borough")
    others = (stranger, a_viewer(Role.FINANCE), a_viewer([Role.COMMISSIONER, Role.AUDITOR]))
    for someone in (*others, an_administering_viewer(a_provider("Oak House"))):
        assert code_of(saving, draft, None, someone) == "kpi-set:refused"
        assert code_of(actions_sets.publish, draft, actor=someone, now=NOW) == "kpi-set:refused"
        assert code_of(actions_sets.discard, draft, actor=someone, now=NOW) == "kpi-set:refused"
        assert queries_sets.draft(draft.ref, someone) is None
    changing(draft, "plans", officer, target="95")
    own = actions_sets.publish(draft, actor=officer, now=NOW)
    bedford = a_council("bedford-borough")
    assert queries_sets.to_copy(own.ref, stranger) is None
    assert code_of(actions_sets.begin, own, bedford, actor=stranger, now=NOW) == (
        "kpi-set:of-another"
    )


def words(answer):
    page = html.document_fromstring(answer.text)
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def test_the_pages_from_the_copy_to_the_version(app, shipped, session):
    at(app, NOW)
    person = a_person(Role.COMMISSIONER, "luton")
    session.commit()
    client = as_person(HygieneClient(app, app.response_class), person)
    assert "Small KPIs" in words(client.page("/kpis/sets"))
    begun = type_in(client, f"/kpis/sets/{shipped.ref}/copy", {})
    here = begun.headers["Location"]
    assert "Nothing yet" in words(client.page(here))
    wrong = type_in(client, f"{here}/new", {"name": "Safe", "unit": "percent", "target": "x"})
    assert wrong.status_code == 422
    typed = {
        "name": "I feel safe here", "purpose": "To know whether young people feel safe.",
        "young_words": "I feel safe here.", "unit": "percent", "numerator": "Said yes",
        "denominator": "Were asked", "direction": "higher", "rated": "yes", "target": "85",
        "tolerance": "5", "frequency": "yearly", "level": "setting",
    }  # fmt: skip
    assert type_in(client, f"{here}/new", typed).status_code == 302
    stale = type_in(client, f"{here}/kpis/i-feel-safe-here", {"target": "86", "seen": "old"})
    assert stale.status_code == 422
    assert "What is saved now" in words(stale)
    assert type_in(client, f"{here}/kpis/plans/drop", {}).status_code == 302
    shown = words(client.page(f"{here}/publish"))
    assert "I feel safe here: added" in shown
    assert "Plans in time: taken out" in shown
    assert type_in(client, f"{here}/publish", {}).headers["Location"].endswith("/kpis/sets")
    own = session.scalars(select(ContentVersion).where(ContentVersion.version == 1)).all()
    assert {one.key for one in own} >= {"kpis-small-luton"}
    assert client.get(here).status_code == 404
