"""The handlers behind the queue: importing this module registers them all."""

from importlib import import_module
from importlib.util import find_spec

from portal import mail  # noqa: F401  registers mail:send

ROOMS_WITH_JOBS = ("documents", "rounds", "applications", "awards")

for _room in ROOMS_WITH_JOBS:
    if find_spec(f"portal.{_room}.jobs") is not None:
        import_module(f"portal.{_room}.jobs")
