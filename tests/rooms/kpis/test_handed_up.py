"""What the room hands up: the days of the calendar, and the line of evidence of a provider."""

from datetime import date

from portal.access import Role
from portal.kpis.card import card
from portal.kpis.dates import dates
from tests.factories.counting import counted
from tests.factories.kpis import AFTER, a_commissioner, a_plan, an_accepted, returns_of
from tests.factories.people import a_council, a_viewer
from tests.factories.providers import a_provider, an_administering_viewer

YEAR = (date(2027, 7, 1), date(2028, 6, 30))


def test_the_calendar_tells_what_is_due_and_not_in(app, session):
    oak = a_provider("Oak House")
    plan = a_plan(oak, now=AFTER)
    with app.test_request_context():
        told = [(one.on, one.title) for one in dates(a_commissioner(), *YEAR)]
        assert told == [
            (date(2027, 7, 20), "Oak House: KPI return due, April to June 2027"),
            (date(2027, 10, 20), "Oak House: KPI return due, July to September 2027"),
            (date(2028, 1, 20), "Oak House: KPI return due, October to December 2027"),
            (date(2028, 4, 20), "Oak House: KPI return due, January to March 2028"),
        ]
        (first, *_) = dates(a_commissioner(), *YEAR)
        assert first.council_ids == {a_council("luton").id}
        ada = an_administering_viewer(oak)
        an_accepted(returns_of(plan)[0], ada)
        assert len(list(dates(ada, *YEAR))) == 3
        for stranger in (a_commissioner("hertfordshire"), a_viewer(Role.FINANCE)):
            assert list(dates(stranger, *YEAR)) == []


def test_the_line_of_evidence_counts_the_targets(app, session):
    oak = a_provider("Oak House")
    plan = a_plan(oak, now=AFTER)
    an_accepted(returns_of(plan)[0], an_administering_viewer(oak), plans=(8, 10))
    with app.test_request_context():
        with counted() as statements:
            (told,) = card(oak, a_commissioner())
        assert statements.number < 12
        assert told.title == (
            "KPIs April to June 2027: 1 of 2 targets met, 0 just missed, 1 missed"
        )
        assert (told.on, told.tone) == (date(2027, 6, 30), "care")
        assert list(card(oak, a_commissioner("hertfordshire"))) == []
