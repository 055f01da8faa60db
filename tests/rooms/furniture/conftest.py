"""What the tests of the furniture share."""

import pytest

from tests.rooms.furniture.builders import true_files


@pytest.fixture
def files():
    """True files by kind, as bytes."""
    return true_files()
