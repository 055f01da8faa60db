"""What this room knows of a provider by day: what its bids scored in each lot, once it was told."""

from collections.abc import Collection, Iterator
from typing import Any

from flask import url_for
from sqlalchemy import Row, select
from sqlalchemy.orm import contains_eager, defer

from portal.access import Permission, Viewer
from portal.applications.models import Application
from portal.awards.letter_words import SHORT_LIST, SHORT_TENDER
from portal.awards.models import Letter
from portal.days import LONDON
from portal.db import db
from portal.evaluation import policy
from portal.evaluation.asked import scheme_of
from portal.evaluation.models import Result
from portal.evaluation.panels.queries import standing
from portal.evaluation.results.words import points_text
from portal.providers.models import Provider
from portal.rounds.models import Round, RoundCouncil, RoundLot
from portal.web import Evidence
from scoring.canonical import read_fraction
from scoring.rounding import printed

KIND = "Score"


def card(provider: Provider, viewer: Viewer) -> Iterator[Evidence]:
    """Points and outcome of each lot, on the day of the letter, for who may read that award's results.

    Nothing before the letter went out: the provider reads it first. A bid in which the viewer
    declared an interest is left out, as on the pages of results.
    """
    if not viewer.may(Permission.RESULT_READ):
        return
    letters = {one.application_id: one for one in _letters(provider) if _may_read(viewer, one)}
    for row in _results(letters):
        yield _score(letters[row.application_id], row)


def _may_read(viewer: Viewer, letter: Letter) -> bool:
    bid_round = letter.application.round
    if not policy.may_read_results(viewer, bid_round):
        return False
    return letter.application_id not in standing(viewer, bid_round).closed


def _letters(provider: Provider) -> list[Letter]:
    """The letters that this provider was sent."""
    rounds = contains_eager(Letter.application).joinedload(Application.round)
    sent = (
        select(Letter)
        .join(Letter.application)
        .where(Application.provider_id == provider.id, Letter.released_at.is_not(None))
        .options(
            defer(Letter.content),  # tens of kilobytes each
            rounds.joinedload(Round.scheme),
            rounds.selectinload(Round.councils).joinedload(RoundCouncil.council),
        )
    )
    return list(db.session.scalars(sent))


def _results(application_ids: Collection[int]) -> list[Row[Any]]:
    """What stands for these bids, in few words. One statement."""
    if not application_ids:
        return []
    wanted = (
        select(
            Result.application_id,
            RoundLot.code,
            RoundLot.title,
            Result.council,
            Result.rank,
            Result.total,
            Result.admitted,
        )
        .join(Result.round_lot)
        .where(Result.application_id.in_(application_ids), Result.stands)
        .order_by(RoundLot.position, Result.council)
    )
    return list(db.session.execute(wanted))


def _score(letter: Letter, row: Row[Any]) -> Evidence:
    bid, bid_round = letter.application, letter.application.round
    assert letter.released_at is not None  # noqa: S101  only those were asked for
    scheme = scheme_of(bid_round)
    outcome = (SHORT_TENDER if scheme.ranked else SHORT_LIST)[
        "admitted" if row.admitted else "not-admitted"
    ]
    place = "" if row.rank is None else f", place {row.rank}"
    points = printed(read_fraction(row.total), scheme.decimals)
    whole = points_text(scheme.total_points, scheme)
    names = {part.council.slug: part.council.name for part in bid_round.councils}
    where = f"{row.title}, {names[row.council]}" if row.council else row.title
    return Evidence(
        letter.released_at.astimezone(LONDON).date(),
        KIND,
        f"Lot {row.code}: {points} of {whole} points{place}. {outcome}",
        f"{where} ({bid_round.title})",
        url_for(
            "evaluation.working",
            ref=bid_round.ref,
            lot=row.code,
            bid=bid.ref,
            council=row.council or None,
        ),
        "good" if row.admitted else "",
    )
