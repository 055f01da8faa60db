"""Setting a panel, starting the evaluation, and declaring interests."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from portal import audit, mail
from portal.access import Role, Viewer
from portal.applications.models import Application
from portal.audit import Event
from portal.db import db
from portal.evaluation import policy, queries
from portal.evaluation.asked import scheme_of
from portal.evaluation.models import (
    ConflictDeclaration,
    Interest,
    PanelMember,
    Part,
    Scorer,
    ScorerPerson,
    Sheet,
)
from portal.mail import Message
from portal.people.models import Consent, Membership, Person
from portal.rounds.models import Round
from scoring.rules import Finding, RuleBroken, refuse_errors
from scoring.stages import ROUND, ApplicationStage, RoundStage, SheetStage, move
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
        make_scorer(bid_round, Panel.OFFICERS, [person], person.name, actor=actor, now=now)
    return member


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
        _give_sheets(bid_round, [scorer])
    return scorer


def _refuse_wrong_people(
    bid_round: Round, panel: Panel, people: Sequence[Person], label: str
) -> None:
    part = Part.EVALUATOR if panel is Panel.OFFICERS else Part.YOUNG_COMMISSIONER
    wanted = 1 if panel is Panel.OFFICERS else 2
    if len({person.id for person in people}) != wanted:
        raise RuleBroken("scorer:not-a-pair", "A pair is two different people.", "people")
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
        if member.person_id not in {one.person_id for one in scorer.people}:
            continue
        sheets = db.session.scalars(select(Sheet).where(Sheet.scorer_id == scorer.id)).all()
        if any(sheet.scores for sheet in sheets):
            raise RuleBroken(
                "panel:has-scored",
                f"{scorer.label} has scored already. What was scored is kept, so they stay.",
            )
        for row in [*sheets, *scorer.people, scorer]:
            db.session.delete(row)


def start_findings(bid_round: Round) -> list[Finding]:
    """What stands in the way of the evaluation, and what the panel should know."""
    found = []
    undecided = db.session.scalars(
        select(Application.id).where(
            Application.round_id == bid_round.id, Application.stage == ApplicationStage.OPENED
        )
    ).all()
    if undecided:
        found.append(
            Finding(
                "evaluation:compliance-open",
                f"The compliance check of {len(undecided)} applications is not finished.",
            )
        )
    if not queries.bids(bid_round):
        found.append(Finding("evaluation:no-bids", "No application passed the compliance check."))
    return found + _panel_findings(bid_round)


def _panel_findings(bid_round: Round) -> list[Finding]:
    parts = [member.part for member in queries.members(bid_round)]
    everybody = queries.scorers(bid_round)
    officers = sum(scorer.panel is Panel.OFFICERS for scorer in everybody)
    pairs = sum(scorer.panel is Panel.YOUNG for scorer in everybody)
    scheme = scheme_of(bid_round)
    found = []
    if Part.MODERATOR not in parts:
        found.append(Finding("evaluation:no-moderator", "The panel has no moderator."))
    if scheme.questions_for(Panel.OFFICERS) and not officers:
        found.append(Finding("evaluation:no-evaluators", "The panel has no evaluators."))
    elif officers < 3:
        found.append(
            Finding(
                "evaluation:few-evaluators",
                "Three evaluators for each question are the published ideal.",
                level="warning",
            )
        )
    if scheme.questions_for(Panel.YOUNG):
        if pairs < scheme.least_pairs:
            found.append(
                Finding(
                    "evaluation:no-pairs",
                    f"The round asks for {scheme.least_pairs} or more pairs of Young Commissioners.",
                )
            )
        if Part.SUPPORTER not in parts:
            found.append(
                Finding("evaluation:no-supporter", "The panel has no Participation Officer.")
            )
    return found


def start_evaluation(bid_round: Round, *, actor: Viewer, now: datetime) -> None:
    """Hand out the sheets: one for each scorer and bid.

    Raises:
        RuleBroken: the first of `start_findings`, or the policy's refusal.
    """
    policy.may_start(actor, bid_round).or_refuse("evaluation:not-allowed")
    refuse_errors(start_findings(bid_round))
    bid_round.stage = move(ROUND, bid_round.stage, "evaluate")
    _give_sheets(bid_round, queries.scorers(bid_round))
    audit.record(Event.EVALUATION_STARTED, bid_round, actor=actor, now=now)


def _give_sheets(bid_round: Round, scorers: Sequence[Scorer]) -> None:
    for bid in queries.bids(bid_round):
        for scorer in scorers:
            sheet = Sheet(scorer_id=scorer.id, application_id=bid.id, stage=SheetStage.DRAFT)
            db.session.add(sheet)
    db.session.flush()


def declare(
    application: Application, interest: Interest, detail: str, *, actor: Viewer, now: datetime
) -> ConflictDeclaration:
    """Declare an interest in a bidder, or that there is none.

    It can be added to later ("none" becomes an interest), never taken back.

    Raises:
        RuleBroken: `conflict:detail-missing`, `conflict:cannot-be-taken-back`, `conflict:not-on-panel`.

    Source: Procurement Act 2023, sections 81 to 83.
    """
    bid_round = application.round
    if actor.person_id is None or not queries.standing(actor, bid_round):
        raise RuleBroken("conflict:not-on-panel", "You are not on the panel of this round.")
    if interest is not Interest.NONE and not detail.strip():
        raise RuleBroken("conflict:detail-missing", "Say in a few words what it is.", "detail")
    declaration = _declaration(application, actor.person_id)
    if declaration is None:
        declaration = ConflictDeclaration(
            round_id=bid_round.id, person_id=actor.person_id, application_id=application.id
        )
        db.session.add(declaration)
    elif declaration.interest is not Interest.NONE:
        raise RuleBroken(
            "conflict:cannot-be-taken-back",
            "You declared an interest in this bidder. Only the moderator can look at it with you.",
        )
    declaration.interest, declaration.detail = interest, detail.strip()
    declaration.declared_at = now
    db.session.flush()
    audit.record(
        Event.CONFLICT_DECLARED,
        bid_round,
        actor=actor,
        now=now,
        application=application.ref,
        interest=interest.value,
    )
    return declaration


def _declaration(application: Application, person_id: int) -> ConflictDeclaration | None:
    return db.session.scalar(
        select(ConflictDeclaration).where(
            ConflictDeclaration.application_id == application.id,
            ConflictDeclaration.person_id == person_id,
        )
    )
