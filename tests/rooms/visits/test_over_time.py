"""Visits after visits: what changed since the last one, and the picture over time."""

from datetime import timedelta

import pytest

from portal.access import Role
from portal.db import db
from portal.visits import picture, timeline
from portal.visits.picture import Scope
from tests.client import HygieneClient
from tests.factories.counting import counted
from tests.factories.people import a_person, a_viewer, as_person
from tests.factories.visits import DAY, a_visit

pytestmark = pytest.mark.usefixtures("session")
LATER = timedelta(days=200)
ALL = Scope("the whole area")


@pytest.fixture
def two_visits(app):
    """A home that was weak, and better at the re-visit, but not to the young people."""
    first = a_visit().final(value=1, young=1)
    again = a_visit(like=first, previous=first.visit).final(value=3, young=1)
    again.visit.starts_at += LATER
    db.session.commit()
    app.config["CLOCK"] = lambda: DAY
    return first, again


def test_the_report_of_a_revisit_says_what_changed_since_the_last(app, two_visits):
    first, again = two_visits
    amina = as_person(HygieneClient(app), again.lead)
    shown = amina.page(f"/visits/{again.visit.ref}/report").text
    assert shown.count("Better than last time") == 10
    assert "Since the visit on 9 June 2026" in shown
    assert "Mend the back door." in shown
    assert amina.get(f"/visits/{again.visit.ref}/report.pdf").data.startswith(b"%PDF")
    assert "Better: 1a, 1b, 1c, 1d, 1e, 1f, 1g, 2a, 2b, 2c. 0 of 1 recommendations" in shown
    assert "last time" not in amina.page(f"/visits/{first.visit.ref}/report").text


def test_a_line_for_officers_beside_one_for_young_people_and_never_one_of_both(two_visits):
    first, again = two_visits
    visits = picture.visits_of(ALL, first.by(first.lead))
    made = timeline.table(ALL, visits, "", DAY.date())
    assert [(row["officers"], row["young"]) for row in made.rows] == [(10, 10), (0, 10)]
    assert [row["home"] for row in made.rows] == [first.visit.setting.name] * 2
    assert "9 June 2026: Officers 10.0, Young people 10.0." in made.chart.description
    of_one = timeline.table(ALL, visits, "1a", DAY.date())
    assert [(row["officers"], row["young"]) for row in of_one.rows] == [(1, 1), (3, 1)]
    assert again.visit in visits


def test_scores_of_another_scale_are_not_put_on_one_line(two_visits):
    first, _ = two_visits
    first.visit.officer_scale_version = first.visit.young_scale_version
    visits = picture.visits_of(ALL, first.by(first.lead))
    made = timeline.table(ALL, visits, "1a", DAY.date())
    assert (len(made.rows), made.chart) == (1, None)
    assert any("earlier scale" in rule for rule in made.rules)
    assert len(timeline.table(ALL, visits, "", DAY.date()).rows) == 2


def test_the_picture_is_drawn_for_a_home_a_provider_and_the_area(app, two_visits):
    first, _ = two_visits
    home = first.visit.setting
    amina = as_person(HygieneClient(app), first.lead)
    at = f"/visits/picture?provider={home.provider.ref}&setting={home.ref}"
    for address in ("/visits/picture", f"/visits/picture?provider={home.provider.ref}", at):
        shown = amina.page(address).text
        assert "Matters that were weak, visit by visit" in shown
        assert shown.count("<svg") >= 4  # each for a desk and for a phone
    assert "Score of 1a" in amina.page(f"{at}&matter=1a").text
    assert "Matters that were weak" in amina.page(f"{at}&matter=9z").text
    sheet = amina.get("/visits/picture/csv?of=time").get_data(as_text=True)
    assert '"Officers","Young people"' in sheet
    other = as_person(HygieneClient(app), a_person(Role.COMMISSIONER, "bedford-borough"))
    assert "No final report yet" in other.page("/visits/picture").text


def test_more_visits_cost_no_more_statements(two_visits):
    first, _ = two_visits
    who = a_viewer(Role.COMMISSIONER)

    def told():
        db.session.commit()
        with counted() as statements:
            visits = picture.visits_of(ALL, who)
            timeline.table(ALL, visits, "1a", DAY.date())
        return len(visits), statements.statements

    two = told()
    a_visit(like=first).final()
    three = told()
    assert (three[0], len(three[1])) == (two[0] + 1, len(two[1])), three[1]
