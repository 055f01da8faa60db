"""What the page of a round collects from the rooms above it: figures, and what comes next.

A room above registers a function for its figures; it says only what may be seen at that stage.
Pages of other rooms are named by their endpoint, and linked when that room is there.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app, url_for

from portal.access import Permission, Role, Viewer
from portal.content import queries as content
from portal.rounds.models import Round
from scoring.stages import RoundStage as Stage


@dataclass(frozen=True, slots=True)
class Figure:
    """A number on the page of a round."""

    value: int | str
    label: str
    note: str = ""


Figures = Callable[[Round, Viewer, datetime], Iterable[Figure]]
_figures: list[Figures] = []


def figures(collect: Figures) -> Figures:
    """Register what hands up figures of a round; it is asked each time the page is shown."""
    _figures.append(collect)
    return collect


def figures_of(bid_round: Round, viewer: Viewer, now: datetime) -> list[Figure]:
    return [figure for collect in _figures for figure in collect(bid_round, viewer, now)]


@dataclass(frozen=True, slots=True)
class Step:
    """A page where a round goes on, from which stage, and who is at work there."""

    title: str
    endpoint: str
    permission: Permission
    stages: frozenset[Stage]
    hint: str
    now_at: frozenset[Stage]
    posts: frozenset[Role] = frozenset()  # only for these, at a council of the round; else anybody
    priced: bool = False  # only where price is part of the scheme

    def is_for(self, viewer: Viewer, bid_round: Round) -> bool:
        """Whether the page lets this viewer in."""
        held = (viewer.councils_as(post) & bid_round.council_ids for post in self.posts)
        if not viewer.may(self.permission) or (self.posts and not any(held)):
            return False
        return not self.priced or content.scheme(bid_round.scheme).price is not None


_AFTER_OPENING = frozenset(
    {Stage.OPENED, Stage.EVALUATION, Stage.MODERATED, Stage.RECOMMENDED, Stage.APPROVED}
    | {Stage.STANDSTILL, Stage.CONCLUDED}
)
_AFTER_LOCK = _AFTER_OPENING - {Stage.OPENED, Stage.EVALUATION}

_WHILE_OPEN = frozenset({Stage.OPEN_FOR_QUESTIONS, Stage.QUESTIONS_CLOSED})

STEPS = (
    Step(
        "Questions of bidders",
        "rounds.clarification_queue",
        Permission.ROUND_READ,
        _AFTER_OPENING | _WHILE_OPEN | {Stage.DEADLINE_PASSED},
        "Answer to all, without knowing who asked.",
        _WHILE_OPEN,
        frozenset({Role.COMMISSIONER, Role.AUDITOR}),
    ),
    Step(
        "Opening",
        "opening.show",
        Permission.ROUND_OPEN,
        _AFTER_OPENING | {Stage.DEADLINE_PASSED},
        "Two officers open the round together.",
        frozenset({Stage.DEADLINE_PASSED}),
    ),
    Step(
        "Compliance check",
        "compliance.queue",
        Permission.BID_READ,
        _AFTER_OPENING,
        "Documents, grounds for exclusion, the Ofsted gate.",
        frozenset({Stage.OPENED}),
        frozenset({Role.COMMISSIONER, Role.AUDITOR}),
    ),
    Step(
        "Panel and conflicts of interest",
        "evaluation.panel",
        Permission.PANEL_MANAGE,
        _AFTER_OPENING | {Stage.DEADLINE_PASSED, Stage.OPEN_FOR_QUESTIONS, Stage.QUESTIONS_CLOSED},
        "Who scores, and who has declared what.",
        frozenset({Stage.OPENED, Stage.EVALUATION}),
    ),
    Step(
        "Moderation",
        "evaluation.moderation",
        Permission.BID_MODERATE,
        _AFTER_OPENING - {Stage.OPENED},
        "Consensus and reasons, question by question.",
        frozenset({Stage.EVALUATION}),
    ),
    Step(
        "Opening of prices",
        "evaluation.prices",
        Permission.ROUND_OPEN,
        _AFTER_LOCK,
        "Two officers open them together, after the lock.",
        frozenset({Stage.MODERATED}),
        frozenset({Role.COMMISSIONER}),
        priced=True,
    ),
    Step(
        "Results",
        "evaluation.results",
        Permission.RESULT_READ,
        _AFTER_LOCK,
        "Every number opens its working.",
        frozenset({Stage.MODERATED}),
    ),
    Step(
        "Award",
        "awards.show",
        Permission.RESULT_READ,
        _AFTER_LOCK,
        "Recommendation, approval, letters.",
        frozenset({Stage.RECOMMENDED, Stage.APPROVED, Stage.STANDSTILL}),
    ),
)


def link(endpoint: str, **values: str) -> str:
    """The address of another room's page, or nothing where that room is not there."""
    if endpoint not in current_app.view_functions:
        return ""
    return url_for(endpoint, **values)


@dataclass(frozen=True, slots=True)
class NextStep:
    """A step that this viewer may take; `current` when it is the one that waits."""

    title: str
    address: str
    hint: str
    current: bool


def next_steps(bid_round: Round, viewer: Viewer, now: datetime) -> list[NextStep]:
    """Where the round goes on, as far as the viewer may follow and the room is there."""
    stage = bid_round.stage_at(now)
    return [
        NextStep(
            step.title,
            url_for(step.endpoint, ref=bid_round.ref),
            step.hint,
            stage in step.now_at,
        )
        for step in STEPS
        if stage in step.stages
        and step.is_for(viewer, bid_round)
        and step.endpoint in current_app.view_functions
    ]
