"""Setting a panel: who takes part, and who scores with whom."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from portal import audit, mail
from portal.access import Role, Viewer
from portal.audit import Event
from portal.db import db
from portal.evaluation import policy, queries
from portal.evaluation.actions_start import give_sheets
from portal.evaluation.models import (
    PanelMember,
    Part,
    Score,
    Scorer,
    ScorerPerson,
    Sheet,
)
from portal.mail import Message
from portal.people.models import Consent, Membership, Person
from portal.rounds.models import Round
from scoring.rules import RuleBroken
from scoring.stages import RoundStage
from scoring.terms import Panel

ROLE_FOR = {
    Part.EVALUATOR: Role.EVALUATOR,
    Part.YOUNG_COMMISSIONER: Role.YOUNG_COMMISSIONER,
    Part.MODERATOR: Role.MODERATOR,
    Part.SUPPORTER: Role.PARTICIPATION_OFFICER,
    Part.APPROVER: Role.APPROVER,
}


def add_member(
    bid_round: Round, person: Person, part: Part, *, actor: Viewer, now: datetime
) -> PanelMember:
    """Put somebody on the panel of a round. An evaluator gets sheets of their own.

    Raises:
        RuleBroken: `panel:wrong-role`, `panel:both-scoring-and-approving`, `panel:no-consent`,
            `panel:already-there`, or the policy's refusal.
    """
    policy.may_manage_panel(actor, bid_round).or_refuse("panel:not-allowed")
    queries.hold(bid_round, shared=True)
    _refuse_wrong_role(bid_round, person, part)
    _refuse_second_part(bid_round, person, part)
    member = PanelMember(round_id=bid_round.id, person_id=person.id, part=part, joined_at=now)
    db.session.add(member)
    db.session.flush()
    audit.record(
        Event.PANEL_CHANGED, bid_round, actor=actor, now=now, person=person.ref, part=part.value
    )
    mail.write(Message.PANEL_JOINED, [person], now=now, about=bid_round.ref, title=bid_round.title)
    if part is Part.EVALUATOR:
        label = _free_label(bid_round, person.name)
        make_scorer(bid_round, Panel.OFFICERS, [person], label, actor=actor, now=now)
    return member


def _free_label(bid_round: Round, name: str) -> str:
    """Two people of one name are told apart by a number."""
    taken = {scorer.label.casefold() for scorer in queries.scorers(bid_round)}
    tries = [name, *(f"{name[:110]} ({number})" for number in range(2, len(taken) + 3))]
    return next(label for label in tries if label.casefold() not in taken)


def _refuse_wrong_role(bid_round: Round, person: Person, part: Part) -> None:
    role = ROLE_FOR[part]
    held = db.session.scalar(
        select(Membership.id).where(
            Membership.person_id == person.id,
            Membership.role == role,
            Membership.organisation_id.in_(bid_round.council_ids),
        )
    )
    if held is None or not person.active:
        raise RuleBroken(
            "panel:wrong-role",
            f"{person.name} does not hold the role “{role.title}” at a council of this round.",
            "person",
        )
    if part is Part.YOUNG_COMMISSIONER and not _has_consent(person):
        raise RuleBroken(
            "panel:no-consent", f"There is no consent on record for {person.name}.", "person"
        )


def _has_consent(person: Person) -> bool:
    wanted = select(Consent.id).where(
        Consent.person_id == person.id, Consent.withdrawn_at.is_(None)
    )
    return db.session.scalar(wanted) is not None


def _refuse_second_part(bid_round: Round, person: Person, part: Part) -> None:
    parts = set(
        db.session.scalars(
            select(PanelMember.part).where(
                PanelMember.round_id == bid_round.id, PanelMember.person_id == person.id
            )
        )
    )
    if part in parts:
        raise RuleBroken("panel:already-there", f"{person.name} is on the panel already.", "person")
    both = parts | {part}
    if Part.APPROVER in both and both & (policy.SCORING_PARTS | {Part.MODERATOR}):
        raise RuleBroken(
            "panel:both-scoring-and-approving",
            f"{person.name} cannot both score or moderate and approve the same round.",
            "person",
        )


def make_scorer(
    bid_round: Round,
    panel: Panel,
    people: Sequence[Person],
    label: str,
    *,
    actor: Viewer,
    now: datetime,
) -> Scorer:
    """Make somebody who fills sheets: one evaluator, or a pair of Young Commissioners.

    Raises:
        RuleBroken: `scorer:not-a-pair`, `scorer:not-on-panel`, `scorer:in-another-pair`,
            `scorer:label-twice`.
    """
    policy.may_manage_panel(actor, bid_round).or_refuse("panel:not-allowed")
    queries.hold(bid_round, shared=True)
    _refuse_wrong_people(bid_round, panel, people, label)
    scorer = Scorer(round_id=bid_round.id, panel=panel, label=label.strip())
    scorer.people = [ScorerPerson(person_id=person.id) for person in people]
    db.session.add(scorer)
    db.session.flush()
    audit.record(
        Event.PANEL_CHANGED,
        bid_round,
        actor=actor,
        now=now,
        scorer=scorer.ref,
        panel=panel.value,
        people=[person.ref for person in people],
    )
    if bid_round.stage is RoundStage.EVALUATION:
        give_sheets(bid_round, [scorer])
    return scorer


def _refuse_wrong_people(
    bid_round: Round, panel: Panel, people: Sequence[Person], label: str
) -> None:
    part = Part.EVALUATOR if panel is Panel.OFFICERS else Part.YOUNG_COMMISSIONER
    wanted = 1 if panel is Panel.OFFICERS else 2
    if len({person.id for person in people}) != wanted:
        raise RuleBroken("scorer:not-a-pair", "A pair is two different people.", "people")
    if not label.strip():
        raise RuleBroken("scorer:label-missing", "Give the pair a name, such as “Pair 1”.", "label")
    everybody = queries.members(bid_round)
    on_panel = {member.person_id for member in everybody if member.part is part}
    if any(person.id not in on_panel for person in people):
        raise RuleBroken("scorer:not-on-panel", "Both must be on the panel first.", "people")
    existing = queries.scorers(bid_round)
    taken = {one.person_id for scorer in existing for one in scorer.people}
    if any(person.id in taken for person in people):
        raise RuleBroken("scorer:in-another-pair", "Somebody here is in a pair already.", "people")
    if label.strip().casefold() in {scorer.label.casefold() for scorer in existing}:
        raise RuleBroken("scorer:label-twice", "Choose another name: this one is taken.", "label")


def remove_member(member: PanelMember, *, actor: Viewer, now: datetime) -> None:
    """Take somebody off the panel, while nothing of theirs would be lost.

    Raises:
        RuleBroken: `panel:has-scored`, when they or their pair saved a score.
    """
    bid_round = member.round
    policy.may_manage_panel(actor, bid_round).or_refuse("panel:not-allowed")
    if member.part in policy.SCORING_PARTS:
        _remove_scorers_of(member)
    db.session.delete(member)
    db.session.flush()
    audit.record(
        Event.PANEL_CHANGED,
        bid_round,
        actor=actor,
        now=now,
        person=member.person.ref,
        removed=member.part.value,
    )


def _remove_scorers_of(member: PanelMember) -> None:
    for scorer in queries.scorers(member.round):
        if member.person_id in {one.person_id for one in scorer.people}:
            _remove(scorer)


def remove_scorer(scorer: Scorer, *, actor: Viewer, now: datetime) -> None:
    """Part a pair again, while nothing of theirs would be lost; both stay on the panel.

    Raises:
        RuleBroken: `panel:has-scored`, when they saved a score; or the policy's refusal.
    """
    bid_round = scorer.round
    policy.may_manage_panel(actor, bid_round).or_refuse("panel:not-allowed")
    _remove(scorer)
    audit.record(
        Event.PANEL_CHANGED, bid_round, actor=actor, now=now, scorer=scorer.ref, removed="scorer"
    )


def _remove(scorer: Scorer) -> None:
    sheets = db.session.scalars(
        select(Sheet).where(Sheet.scorer_id == scorer.id).with_for_update()
    ).all()
    if _anything_scored(sheets):
        raise RuleBroken(
            "panel:has-scored",
            f"{scorer.label} has scored already. What was scored is kept, so they stay.",
        )
    for row in [*sheets, *scorer.people, scorer]:
        db.session.delete(row)
    db.session.flush()


def _anything_scored(sheets: Sequence[Sheet]) -> bool:
    scored = select(Score.id).where(Score.sheet_id.in_([sheet.id for sheet in sheets])).limit(1)
    return db.session.scalar(scored) is not None
