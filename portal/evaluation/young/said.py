"""What the scores of Young Commissioners changed, told to each of them once a round is concluded."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.access import Viewer
from portal.applications.models import Application
from portal.days import LONDON
from portal.db import db
from portal.evaluation.bids import name_of
from portal.evaluation.models import (
    Consensus,
    PanelMember,
    Part,
    Result,
    Scorer,
    ScorerPerson,
    Sheet,
)
from portal.evaluation.moderation.models import PanelMeeting
from portal.people.models import Person
from portal.rounds.models import Round
from portal.web import Said, TookPart
from scoring.canonical import read_fraction
from scoring.stages import RoundStage, SheetStage
from scoring.terms import Panel


def said(viewer: Viewer) -> Iterator[Said]:
    """The concluded rounds in which this young person's pair scored, the newest first.

    Four statements, however many rounds there are.
    """
    if viewer.person_id is None:
        return
    scored = _scored(viewer.person_id)
    ids = [one.id for one in scored]
    agreed, results = _agreed(ids), _results(ids)
    by_round: dict[int, list[Application]] = {}
    for application in scored:
        by_round.setdefault(application.round_id, []).append(application)
    found = [_of_round(viewer, applications, agreed, results) for applications in by_round.values()]
    yield from sorted(found, key=lambda one: one.on, reverse=True)


def _scored(person_id: int) -> list[Application]:
    own = select(ScorerPerson.scorer_id).where(ScorerPerson.person_id == person_id)
    sheets = (
        select(Sheet.application_id)
        .join(Scorer, Scorer.id == Sheet.scorer_id)
        .where(
            Scorer.panel == Panel.YOUNG,
            Scorer.id.in_(own),
            Sheet.stage == SheetStage.SUBMITTED,
            Sheet.set_aside_at.is_(None),
        )
    )
    return list(
        db.session.scalars(
            select(Application)
            .join(Application.round)
            .where(Application.id.in_(sheets), Round.stage == RoundStage.CONCLUDED)
            .options(joinedload(Application.round), joinedload(Application.provider))
            .order_by(Application.id)
        )
    )


def _agreed(ids: Iterable[int]) -> dict[int, list[Consensus]]:
    wanted = select(Consensus).where(
        Consensus.application_id.in_(list(ids)), Consensus.panel == Panel.YOUNG
    )
    found: dict[int, list[Consensus]] = {}
    for one in db.session.scalars(wanted.order_by(Consensus.id)):
        found.setdefault(one.application_id, []).append(one)
    return found


def _results(ids: Iterable[int]) -> dict[int, list[Result]]:
    wanted = select(Result).where(Result.application_id.in_(list(ids)), Result.stands.is_(True))
    found: dict[int, list[Result]] = {}
    for one in db.session.scalars(wanted.order_by(Result.id)):
        found.setdefault(one.application_id, []).append(one)
    return found


def _of_round(
    viewer: Viewer,
    applications: list[Application],
    agreed: Mapping[int, list[Consensus]],
    results: Mapping[int, list[Result]],
) -> Said:
    bid_round = applications[0].round
    everything = [one for bid in applications for one in results.get(bid.id, [])]
    you_said, we_did = [], [_weight(everything)]
    for bid in applications:
        name = name_of(viewer, bid)
        scores = [str(one.value) for one in agreed.get(bid.id, [])]
        if scores:
            you_said.append(f"{name}: you gave {_listed(scores)}.")
        we_did.append(_outcome(name, results.get(bid.id, [])))
    decided = [one.computed_at for one in everything] or [bid_round.created_at]
    return Said(
        _day(max(decided)), bid_round.title, tuple(you_said), tuple(line for line in we_did if line)
    )


def _listed(scores: list[str]) -> str:
    """Numbers as they are read aloud: "3, 4 and 5"."""
    *most, last = scores
    return f"{', '.join(most)} and {last}" if most else last


def _weight(results: Iterable[Result]) -> str:
    """How much the young people's scores counted: "Your scores counted for 30 of 100 points"."""
    for one in results:
        parts, price = one.content.get("criteria", []), one.content.get("price", {})
        if price is None:
            continue  # it did not come so far: it does not tell what price was worth
        whole = sum(read_fraction(part["available"]) for part in [*parts, price] if part)
        young = sum(read_fraction(part["available"]) for part in _young(one))
        if young and whole:
            return f"Your scores counted for {young * 100 // whole} of 100 points."
    return ""


def _outcome(name: str, results: list[Result]) -> str:
    """What became of one of them, and whether it hung on the young people's scores."""
    if not results:
        return f"{name} did not get to the end."
    if any(one.admitted for one in results):
        return f"{name} is on the list. Young people can live there now."
    if any(not part["meets_minimum"] for one in results for part in _young(one)):
        return f"{name} is not on the list. Your scores were too low for it to get in."
    return f"{name} is not on the list."


def _young(result: Result) -> list[dict[str, Any]]:
    criteria = result.content.get("criteria", [])
    return [part for part in criteria if part.get("panel") == Panel.YOUNG.value]


def _day(moment: datetime) -> date:
    return moment.astimezone(LONDON).date()


def took_part(person_id: int) -> Iterator[TookPart]:
    """What somebody did for the young people's panel of each round: scored, and met. Two statements."""
    yield from _handed_in(person_id)
    yield from _met(person_id)


def _met(person_id: int) -> Iterator[TookPart]:
    """The rounds for which somebody came to the young people's meetings."""
    rows = db.session.execute(
        select(Round.title, PanelMeeting, Person.ref)
        .join(PanelMeeting, PanelMeeting.round_id == Round.id)
        .join(PanelMember, PanelMember.round_id == Round.id)
        .join(Person, Person.id == PanelMember.person_id)
        .where(
            PanelMeeting.panel == Panel.YOUNG,
            PanelMember.person_id == person_id,
            PanelMember.part == Part.YOUNG_COMMISSIONER,
        )
        .order_by(PanelMeeting.opened_at)
    )
    came: dict[str, list[datetime]] = {}
    for title, meeting, ref in rows:
        if ref in meeting.ever_present:
            came.setdefault(title, []).append(meeting.opened_at)
    for title, times in came.items():
        often = "once" if len(times) == 1 else f"{len(times)} times"
        what = f"Met the other Young Commissioners {often} to agree scores for “{title}”"
        yield TookPart(_day(times[-1]), what)


def _handed_in(person_id: int) -> Iterator[TookPart]:
    """The rounds in which somebody handed in scores."""
    rows = db.session.execute(
        select(Round.title, func.max(Sheet.submitted_at), func.count(Sheet.id))
        .join(Application, Application.round_id == Round.id)
        .join(Sheet, Sheet.application_id == Application.id)
        .join(Scorer, Scorer.id == Sheet.scorer_id)
        .join(ScorerPerson, ScorerPerson.scorer_id == Scorer.id)
        .where(
            ScorerPerson.person_id == person_id,
            Scorer.panel == Panel.YOUNG,
            Sheet.stage == SheetStage.SUBMITTED,
        )
        .group_by(Round.id, Round.title)
    )
    for title, last, number in rows:
        answers = "1 organisation" if number == 1 else f"{number} organisations"
        what = f"Scored the answers of {answers}, in a pair, for “{title}”"
        yield TookPart(_day(_aware(last)), what)


def _aware(moment: datetime) -> datetime:
    """What SQLite adds up has lost its zone: it is UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
