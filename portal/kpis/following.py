"""What a question about a return puts into the action plan: raised, answered and closed with it."""

from datetime import datetime, timedelta

from portal.access import Role, Viewer
from portal.days import today
from portal.followups import actions as followups, queries as raised
from portal.followups.actions import Owner, Source
from portal.followups.models import FollowUpKind, OwnerSide
from portal.kpis import queries
from portal.kpis.models_returns import KpiReturn
from scoring.stages import FollowUpStage

SOURCE = "kpi-return"
DAYS = 14  # to answer a question
POST = "Whoever fills in the KPI return"
OPEN = frozenset({FollowUpStage.OPEN, FollowUpStage.ANSWERED})


def ask(one: KpiReturn, text: str, *, actor: Viewer, now: datetime) -> None:
    """Put the question into the action plan, for every council of the contract."""
    councils = queries.councils_of(one.plan)
    own = actor.councils_as(Role.COMMISSIONER)
    asking = next(council for council in councils if council.id in own)
    followups.raise_followup(
        FollowUpKind.ACTION,
        provider=one.plan.provider,
        council=asking,
        text=text,
        owner=Owner(OwnerSide.PROVIDER, POST),
        due_on=today(now) + timedelta(days=DAYS),
        source=Source(SOURCE, one.ref, f"{one.plan.provider.name}, {one.period.words}"),
        setting=one.unit.setting,
        shared_with=councils,
        actor=actor,
        now=now,
    )


def answer(one: KpiReturn, text: str, *, actor: Viewer, now: datetime) -> None:
    """What the provider answers with the return answers the question in the action plan too."""
    for follow_up in raised.of_source(SOURCE, one.ref, actor):
        if follow_up.stage is FollowUpStage.OPEN:
            followups.answer(follow_up, text, actor=actor, now=now)


def close(one: KpiReturn, *, actor: Viewer, now: datetime) -> None:
    """A return that is accepted leaves no question open."""
    for follow_up in raised.of_source(SOURCE, one.ref, actor):
        if follow_up.stage in OPEN:
            followups.close(follow_up, "The return was accepted.", actor=actor, now=now)
