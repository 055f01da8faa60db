"""The life of a visit to a home, and of the check of what young people wrote."""

from __future__ import annotations

from scoring.life import Life
from scoring.stage_names import VisitStage

V = VisitStage
VISIT: Life[VisitStage] = Life(
    "visit",
    start=V.PLANNED,
    moves={
        (V.PLANNED, "change"): V.PLANNED,
        (V.PLANNED, "confirm"): V.CONFIRMED,  # by the provider
        (V.CONFIRMED, "change"): V.PLANNED,  # another day is asked for again
        (V.CONFIRMED, "decline"): V.PLANNED,  # the provider cannot after all
        (V.PLANNED, "begin"): V.UNDER_WAY,  # unannounced; the rule asks
        (V.CONFIRMED, "begin"): V.UNDER_WAY,
        (V.UNDER_WAY, "collect"): V.SCORES_IN,
        (V.SCORES_IN, "give-back"): V.UNDER_WAY,  # a sheet is filled in again
        (V.SCORES_IN, "agree"): V.AGREED,
        (V.AGREED, "reopen"): V.SCORES_IN,
        (V.AGREED, "send"): V.WITH_PROVIDER,
        (V.WITH_PROVIDER, "respond"): V.PROVIDER_RESPONDED,
        (V.WITH_PROVIDER, "finish"): V.ACTIONS_OPEN,  # nothing came until the day
        (V.PROVIDER_RESPONDED, "finish"): V.ACTIONS_OPEN,
        (V.ACTIONS_OPEN, "close"): V.CLOSED,
        (V.PLANNED, "cancel"): V.CANCELLED,
        (V.CONFIRMED, "cancel"): V.CANCELLED,
        (V.UNDER_WAY, "give-up"): V.GIVEN_UP,
        (V.SCORES_IN, "give-up"): V.GIVEN_UP,  # what is agreed is opened again first
    },
    ends=frozenset({V.CLOSED, V.CANCELLED, V.GIVEN_UP}),
)
