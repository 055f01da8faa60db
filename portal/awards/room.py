"""What this room hands up to the house."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from flask import url_for

from portal.access import Permission, Role, Viewer
from portal.awards import queries
from portal.awards.models import Letter, Recommendation
from portal.awards.views import bp
from portal.web import Due, NavItem, Room
from scoring.stages import RecommendationStage, RoundStage

NEW_FOR = timedelta(days=14)  # a letter is news for a fortnight


def due(viewer: Viewer, now: datetime) -> Iterable[Due]:
    """What waits for whoever recommends, decides, releases or concludes; and new letters."""
    for bid_round, recommendation, letters in queries.open_awards(viewer):
        address = url_for("awards.show", ref=bid_round.ref)
        words = _words(viewer, bid_round.stage, recommendation, letters, bid_round.council_ids)
        if words:
            yield Due(words, address, note=bid_round.title, tag="Award")
    for letter in queries.letters_for_provider(viewer):
        if letter.released_at is None or letter.released_at < now - NEW_FOR:
            continue
        yield Due(
            "Your assessment summary is here",
            url_for("awards.letter", ref=letter.ref),
            note=letter.application.round.title,
            tag="Letter",
        )


def _words(
    viewer: Viewer,
    stage: RoundStage,
    recommendation: Recommendation | None,
    letters: Sequence[Letter],
    council_ids: frozenset[int],
) -> str:
    """What this person can do with an award at this stage, or an empty text."""
    deciding = viewer.councils_as(Role.APPROVER) & council_ids
    if stage is RoundStage.MODERATED and viewer.may(Permission.AWARD_RECOMMEND):
        return "Recommend the award"
    if stage is RoundStage.RECOMMENDED and recommendation is not None:
        decided = {one.council_id for one in recommendation.approvals}
        if recommendation.stage is RecommendationStage.RECOMMENDED and deciding - decided:
            return "A recommendation waits for your decision"
    if stage is RoundStage.APPROVED:
        released = bool(letters) and all(one.released_at for one in letters)
        if released and viewer.may(Permission.AWARD_CONCLUDE):
            return "Conclude the round"
        if not released and deciding:
            return "Release the letters"
    return ""


room = Room(
    blueprint=bp,
    nav=(NavItem("Letters", "awards.letters", Permission.APPLICATION_READ),),
    due=due,
)
