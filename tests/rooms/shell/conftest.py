"""The house with the shell, and ways to fill in a form."""

import pytest
from werkzeug.datastructures import MultiDict

from forms import PortalForm, built_form
from tests.rooms.shell.house import a_house


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def visitor(house):
    return house.test_client()


@pytest.fixture
def filled_in(house):
    """Return a function that posts `typed` to a form of one field called `it`, and checks it."""

    def fill(field, typed=None, **more):
        data = MultiDict(typed if isinstance(typed, dict) else {"it": typed} if typed else {})
        with house.test_request_context("/", method="POST", data=data):
            form = built_form({"it": field, **more}, base=_Open)
            form.validate()
            form.html = str(form["it"]())
        return form

    return fill


class _Open(PortalForm):
    class Meta(PortalForm.Meta):
        csrf = False


@pytest.fixture
def kept_in(house):
    """Return a function that shows a form of one field called `it` with a value from the records."""

    def show(field, value):
        with house.test_request_context("/"):
            form = built_form({"it": field}, base=_Open, data={"it": value})
            return str(form["it"]())

    return show
