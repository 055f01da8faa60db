"""An installation with a few rows and two files, in a store that other tests do not use."""

from types import SimpleNamespace

import pytest

from tests.factories.documents import a_document
from tests.factories.providers import a_provider, a_provider_admin
from tests.factories.rounds import PREPARED, at


@pytest.fixture
def home(app, session, tmp_path, monkeypatch):
    """A provider whose two policies were found clean, on a morning in the past."""
    monkeypatch.setitem(app.config, "STORAGE", tmp_path / "store" / "documents")
    at(app, PREPARED)
    oak = a_provider("Oak House")
    ada = a_provider_admin(oak, name="Ada Ash")
    documents = [a_document(oak, by=ada, words=words) for words in ("one", "two")]
    session.commit()
    return SimpleNamespace(oak=oak, ada=ada, documents=documents, run=app.test_cli_runner().invoke)
