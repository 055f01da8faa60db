"""A council's own version of the framework, and the visits that stand on another one."""

from datetime import timedelta

import pytest

from portal.access import Role
from portal.content import actions as content
from portal.content.kinds import Kind
from portal.content.queries import SHIPPED, newest
from portal.db import db
from portal.visits import (
    actions_frameworks,
    actions_report,
    frameworks,
    picture,
    report,
    timeline,
)
from portal.visits.picture import Scope
from scoring.rules import RuleBroken
from scoring.sheets import Mark
from tests.factories.people import LONG_AGO, a_council, a_viewer
from tests.factories.visits import AFTER, DAY, a_visit, the_framework

pytestmark = pytest.mark.usefixtures("session")
ALL = Scope("the whole area")
GARDEN = {"title": "Garden", "plain": "Is there a garden?", "formal": "The garden."}
WORDS = {**GARDEN, "guidance": [], "young_guidance": []}


def by(told):
    return {"actor": told.by(told.lead), "now": AFTER}


def rewords(told, key="1a", **words):
    return actions_frameworks.change_matter(told.visit.council, key, words, **by(told))


def adds(told, key, **words):
    return actions_frameworks.add_matter(told.visit.council, key, {**WORDS, **words}, **by(told))


def drops(told, key):
    return actions_frameworks.drop_matter(told.visit.council, key, **by(told))


def printed(told):
    """Everything that a report, an agreement and the pictures say of a visit."""
    viewer = told.by(told.lead)
    visits = [one for one in picture.visits_of(ALL, viewer) if one.id == told.visit.id]
    return (
        [
            (one.key, one.title, one.formal, one.officers, one.young)
            for one in report.lines(told.visit)
        ],
        report.told(told.visit, viewer)["changed"],
        picture.table(ALL, visits, DAY.date()).rows,
        timeline.table(ALL, visits, "", DAY.date()).rows,
        told.visit.framework_version.sha256,
    )


def test_visits_that_were_made_stand_on_the_version_of_their_day(session):
    first = a_visit().final(value=1, young=1)
    again = a_visit(like=first, previous=first.visit).final(value=3)
    running = a_visit().collected()
    before = printed(first), printed(again)
    rewords(first, title="Rooms", plain="Are the rooms good?", formal="Rooms of any kind.")
    adds(first, "3a")
    drops(first, "3a")
    adds(first, "3b", title="Pets", plain="May you have a pet?")
    assert (printed(first), printed(again)) == before
    with pytest.raises(RuleBroken, match="no such matter"):
        actions_report.agree_score(running.visit, "3b", Mark(3, "Cats are welcome."), **by(running))
    running.agreed()  # with the ten matters that it asked
    assert [one.key for one in report.lines(running.visit)] == [one[0] for one in before[0][0]]


def test_a_visit_under_way_is_not_asked_for_what_came_later(session):
    told = a_visit(young=()).begun()
    adds(told, "3b")
    with pytest.raises(RuleBroken, match="does not ask for this"):
        told.saves(told.lead, "score:3b", value=3, reason="Cats are welcome.")
    told.scores(told.lead)
    told.scores(told.officer)  # complete without it


def test_a_revisit_on_another_version_compares_what_both_asked_and_says_what_it_could_not(session):
    first = a_visit(young=())
    adds(first, "3a")
    then = a_visit(young=(), like=first).final(value=1)
    drops(first, "3a")
    adds(first, "3b", title="Pets")
    now = a_visit(young=(), like=first, previous=then.visit).final(value=3)
    lines = {one.key: one for one in report.lines(now.visit)}
    assert (lines["1a"].change, lines["3b"].change) == ("Better than last time", "")
    changed = report.told(now.visit, now.by(now.lead))["changed"]
    assert "Asked for the first time: 3b – Pets." in changed
    assert "Asked then and not now: 3a – Garden." in changed


def test_the_picture_keeps_a_matter_that_is_not_asked_any_more(session):
    first = a_visit(young=())
    adds(first, "3a")
    then = a_visit(young=(), like=first).final(value=1)
    drops(first, "3a")
    now = a_visit(young=(), like=first, previous=then.visit).final(value=3)
    now.visit.starts_at += timedelta(days=100)
    visits = picture.visits_of(ALL, now.by(now.lead))
    rows = {row["matter"]: row for row in picture.table(ALL, visits, DAY.date()).rows}
    assert (rows["3a – Garden"]["visits"], rows["3a – Garden"]["newest"]) == (1, 1)
    of_one = timeline.table(ALL, visits, "3a", DAY.date())
    assert [row["officers"] for row in of_one.rows] == [1, None]


def test_two_councils_may_add_different_matters_under_one_short_name(session):
    first = a_visit(young=())
    adds(first, "3a")
    luton = a_visit(young=(), like=first).final(value=1)
    other = a_visit(young=(), like=first).final(value=2)
    other.visit.council = a_council("central-bedfordshire")
    db.session.flush()
    names = picture.titles([luton.visit, other.visit])
    assert names["3a of Luton Council"] == "Garden"
    assert "3a" not in names
    assert "1a" in names
    assert frameworks.same_matters(luton.visit, other.visit) == frozenset(
        one for one in frameworks.framework(luton.visit).matters if one != "3a"
    )


def test_a_short_name_never_means_something_else_later(session):
    told = a_visit(young=())
    adds(told, "3a")
    drops(told, "3a")
    with pytest.raises(RuleBroken, match="3a was “Garden” before"):
        adds(told, "3a", title="Pets")
    adds(told, "3a")  # the same one again


def test_matters_of_the_law_stay_and_strangers_change_nothing(session):
    told = a_visit(young=())
    with pytest.raises(RuleBroken, match="regulations name"):
        drops(told, "1a")
    for stranger in (a_viewer(Role.COMMISSIONER, "bedford-borough"), a_viewer(Role.EVALUATOR)):
        with pytest.raises(RuleBroken):
            actions_frameworks.add_matter(
                told.visit.council, "3a", WORDS, actor=stranger, now=AFTER
            )
    assert frameworks.of_council(told.visit.council).source == SHIPPED


def test_two_colleagues_who_change_one_matter_do_not_overwrite_each_other(session):
    told = a_visit(young=())
    seen = actions_frameworks.digest(the_framework().body["matters"][0])
    rewords(told, title="Rooms")
    change = {"seen": seen, **by(told)}
    council = told.visit.council
    with pytest.raises(RuleBroken, match="colleague changed"):
        actions_frameworks.change_matter(council, "1a", {"title": "Places"}, **change)
    rewords(told, key="1b", title="Repairs")  # another matter is no conflict
    actions_frameworks.change_matter(council, "1a", {"title": "Rooms"}, **change)  # the same words


def test_a_council_that_goes_back_to_the_shipped_words_follows_them_again(session):
    told = a_visit(young=())
    council = told.visit.council
    rewords(told, title="Rooms")
    assert frameworks.of_council(council).body["matters"][0]["title"] == "Rooms"
    newer = ships(intro="Newer words.")
    assert frameworks.of_council(council).body["matters"][0]["title"] == "Rooms"
    actions_frameworks.take_shipped(council, **by(told))
    assert frameworks.of_council(council) is newer
    newest_one = ships(intro="Newer still.")
    assert frameworks.of_council(council) is newest_one


def test_what_one_council_publishes_is_not_another_ones(session):
    told = a_visit(young=())
    rewords(told, title="Rooms")
    other = a_council("central-bedfordshire")
    viewer = a_viewer(Role.COMMISSIONER, "central-bedfordshire")
    assert frameworks.of_council(other).source == SHIPPED
    actions_frameworks.change_matter(other, "1a", {"title": "Rooms"}, actor=viewer, now=AFTER)
    assert frameworks.of_council(other).source == other.ref


def ships(**words):
    """A release of the portal brings other words."""
    old = newest(Kind.VISIT_FRAMEWORK, frameworks.KEY, source=SHIPPED)
    made = content._add(
        content.checked({**old.body, **words, "kind": "visit-framework", "key": frameworks.KEY}),
        source=SHIPPED,
        actor=a_viewer(Role.ADMINISTRATOR),
        now=LONG_AGO,
    )
    assert made.source == SHIPPED
    return made
