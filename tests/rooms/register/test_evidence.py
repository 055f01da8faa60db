"""The line of evidence: what rooms know of a provider, by day, for those who may read it."""

from datetime import date

from portal.providers.models import Provider
from portal.register import line
from tests.factories.people import a_viewer
from tests.factories.providers import a_provider, an_administering_viewer


def an_inspected_provider() -> Provider:
    oak = a_provider("Oak House")
    oak.registrations[0].outcome = "2"
    oak.registrations[0].inspected_on = date(2026, 9, 8)
    return oak


def told(provider, viewer):
    return [(one.on, one.kind, one.title) for one in line.evidence(provider, viewer)]


def test_what_is_known_is_told_newest_first(session):
    assert told(an_inspected_provider(), a_viewer()) == [
        (date(2026, 9, 8), "Ofsted", "Inspected: Outcome 2"),
        (date(2025, 4, 1), "Ofsted", "Registered with Ofsted"),
    ]


def test_another_provider_is_told_nothing(session):
    assert told(an_inspected_provider(), an_administering_viewer()) == []
