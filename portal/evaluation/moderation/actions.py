"""Agreeing scores, and signing off that the young people's were their own view."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from portal import audit
from portal.access import Viewer
from portal.applications.models import Application
from portal.audit import Event
from portal.db import db
from portal.edits import Saved, refuse_unseen
from portal.evaluation import policy, queries
from portal.evaluation.asked import Asked, Key, asked_for, quorum_of, scheme_of
from portal.evaluation.models import Consensus, YoungSignOff
from portal.evaluation.moderation.meetings import meeting_now
from portal.evaluation.moderation.models import PanelMeeting
from portal.evaluation.panels.queries import closed_sheets, interests_in, kept_out_among
from portal.people.models import Person
from scoring.digests import agreed_digest
from scoring.moderation import check_consensus
from scoring.rules import RuleBroken
from scoring.stages import SheetStage
from scoring.terms import Panel
from scoring.text import cleaned


def record_consensus(
    application: Application,
    question_key: str,
    lot_code: str,
    *,
    value: int | None,
    reason: str,
    present: Sequence[Person],
    seen_revision: int | None = None,
    why_outside: str = "",
    dissent: str = "",
    actor: Viewer,
    now: datetime,
) -> Consensus:
    """Record what a panel agreed for one question of one bid.

    The officers' is recorded by the moderator; the young people's by one of them, for themselves.
    Every sheet of the panel for this bid must be in.

    Args:
        dissent: who saw it another way, and why; the score is the panel's all the same.

    Raises:
        RuleBroken: `consensus:…`, `score:not-on-scale`, `reason:…`, or the policy's refusal.
        EditConflict: somebody else recorded another one in the meantime.
    """
    bid_round = application.round
    queries.hold(bid_round)  # two moderators, or a lock, at the same moment
    asked = _asked(application, (question_key, lot_code))
    _refuse(asked.panel, application, actor)
    everybody, declared = queries.scorers(bid_round), interests_in(bid_round, application)
    agreed = check_consensus(
        value,
        reason,
        _scores(application, asked, closed_sheets(everybody, declared)),
        asked.scale,
        panel=asked.panel,
        minimum_words=queries.reason_words(asked.panel),
        present={person.ref for person in present},
        quorum=quorum_of(bid_round),
        least_pairs=scheme_of(bid_round).least_pairs,
        why_outside=why_outside,
    )
    _refuse_absent(application, asked.panel, present, kept_out_among(everybody, declared))
    meeting = meeting_now(bid_round, asked.panel)
    _refuse_not_at(meeting, present)
    consensus = queries.consensus_of([application.id]).get((application.id, asked.key))
    if consensus is None:
        consensus = Consensus(
            application_id=application.id,
            panel=asked.panel,
            question_key=question_key,
            lot_code=lot_code,
            revision=0,
        )
        db.session.add(consensus)
    else:
        by, at = consensus.recorded_by.name, consensus.recorded_at
        theirs = Saved((consensus.value, consensus.reason), consensus.revision, by, at)
        refuse_unseen(seen_revision, (agreed.value, agreed.reason), theirs, "reason")
    before = _values(consensus)
    consensus.value, consensus.reason = agreed.value, agreed.reason
    consensus.why_outside = agreed.why_outside
    consensus.dissent = cleaned(dissent, "dissent")
    consensus.meeting_ref = meeting.ref if meeting else ""
    consensus.present = sorted(person.ref for person in present)
    consensus.revision += 1
    consensus.recorded_by_id, consensus.recorded_at = actor.acting_id(), now
    if asked.panel is Panel.YOUNG:
        forget_sign_off(application)
    db.session.flush()
    audit.record(
        Event.CONSENSUS_RECORDED,
        application,
        actor=actor,
        now=now,
        values={"before": before, "after": _values(consensus)},
        question=question_key,
        lot=lot_code,
        panel=asked.panel.value,
        present=consensus.present,
        meeting=consensus.meeting_ref,
        sha256=agreed_digest(
            bid=application.ref,
            question=question_key,
            lot=lot_code,
            score=consensus.value,
            reason=consensus.reason,
            why_outside=consensus.why_outside,
            dissent=consensus.dissent,
            present=consensus.present,
        ),
    )
    return consensus


def _refuse_not_at(meeting: PanelMeeting | None, present: Sequence[Person]) -> None:
    """While a meeting is open, only those who are at it agree."""
    for person in present:
        if meeting is not None and person.ref not in meeting.present:
            words = f"{person.name} is not at the meeting. Note there who is here first."
            raise RuleBroken("consensus:not-at-meeting", words, "present")


def _values(consensus: Consensus) -> dict[str, Any] | None:
    if not consensus.revision:
        return None
    return {
        "score": consensus.value,
        "reason": consensus.reason,
        "why": consensus.why_outside,
        "dissent": consensus.dissent,
    }


def _asked(application: Application, key: Key) -> Asked:
    lots = queries.lots_of([application.id])[application.id]
    for asked in asked_for(application.round, [lot.code for lot in lots]):
        if asked.key == key and asked.needs_agreement:
            return asked
        if asked.key == key:
            words = (
                "The mean of the single scores counts here, as the round says. Nothing is agreed."
            )
            raise RuleBroken("consensus:mean", words)
    raise RuleBroken("consensus:not-asked", "This question is not scored for this bid.")


def _refuse(panel: Panel, application: Application, actor: Viewer) -> None:
    bid_round = application.round
    standing = queries.standing(actor, bid_round)
    may = policy.may_moderate if panel is Panel.OFFICERS else policy.may_agree_young
    may(standing, bid_round, queries.bid_ids(bid_round)).or_refuse("consensus:not-allowed")
    if application.id in standing.closed:
        raise RuleBroken("consensus:conflict", "A declared interest closes this bid to you.")


def _scores(
    application: Application, asked: Asked, closed: Collection[tuple[int, int]]
) -> list[int | None]:
    """What each scorer gave; `closed` holds (scorer, bid) that an interest closes."""
    sheets = queries.sheets_of_panel(application.round, asked.panel, [application.id], closed)
    mine = sheets[application.id]
    if any(sheet.stage is not SheetStage.SUBMITTED for sheet in mine):
        raise RuleBroken(
            "consensus:sheets-missing", "Not every sheet for this bid is in. Wait until all are."
        )
    given = queries.values_on(mine, asked.key)
    return [given.get(sheet.id) for sheet in mine if sheet.asks_for(asked.name)]


def _refuse_absent(
    application: Application,
    panel: Panel,
    present: Sequence[Person],
    kept_out: Mapping[tuple[int, int], Person],
) -> None:
    """Who was there is on the panel, and has no interest in the bid."""
    bid_round = application.round
    parts = policy.MEETING[panel]
    members = {one.person_id for one in queries.members(bid_round) if one.part in parts}
    for person in present:
        if person.id not in members:
            words = f"{person.name} is not on this panel."
            raise RuleBroken("consensus:stranger", words, "present")
        if (person.id, application.id) in kept_out:
            words = (
                f"A declared interest closes this bid to {person.name}, so they leave the meeting."
            )
            raise RuleBroken("consensus:present-with-interest", words, "present")


def forget_sign_off(application: Application) -> None:
    """A view that changed is signed off anew."""
    signed = queries.sign_offs([application.id]).get(application.id)
    if signed is not None:
        db.session.delete(signed)


def sign_off_young(application: Application, *, actor: Viewer, now: datetime) -> YoungSignOff:
    """The Participation Officer's word that this was the young people's own view; it adds nothing.

    Raises:
        RuleBroken: `young:not-agreed` while a question has no consensus; `young:signed-off`.
    """
    bid_round = application.round
    queries.hold(bid_round)
    standing = queries.standing(actor, bid_round)
    policy.may_sign_off(standing, bid_round, queries.bid_ids(bid_round)).or_refuse(
        "young:not-allowed"
    )
    if application.id in standing.closed:
        raise RuleBroken("young:conflict", "A declared interest closes this bid to you.")
    if _not_agreed(application, Panel.YOUNG) or _sheets_out(application, Panel.YOUNG):
        raise RuleBroken("young:not-agreed", "The young people have not agreed every score yet.")
    if application.id in queries.sign_offs([application.id]):
        raise RuleBroken("young:signed-off", "This was signed off already.")
    signed = YoungSignOff(
        application_id=application.id, signed_by_id=actor.acting_id(), signed_at=now
    )
    db.session.add(signed)
    db.session.flush()
    audit.record(Event.YOUNG_VIEW_SIGNED_OFF, application, actor=actor, now=now)
    return signed


def _not_agreed(application: Application, panel: Panel) -> list[Asked]:
    lots = [lot.code for lot in queries.lots_of([application.id])[application.id]]
    agreed = queries.consensus_of([application.id], panel)
    return [
        asked
        for asked in asked_for(application.round, lots, panel)
        if asked.needs_agreement and (application.id, asked.key) not in agreed
    ]


def _sheets_out(application: Application, panel: Panel) -> bool:
    """Whether a sheet was given back after its scores were agreed."""
    sheets = queries.sheets_of_panel(application.round, panel, [application.id])
    return any(one.stage is not SheetStage.SUBMITTED for one in sheets[application.id])
