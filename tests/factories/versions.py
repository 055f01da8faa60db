"""Versions of a published round for tests, made by the real verbs.

draft = a_version(bid_round)                      # prepared, nothing changed yet
reword(draft, "safeguarding", hint="Say how.")
publish_version(draft, now=WHILE_OPEN)            # everybody is told
"""

from datetime import datetime, timedelta
from typing import Any

from portal.access import Viewer
from portal.rounds import actions, actions_versions, parts_edit
from portal.rounds.models import Round
from portal.rounds.models_versions import RoundVersion
from tests.factories.rounds import WHILE_OPEN, an_officer

LATER = WHILE_OPEN + timedelta(days=1)
REVISED = "2027/S 000-009999"


def a_version(bid_round: Round, *, by: Viewer | None = None, now: datetime = LATER) -> Round:
    """A version that is being prepared, in which nothing differs yet."""
    actor = by or an_officer(bid_round.lead_council.slug)
    return actions_versions.prepare(bid_round, actor=actor, now=now)


def reword(draft: Round, key: str, *, now: datetime = LATER, **words: Any) -> None:
    """Other words for a question, in a draft or a version."""
    body = parts_edit.reworded(draft.question_set.body, key, **words)
    officer = an_officer(draft.lead_council.slug)
    actions.change_content(draft, "question_set", body, actor=officer, now=now)


def publish_version(
    draft: Round,
    reason: str = "A bidder asked, and the words were not clear.",
    *,
    by: Viewer | None = None,
    now: datetime = LATER,
) -> RoundVersion:
    """Publish it, with a revised notice where the law of the round wants one."""
    notice = (REVISED, now - timedelta(hours=1)) if draft.regime.needs_notice else ("", None)
    actor = by or an_officer(draft.lead_council.slug)
    return actions_versions.publish(draft, reason, *notice, actor=actor, now=now)
