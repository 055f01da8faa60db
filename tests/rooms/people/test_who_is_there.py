"""The viewer behind a request, read anew each time."""

import pytest

from portal.access import Role
from tests.factories.people import a_person, viewer
from tests.factories.providers import a_provider


def test_a_viewer_knows_the_posts(session):
    oak = a_provider("Oak House")
    ada = viewer(a_person(Role.PROVIDER_ADMIN, provider=oak, name="Ada"))
    assert ada.name == "Ada"
    assert ada.administers(oak.id)
    assert ada.provider_ids == {oak.id}
    assert not ada.council_ids


def test_somebody_with_a_closed_account_is_nobody(session):
    ada = a_person()
    ada.active = False
    assert viewer(ada).is_anonymous


@pytest.mark.parametrize("role", Role)
def test_a_person_can_be_made_for_each_role(session, role):
    assert viewer(a_person(role)).roles == {role}
