"""Panels: who is on one, who scores together, what they declared, and what that closes."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from flask import has_request_context
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    String,
    bindparam,
    literal_column,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal.access import Role, Viewer
from portal.applications.models import Application
from portal.db import db
from portal.evaluation import policy
from portal.evaluation.models import (
    ConflictDeclaration,
    Interest,
    PanelMember,
    Part,
    Scorer,
    ScorerPerson,
    Sheet,
)
from portal.evaluation.policy import Standing
from portal.evaluation.remembered import remembered
from portal.people.models import Consent, Membership, Person
from portal.rounds import queries as rounds
from portal.rounds.models import Round

Reading: TypeAlias = CompoundSelect[tuple[str, int, int, str]]
CONTENT = (Round.question_set, Round.scheme, Round.officer_scale, Round.young_scale)
"""What a round is scored by; read with it."""


def standing(viewer: Viewer, bid_round: Round) -> Standing:
    """What the viewer is in a round, and which bids are closed to them. One statement.

    A part counts as long as its holder still has the role behind it.
    """
    if viewer.person_id is None:
        return Standing()
    mine = ("standing", bid_round.id, viewer)
    return remembered(mine, lambda: _read_standing(viewer, bid_round, _STANDING))


def standing_in_brief(viewer: Viewer, bid_round: Round) -> Standing:
    """The same without declarations of no interest, of which there are hundreds.

    For pages of one sheet: what is closed to the reader is whole, `declared` is not.
    """
    if viewer.person_id is None:
        return Standing()
    mine = ("standing in brief", bid_round.id, viewer)
    return remembered(mine, lambda: _read_standing(viewer, bid_round, _BRIEF))


def _read_standing(viewer: Viewer, bid_round: Round, wanted: Reading) -> Standing:
    where = {"round": bid_round.id, "person": viewer.person_id}
    parts, scorers_, closed = set[Part](), set[int](), set[int]()
    declared: dict[int, Interest] = {}
    # one pass over plain tuples: there is a row for each of hundreds of bids
    for kind, person, thing, word in db.session.execute(wanted, where).all():
        if kind == "declaration":
            interest = _INTERESTS[word]
            if person == viewer.person_id:
                declared[thing] = interest
            if interest is not Interest.NONE:
                closed.add(thing)
        elif kind == "part":
            parts.add(Part(word))
        else:
            scorers_.add(thing)
    parts = {part for part in parts if viewer.may(policy.PERMISSION_FOR[part])}
    return Standing(
        parts=frozenset(parts),
        scorer_ids=frozenset(scorers_) if parts & policy.SCORING_PARTS else frozenset(),
        declared=declared,
        closed=frozenset(closed),
    )


_INTERESTS = {one.value: one for one in Interest}


def _standing(*declarations: ColumnElement[bool]) -> Reading:
    """The parts, the scorers and all that was declared by somebody and by who scores with them.

    Args:
        declarations: only those of them.
    """
    round_id, person_id = bindparam("round", type_=Integer), bindparam("person", type_=Integer)
    mine = (
        select(ScorerPerson.scorer_id)
        .join(ScorerPerson.scorer)
        .where(Scorer.round_id == round_id, ScorerPerson.person_id == person_id)
    )
    team = select(ScorerPerson.person_id).where(ScorerPerson.scorer_id.in_(mine))
    nothing = literal_column("0", Integer)

    def rows(kind: str, person: Any, thing: Any, word: Any) -> Select[tuple[str, int, int, str]]:
        return select(
            literal_column(f"'{kind}'", String).label("kind"),
            person.label("person"),
            thing.label("thing"),
            type_coerce(word, String).label("word"),
        )

    return union_all(
        rows("part", PanelMember.person_id, nothing, PanelMember.part).where(
            PanelMember.round_id == round_id, PanelMember.person_id == person_id
        ),
        rows("scorer", ScorerPerson.person_id, ScorerPerson.scorer_id, literal_column("''")).where(
            ScorerPerson.scorer_id.in_(mine), ScorerPerson.person_id == person_id
        ),
        rows(
            "declaration",
            ConflictDeclaration.person_id,
            ConflictDeclaration.application_id,
            ConflictDeclaration.interest,
        ).where(
            ConflictDeclaration.round_id == round_id,
            or_(
                ConflictDeclaration.person_id == person_id, ConflictDeclaration.person_id.in_(team)
            ),
            *declarations,
        ),
    )


_STANDING = _standing()  # put together once: every page and act of the evaluation asks it
_BRIEF = _standing(ConflictDeclaration.interest != Interest.NONE)


def members(bid_round: Round) -> Sequence[PanelMember]:
    """The panel, by part and name."""
    found = db.session.scalars(
        select(PanelMember)
        .where(PanelMember.round_id == bid_round.id)
        .options(joinedload(PanelMember.person))
    ).all()
    order = list(Part)
    return sorted(
        found, key=lambda member: (order.index(member.part), member.person.name.casefold())
    )


def member(bid_round: Round, person_ref: str, part: Part) -> PanelMember | None:
    """Somebody's part on the panel of this round."""
    return db.session.scalar(
        select(PanelMember)
        .join(PanelMember.person)
        .where(
            PanelMember.round_id == bid_round.id, Person.ref == person_ref, PanelMember.part == part
        )
        .options(contains_eager(PanelMember.person), joinedload(PanelMember.round))
    )


def scorers(bid_round: Round) -> Sequence[Scorer]:
    """Who fills sheets: persons and pairs."""
    return db.session.scalars(
        select(Scorer)
        .where(Scorer.round_id == bid_round.id)
        .options(selectinload(Scorer.people).joinedload(ScorerPerson.person))
        .order_by(Scorer.panel, Scorer.label)
    ).all()


def scorer(ref: str, bid_round: Round) -> Scorer | None:
    """One scorer of this round."""
    return db.session.scalar(
        select(Scorer)
        .where(Scorer.ref == ref, Scorer.round_id == bid_round.id)
        .options(joinedload(Scorer.round), selectinload(Scorer.people))
    )


def declarations(bid_round: Round) -> Sequence[ConflictDeclaration]:
    """Everything that was declared in a round."""
    return db.session.scalars(
        select(ConflictDeclaration)
        .where(ConflictDeclaration.round_id == bid_round.id)
        .options(joinedload(ConflictDeclaration.person))
        .order_by(ConflictDeclaration.id)
    ).all()


def interests_in(bid_round: Round, bid: Application | None = None) -> Sequence[ConflictDeclaration]:
    """The interests that were declared in a round, or in one bid: few among many declarations."""
    wanted = select(ConflictDeclaration).where(
        ConflictDeclaration.round_id == bid_round.id, ConflictDeclaration.interest != Interest.NONE
    )
    if bid is not None:
        wanted = wanted.where(ConflictDeclaration.application_id == bid.id)
    return db.session.scalars(wanted.options(joinedload(ConflictDeclaration.person))).all()


def conflicted(declared: Iterable[ConflictDeclaration]) -> set[tuple[int, int]]:
    """(person, bid) where an interest was declared."""
    return {
        (one.person_id, one.application_id) for one in declared if one.interest is not Interest.NONE
    }


def kept_out(bid_round: Round, bid: Application | None = None) -> dict[tuple[int, int], Person]:
    """(person, bid) that an interest closes: to who declared it, and to who scores with them."""
    found = interests_in(bid_round, bid)
    return kept_out_among(scorers(bid_round), found) if found else {}


def kept_out_among(
    everybody: Sequence[Scorer], declared: Sequence[ConflictDeclaration]
) -> dict[tuple[int, int], Person]:
    """The same, where scorers and declarations were read before."""
    out = {
        (one.person_id, one.application_id): one.person
        for one in declared
        if one.interest is not Interest.NONE
    }
    for scorer_id, application_id in closed_sheets(everybody, declared):
        for scorer_ in everybody:
            if scorer_.id == scorer_id:
                out |= {(one.person_id, application_id): one.person for one in scorer_.people}
    return out


def closed_sheets(
    all_scorers: Sequence[Scorer], declared: Iterable[ConflictDeclaration]
) -> set[tuple[int, int]]:
    """(scorer, bid) that a declared interest of any member closes."""
    closed = conflicted(declared)
    return {
        (scorer.id, application_id)
        for scorer in all_scorers
        for person in scorer.people
        for person_id, application_id in closed
        if person.person_id == person_id
    }


def closed_by_interest() -> ColumnElement[bool]:
    """SQL: somebody behind the sheet's scorer declared an interest in the sheet's bid."""
    return (
        select(ConflictDeclaration.id)
        .join(ScorerPerson, ScorerPerson.person_id == ConflictDeclaration.person_id)
        .where(
            ScorerPerson.scorer_id == Sheet.scorer_id,
            ConflictDeclaration.application_id == Sheet.application_id,
            ConflictDeclaration.interest != Interest.NONE,
        )
        .correlate(Sheet)
        .exists()
    )


def counts() -> ColumnElement[bool]:
    """SQL: the sheet is still its scorer's, and no interest closes it."""
    return Sheet.set_aside_at.is_(None) & ~closed_by_interest()


def people_for(bid_round: Round, role: Role) -> Sequence[Person]:
    """Who may be asked onto a panel: people with that role at a council of the round.

    Young Commissioners only with a consent on record.
    """
    held = select(Membership.person_id).where(
        Membership.role == role, Membership.organisation_id.in_(bid_round.council_ids)
    )
    wanted = select(Person).where(Person.active.is_(True), Person.id.in_(held))
    if role is Role.YOUNG_COMMISSIONER:
        consented = select(Consent.person_id).where(Consent.withdrawn_at.is_(None))
        wanted = wanted.where(Person.id.in_(consented))
    return db.session.scalars(wanted.order_by(Person.name, Person.id)).all()


def council_round(ref: str, viewer: Viewer) -> Round:
    """A round of one of the viewer's councils.

    Raises:
        NotFound: there is none, or their councils do not take part.
    """
    return rounds.own_round(ref, viewer)


def panel_round(ref: str, viewer: Viewer) -> Round | None:
    """A round on whose panel the viewer is; nothing for anybody else."""
    return db.session.scalar(_with_content().where(Round.ref == ref, _on_panel(viewer)))


def panel_bid(ref: str, viewer: Viewer) -> Application | None:
    """A bid of a round on whose panel the viewer is; whether it is open to them is the policy's."""
    mine = select(PanelMember.round_id).where(PanelMember.person_id == viewer.person_id)
    return db.session.scalar(
        select(Application)
        .where(Application.ref == ref, Application.round_id.in_(mine))
        .options(
            joinedload(Application.provider),
            joinedload(Application.round).options(*(joinedload(part) for part in CONTENT)),
        )
    )


def hold(bid_round: Round, *, shared: bool = False) -> None:
    """Keep the round's stage as it is until the commit; shared by those who score meanwhile.

    On SQLite a request that writes has held the whole database since before it read the round.
    """
    if db.engine.dialect.name == "sqlite" and has_request_context():
        return
    db.session.refresh(bid_round, ["stage"], with_for_update={"read": True} if shared else True)


def my_rounds(viewer: Viewer, *parts: Part) -> Sequence[Round]:
    """The rounds on whose panel the viewer is (in one of these parts), newest first."""
    if viewer.person_id is None:
        return []
    return (
        db.session.scalars(
            _with_content().where(_on_panel(viewer, *parts)).order_by(Round.deadline_at.desc())
        )
        .unique()
        .all()
    )


def _with_content() -> Select[Round]:
    return select(Round).options(*(joinedload(part) for part in CONTENT))


def _on_panel(viewer: Viewer, *parts: Part) -> ColumnElement[bool]:
    mine = select(PanelMember.round_id).where(PanelMember.person_id == viewer.person_id)
    if parts:
        mine = mine.where(PanelMember.part.in_(parts))
    return Round.id.in_(mine)
