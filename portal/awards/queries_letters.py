"""Letters of a round as they are looked through: narrowed, in pages, each with its neighbours."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, defer, joinedload

from portal import paging
from portal.access import Viewer
from portal.applications.models import Application
from portal.awards.models import Letter, LetterLook, LetterOutcome
from portal.db import db
from portal.people.models import Organisation
from portal.rounds.models import Round

LOOKED, NOT_LOOKED = "looked-at", "not-yet"
NAME = func.lower(Organisation.name)
SORTING = paging.Sorting({"provider": NAME}, default="provider", unique=Letter.ref)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list of letters is narrowed to, as its address says."""

    words: str = ""
    outcome: LetterOutcome | None = None
    looked: str = ""

    @classmethod
    def of(cls, args: Mapping[str, str]) -> "Wanted":
        """Read an address; what is not known narrows nothing."""
        outcome, looked = args.get("outcome", ""), args.get("looked", "")
        return cls(
            words=args.get("words", "").strip(),
            outcome=LetterOutcome(outcome) if outcome in list(LetterOutcome) else None,
            looked=looked if looked in {LOOKED, NOT_LOOKED} else "",
        )

    @property
    def address(self) -> dict[str, str]:
        """The same as values of an address."""
        told = {"words": self.words, "outcome": self.outcome or "", "looked": self.looked}
        return {name: str(value) for name, value in told.items() if value}


def _letters(round_id: int, viewer: Viewer, wanted: Wanted) -> Select[Any]:
    mine = select(LetterLook.letter_id).where(LetterLook.person_id == viewer.person_id)
    found = (
        select(Letter)
        .join(Letter.application)
        .join(Application.provider)
        .where(Application.round_id == round_id)
    )
    for word in wanted.words.lower().split():
        found = found.where(NAME.contains(word, autoescape=True))
    if wanted.outcome is not None:
        found = found.where(Letter.outcome == wanted.outcome)
    if wanted.looked == LOOKED:
        found = found.where(Letter.id.in_(mine))
    if wanted.looked == NOT_LOOKED:
        found = found.where(Letter.id.not_in(mine))
    return found


def letters_page(
    bid_round: Round, viewer: Viewer, wanted: Wanted, cursor: str | None
) -> tuple[paging.Page[tuple[Letter, bool]], int]:
    """A page of letters by provider, each with whether the viewer looked at it; how many fit."""
    found = _letters(bid_round.id, viewer, wanted)
    eager = found.options(
        contains_eager(Letter.application).contains_eager(Application.provider),
        joinedload(Letter.file),
        defer(Letter.content),
    )
    mine = (
        select(LetterLook.id)
        .where(LetterLook.letter_id == Letter.id, LetterLook.person_id == viewer.person_id)
        .exists()
    )
    page = paging.paginate(db.session, eager.add_columns(mine), SORTING, cursor=cursor)
    return page, paging.count(db.session, found)


@dataclass(frozen=True, slots=True)
class Beside:
    """A letter's neighbours in the list that it was come to from."""

    number: int
    total: int
    previous_ref: str | None
    next_ref: str | None
    looked: bool


def neighbours(letter: Letter, viewer: Viewer, wanted: Wanted) -> Beside:
    """Where a letter stands among those that are looked through. Two statements."""
    listed = _letters(letter.application.round_id, viewer, wanted).with_only_columns(Letter.id)
    refs = db.session.scalars(
        select(Letter.ref)
        .join(Letter.application)
        .join(Application.provider)
        .where(or_(Letter.id.in_(listed), Letter.id == letter.id))
        .order_by(NAME, Letter.ref)
    ).all()
    at = refs.index(letter.ref)
    looked = db.session.scalar(
        select(LetterLook.id).where(
            LetterLook.letter_id == letter.id, LetterLook.person_id == viewer.person_id
        )
    )
    return Beside(
        number=at + 1,
        total=len(refs),
        previous_ref=refs[at - 1] if at else None,
        next_ref=refs[at + 1] if at + 1 < len(refs) else None,
        looked=looked is not None,
    )
