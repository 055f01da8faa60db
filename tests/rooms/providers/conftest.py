"""The fixtures of the people room serve here too."""

from tests.rooms.people.conftest import browser, clock, other_browser

__all__ = ["browser", "clock", "other_browser"]
