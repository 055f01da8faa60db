"""What a home page offers: the shortcuts of each role."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app, url_for

from portal.access import Permission, Role, Viewer
from portal.rounds import queries as rounds
from portal.rounds.models import Round


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A card on the home page."""

    title: str
    text: str
    endpoint: str
    permission: Permission | None = None

    @property
    def address(self) -> str:
        return url_for(self.endpoint)


SHORTCUTS = (
    Shortcut("Open rounds", "What providers can apply for now.", "rounds.open_rounds"),
    Shortcut(
        "Your applications",
        "Carry on with an application, or see its receipt.",
        "applications.index",
        Permission.APPLICATION_READ,
    ),
    Shortcut("Rounds", "Prepare, publish, open and award.", "rounds.index", Permission.ROUND_READ),
    Shortcut("Your scoring", "What is left to score.", "evaluation.index", Permission.BID_SCORE),
    Shortcut(
        "Register",
        "May we place with them today, where, and at what rate?",
        "register.index",
        Permission.REGISTER_READ,
    ),
    Shortcut(
        "Compare rates",
        "Each lot side by side: lowest, median, highest.",
        "costs.index",
        Permission.RATE_COMPARE,
    ),
    Shortcut(
        "Young Commissioners",
        "Consent, sign-in cards and pairs.",
        "people.young_people",
        Permission.YOUNG_LOOK_AFTER,
    ),
    Shortcut(
        "Audit trail", "Who did what, and proof of it.", "register.trail", Permission.TRAIL_READ
    ),
    Shortcut(
        "People and settings",
        "Accounts, roles and councils.",
        "people.administration",
        Permission.PEOPLE_ADMINISTER,
    ),
)


def shortcuts(viewer: Viewer) -> list[Shortcut]:
    """The places that this person may go to."""
    return [
        one
        for one in SHORTCUTS
        if (one.permission is None or viewer.may(one.permission))
        and one.endpoint in current_app.view_functions
    ]


def is_young(viewer: Viewer) -> bool:
    """Whether the page is for a Young Commissioner: one thing, in big letters."""
    return viewer.roles == {Role.YOUNG_COMMISSIONER}


def open_rounds(now: datetime) -> Sequence[Round]:
    return rounds.open_rounds(now)
