"""What this room hands up to the house."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import url_for

from portal.access import Viewer
from portal.awards import (  # noqa: F401  their pages, and what is taken back
    policy,
    queries,
    taking_back,
    views_letters,
    views_notices,
    views_standstill,
)
from portal.awards.card import card
from portal.awards.models import Recommendation
from portal.awards.queries import OpenAward
from portal.awards.views import bp
from portal.people.models import Council
from portal.web import Due, Room

NEW_FOR = timedelta(days=14)  # a letter is news for a fortnight


def due(viewer: Viewer, now: datetime) -> Iterable[Due]:
    """What waits for whoever recommends, decides, releases or concludes; and new letters."""
    for award in queries.open_awards(viewer, now):
        for words, address in _waiting(viewer, award):
            yield Due(words, address, note=award.round.title, tag="Award")
    for letter in queries.letters_for_provider(viewer):
        if letter.released_at is not None and letter.released_at >= now - NEW_FOR:
            yield Due(
                "Your assessment summary is here",
                url_for("awards.letter", ref=letter.ref),
                note=letter.application.round.title,
                tag="Letter",
            )


def _waiting(viewer: Viewer, award: OpenAward) -> Iterable[tuple[str, str]]:
    """What this person can do with an award now, and where."""
    bid_round, ref = award.round, award.round.ref
    may_recommend = policy.may_recommend(viewer, bid_round, award.open_matters)
    if policy.may_recommend(viewer, bid_round) and not may_recommend:
        yield may_recommend.reason, url_for("evaluation.decisions_page", ref=ref)
    if may_recommend:
        came_back = award.recommendation is not None  # or it would not be to recommend
        words = "An award was returned: recommend it anew" if came_back else "Recommend the award"
        yield words, url_for("awards.recommend", ref=ref)
    if award.recommendation is not None:
        for council in _to_decide_for(viewer, award, award.recommendation):
            address = url_for("awards.decide", ref=award.recommendation.ref, slug=council.slug)
            yield f"Decide on an award for {council.name}", address
    if policy.may_release(viewer, bid_round, award.waiting.letters):
        yield "Release the letters", url_for("awards.release", ref=ref)
    if policy.may_enter_notice(viewer, bid_round, award.waiting):
        yield "Enter the award notice", url_for("awards.notice", ref=ref)
    if policy.may_conclude(viewer, bid_round, award.waiting):
        yield "Conclude the round", url_for("awards.conclude", ref=ref)


def _to_decide_for(
    viewer: Viewer, award: OpenAward, recommendation: Recommendation
) -> Iterable[Council]:
    """The councils whose part this person may decide."""
    for part in award.round.councils:
        if policy.may_decide(
            viewer,
            recommendation,
            part.council_id,
            took_part=award.took_part,
            interested=award.interested,
        ):
            yield part.council


room = Room(
    blueprint=bp,
    due=due,
    card=card,
)
