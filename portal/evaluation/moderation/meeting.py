"""A panel's meeting: who may be there for a bid, who was there last, and who leaves for an interest."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.access import Viewer
from portal.applications.models import Application
from portal.db import db
from portal.evaluation import policy
from portal.evaluation.models import Consensus, PanelMember
from portal.evaluation.moderation.meetings import meeting_now
from portal.evaluation.panels.queries import kept_out, members
from portal.people.models import Person
from portal.rounds.models import Round
from scoring.terms import Panel


@dataclass(frozen=True, slots=True)
class Meeting:
    """The people of a panel, as far as one bid goes."""

    people: tuple[Person, ...]  # who may take part
    parts: dict[str, str]  # reference to what they are on the panel
    left: tuple[Person, ...]  # who leaves for a declared interest
    last: tuple[str, ...]  # references of those who were there when the viewer last recorded
    open: bool  # whether a meeting is: then `last` are those who are at it

    def chosen(self, refs: Sequence[str]) -> list[Person]:
        return [person for person in self.people if person.ref in refs]

    def names(self, refs: Sequence[str]) -> list[str]:
        return [person.name for person in self.people if person.ref in refs]

    def absent(self, refs: Sequence[str]) -> list[str]:
        return [person.name for person in self.people if person.ref not in refs]


def meeting(bid_round: Round, panel: Panel, application: Application, viewer: Viewer) -> Meeting:
    """Who meets to agree one bid's scores: three statements, and two where somebody has an interest."""
    there = _once([one for one in members(bid_round) if one.part in policy.MEETING[panel]])
    leave = {person_id for person_id, _ in kept_out(bid_round, application)}
    people = tuple(one.person for one in there if one.person_id not in leave)
    refs = {person.ref for person in people}
    open_now = meeting_now(bid_round, panel)
    before = open_now.present if open_now else _last_present(bid_round, panel, viewer)
    last = tuple(ref for ref in before if ref in refs)
    return Meeting(
        people=people,
        parts={one.person.ref: one.part.value.replace("-", " ").capitalize() for one in there},
        left=tuple(one.person for one in there if one.person_id in leave),
        last=last if last or open_now else tuple(ref for ref in [viewer.ref] if ref in refs),
        open=open_now is not None,
    )


def _once(found: Sequence[PanelMember]) -> list[PanelMember]:
    """Somebody who both scores and moderates is there once."""
    return list({one.person_id: one for one in found}.values())


def _last_present(bid_round: Round, panel: Panel, viewer: Viewer) -> list[str]:
    return (
        db.session.scalar(
            select(Consensus.present)
            .join(Consensus.application)
            .where(
                Application.round_id == bid_round.id,
                Consensus.panel == panel,
                Consensus.recorded_by_id == viewer.person_id,
            )
            .order_by(Consensus.recorded_at.desc(), Consensus.id.desc())
            .limit(1)
        )
        or []
    )
