"""What this room knows of a provider by day: what was asked of it, and what became of that."""

from collections.abc import Iterator

from flask import url_for

from portal.access import Viewer
from portal.followups import queries
from portal.followups.words import KINDS, STAGES, source_words
from portal.providers.models import Provider
from portal.web import Evidence, date_text
from scoring.stages import FollowUpStage

KIND = "Follow-up"


def card(provider: Provider, viewer: Viewer) -> Iterator[Evidence]:
    """Each recommendation and action on the day it was raised, with where it stands."""
    for one in queries.of_provider(provider.id, viewer):
        where = source_words(one.source_kind, one.source_label)
        yield Evidence(
            one.raised_at.date(),
            KIND,
            f"{KINDS[one.kind]}: {STAGES[one.stage].lower()}, due {date_text(one.due_on)}",
            f"{one.text} ({where})",
            url_for("followups.show", ref=one.ref),
            "good" if one.stage is FollowUpStage.CLOSED else "care",
        )
