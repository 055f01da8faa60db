"""The demonstration's story, for every test that walks over the whole of it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def told_story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a story that is told once in a run, however many processes test."""
    from tests.sweeps.demonstration import shared, tell_in

    here = tmp_path_factory.getbasetemp()
    together = here.parent if "PYTEST_XDIST_WORKER" in os.environ else here
    return shared(together / "told", tell_in)


@pytest.fixture(scope="session")
def _demonstration(told_story: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from portal.db import db
    from tests.sweeps.demonstration import copy_of

    copied = copy_of(told_story, tmp_path_factory.mktemp("demonstration") / "data")
    yield copied
    with copied.app.app_context():
        db.engine.dispose()


@pytest.fixture
def demonstration(_demonstration: Any) -> Iterator[Any]:
    """The portal with the story in it, as it was told."""
    yield _demonstration
    if _demonstration.changes():
        _demonstration.put_back()
