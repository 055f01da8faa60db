"""The verbs of a visit until it begins: plan, change, ask the provider, confirm, begin."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from portal import audit, mail
from portal.access import Viewer
from portal.audit import Event
from portal.days import LONDON
from portal.db import db
from portal.mail import Message
from portal.people.models import Council, Person
from portal.providers import queries as providers
from portal.providers.models_settings import Setting
from portal.visits import frameworks, policy
from portal.visits.focus import Focus
from portal.visits.models import MemberPart, Visit, VisitFocus
from portal.visits.seating import seat
from portal.visits.team import Team
from scoring.rules import RuleBroken
from scoring.stages import VISIT, VisitStage, move
from scoring.text import cleaned

FARTHEST = timedelta(days=731)  # nobody plans a visit for later: a year was mistyped


def plan(
    setting: Setting,
    council: Council,
    team: Team,
    *,
    starts_at: datetime,
    announced: bool,
    purpose: str = "",
    previous: Visit | None = None,
    focus: Sequence[Focus] = (),
    actor: Viewer,
    now: datetime,
) -> Visit:
    """Plan a visit to a home. An announced one is put to the provider at once.

    Args:
        previous: the visit that this one follows up.
        focus: what to look at first, as it stands today.

    Raises:
        RuleBroken: the actor may not; `visit:…`, `visit-team:…`.
    """
    policy.may_plan(actor, council.id).or_refuse("visit:plan-refused")
    _refuse_setting(setting, previous)
    _refuse_day(starts_at, now)
    framework = frameworks.of_council(council)
    visit = Visit(
        council=council,
        setting=setting,
        framework_version=framework,
        officer_scale_version=frameworks.scale_version(framework.body["officer_scale"], council),
        young_scale_version=frameworks.scale_version(framework.body["young_scale"], council),
        previous=previous,
        announced=announced,
        starts_at=starts_at,
        purpose=cleaned(purpose, "purpose"),
        planned_at=now,
    )
    visit.focus = [VisitFocus(kind=one.kind, title=one.title, note=one.note) for one in focus]
    db.session.add(visit)
    db.session.flush()
    seat(visit, team)
    audit.record(Event.VISIT_PLANNED, visit, actor=actor, now=now, setting=setting.ref)
    _tell_team(visit, [person for person, _ in team.members], now)
    if announced:
        _ask(visit, now)
    return visit


def change(
    visit: Visit,
    *,
    starts_at: datetime,
    announced: bool,
    purpose: str,
    actor: Viewer,
    now: datetime,
) -> None:
    """Change the day, or what was said of it. Another day is put to the provider again.

    Raises:
        RuleBroken: the actor may not; `visit:…`.
    """
    policy.may_change(actor, visit).or_refuse("visit:change-refused")
    _refuse_day(starts_at, now)
    moved = (starts_at, announced) != (visit.starts_at, visit.announced)
    visit.purpose = cleaned(purpose, "purpose")
    if moved:
        if not announced and visit.asked_at is not None:
            words = "The provider knows of this visit, so it cannot be unannounced any more."
            raise RuleBroken("visit:known", words, "announced")
        visit.stage = move(VISIT, visit.stage, "change")
        visit.starts_at, visit.announced = starts_at, announced
        if announced:
            _ask(visit, now)
        _tell_team(visit, [one.person for one in visit.members], now)
    db.session.flush()
    audit.record(Event.VISIT_CHANGED, visit, actor=actor, now=now, moved=moved)


def change_team(visit: Visit, team: Team, *, actor: Viewer, now: datetime) -> None:
    """Another team. Who has written something already stays in it.

    Raises:
        RuleBroken: the actor may not; `visit-team:…`.
    """
    policy.may_change_team(actor, visit).or_refuse("visit:team-refused")
    before = {one.person_id for one in visit.members}
    seat(visit, team)
    _tell_team(visit, [one for one, _ in team.members if one.id not in before], now)
    audit.record(Event.VISIT_TEAM_CHANGED, visit, actor=actor, now=now, people=len(team.members))


def answer(visit: Visit, *, suits: bool, note: str = "", actor: Viewer, now: datetime) -> None:
    """The provider confirms the day, or says why another one would suit.

    Raises:
        RuleBroken: the actor may not; `visit:no-reason`.
    """
    policy.may_confirm(actor, visit).or_refuse("visit:answer-refused")
    note = cleaned(note, "note")
    if suits and visit.stage is VisitStage.CONFIRMED:
        return
    if suits:
        visit.stage = move(VISIT, visit.stage, "confirm")
    elif not note:
        raise RuleBroken("visit:no-reason", "Say which days would suit you, and why.", "note")
    else:
        visit.declined_note = note
        if visit.stage is VisitStage.CONFIRMED:
            visit.stage = move(VISIT, visit.stage, "decline")
    db.session.flush()
    audit.record(Event.VISIT_ANSWERED, visit, actor=actor, now=now, suits=suits)
    leads = [one.person for one in visit.members if one.part is MemberPart.LEAD]
    words = "confirmed the day" if suits else "asked for another day"
    mail.write(Message.VISIT_ANSWERED, leads, now=now, about=visit.ref, what=words)


def begin(visit: Visit, *, actor: Viewer, now: datetime, at: datetime | None = None) -> None:
    """The team is at the door.

    Args:
        at: when it was, where a phone without reception tells it later.

    Raises:
        RuleBroken: the actor may not begin it, or not yet.
    """
    if visit.stage is VisitStage.UNDER_WAY:  # somebody else of the team pressed a moment ago
        return
    policy.may_begin(actor, visit, now).or_refuse("visit:begin-refused")
    visit.stage = move(VISIT, visit.stage, "begin")
    on_the_day = at is not None and at.astimezone(LONDON).date() >= _day_of(visit)
    visit.begun_at = min(at, now) if at is not None and on_the_day else now
    db.session.flush()
    audit.record(Event.VISIT_BEGUN, visit, actor=actor, now=now)


# --- Small steps ----------------------------------------------------------------------------


def _day_of(visit: Visit) -> date:
    return visit.starts_at.astimezone(LONDON).date()


def _refuse_setting(setting: Setting, previous: Visit | None) -> None:
    if setting.closed_on is not None:
        raise RuleBroken("visit:closed-home", "This home is closed.", "setting")
    if previous is not None and previous.setting_id != setting.id:
        words = "The earlier visit was to another home."
        raise RuleBroken("visit:other-home", words, "previous")


def _refuse_day(starts_at: datetime, now: datetime) -> None:
    day, today = starts_at.astimezone(LONDON).date(), now.astimezone(LONDON).date()
    if day < today:
        raise RuleBroken("visit:past-day", "Choose today or a later day.", "starts_at")
    if day > today + FARTHEST:
        words = "Choose a day within the next two years. Is the year right?"
        raise RuleBroken("visit:far-day", words, "starts_at")


def _ask(visit: Visit, now: datetime) -> None:
    visit.asked_at, visit.declined_note = now, ""
    people = providers.administrators(visit.setting.provider_id)
    mail.write(Message.VISIT_PROPOSED, people, now=now, about=visit.ref)


def _tell_team(visit: Visit, people: Sequence[Person], now: datetime) -> None:
    mail.write(Message.VISIT_JOINED, people, now=now, about=visit.ref)
