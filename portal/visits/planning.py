"""The pages on which a visit is planned: what may be chosen, and a team out of what was chosen."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from forms import choice
from forms.visits import ALONE, PlanForm, team_form
from portal.access import Role, Viewer
from portal.days import LONDON
from portal.db import db
from portal.people import queries as people
from portal.people.models import Council, Person
from portal.providers import queries_settings
from portal.providers.models import Provider
from portal.providers.models_settings import Setting
from portal.visits import actions, focus, policy, queries
from portal.visits.models import MemberPart, Visit
from portal.visits.team import Team, paired
from scoring.terms import Panel


def provider_choices(viewer: Viewer) -> list[Any]:
    """Providers with a home that is open."""
    homes = select(Setting.provider_id).where(Setting.closed_on.is_(None))
    found = db.session.scalars(
        select(Provider).where(Provider.id.in_(homes)).order_by(Provider.name)
    )
    return [choice(one.ref, one.name) for one in found] if viewer.council_ids else []


def homes(viewer: Viewer, provider_ref: str) -> Sequence[Setting]:
    """The open homes of a provider."""
    if not provider_ref:
        return []
    wanted = select(Provider.id).where(Provider.ref == provider_ref)
    return queries_settings.settings_of(db.session.scalars(wanted).all(), viewer)


def previous_of(ref: str, viewer: Viewer) -> Visit | None:
    """The visit that a new one follows up: its report is final."""
    found = queries.visit(ref, viewer) if ref else None
    return found if found is not None and found.stage in policy.FINAL else None


def plan_form(viewer: Viewer, settings: Sequence[Setting], home: str) -> Any:
    """The whole plan on one page: home, day, team."""
    councils = queries.councils_to_plan(viewer)
    chosen = {
        "setting": home,
        "lead": next(
            (
                one.ref
                for one in _people(Role.COMMISSIONER, councils, viewer)
                if one.id == viewer.person_id
            ),
            "",
        ),
    }
    form = team_form(*_choices(councils, viewer), seated=chosen, base=PlanForm)
    return form.fit(
        [choice(one.ref, f"{one.name}, {one.postcode}") for one in settings],
        [choice(one.ref, one.name) for one in councils],
    )


def team_form_of(visit: Visit, viewer: Viewer) -> Any:
    """The team as it stands, to be changed."""
    by_part: dict[MemberPart, list[Person]] = {part: [] for part in MemberPart}
    for member in visit.members:
        by_part[member.part].append(member.person)
    supporter = by_part[MemberPart.SUPPORTER]
    seated: dict[str, Any] = {
        "lead": by_part[MemberPart.LEAD][0].ref if by_part[MemberPart.LEAD] else "",
        "officers": [one.ref for one in by_part[MemberPart.OFFICER]],
        "supporter": supporter[0].ref if supporter else "",
    }
    for sheet in visit.sheets:
        if sheet.panel is Panel.YOUNG:
            for one in sheet.people:
                word = sheet.label if len(sheet.people) > 1 else ALONE
                seated[f"young-{one.person.ref}"] = word
    return team_form(*_choices([visit.council], viewer), seated=seated)


def team_of(form: Any, council: Council, viewer: Viewer) -> Team:
    """The people that were chosen, by their references."""
    by_ref = {one.ref: one for one in _everybody([council], viewer)}
    young = {
        by_ref[name.removeprefix("young-")]: field.data or ""
        for name, field in form._fields.items()
        if name.startswith("young-") and name.removeprefix("young-") in by_ref
    }
    supporter = form["supporter"].data if "supporter" in form else ""
    lead = by_ref[form["lead"].data]
    return Team(
        lead,
        [by_ref[ref] for ref in form["officers"].data or [] if ref != lead.ref],
        by_ref.get(supporter or ""),
        paired(young),
    )


def planned(
    form: Any, settings: Sequence[Setting], previous: Visit | None, viewer: Viewer, now: datetime
) -> Visit:
    """Plan what the form says."""
    setting = next(one for one in settings if one.ref == form["setting"].data)
    councils = queries.councils_to_plan(viewer)
    named = form["council"].data if "council" in form else ""
    council = next((one for one in councils if one.ref == named), councils[0])
    if previous is not None and previous.setting_id != setting.id:
        previous = None
    return actions.plan(
        setting,
        council,
        team_of(form, council, viewer),
        starts_at=form["starts_at"].data,
        announced=form["announced"].data == "yes",
        purpose=form["purpose"].data or "",
        previous=previous,
        focus=focus.of(setting, previous, viewer, now.astimezone(LONDON).date()),
        actor=viewer,
        now=now,
    )


def _choices(councils: Sequence[Council], viewer: Viewer) -> tuple[Any, ...]:
    leads = _people(Role.COMMISSIONER, councils, viewer)
    officers = {one.id: one for one in [*leads, *_people(Role.EVALUATOR, councils, viewer)]}
    supporters = _people(Role.PARTICIPATION_OFFICER, councils, viewer)
    young = _people(Role.YOUNG_COMMISSIONER, councils, viewer)
    return (
        [choice(one.ref, one.name) for one in leads],
        [choice(one.ref, one.name) for one in officers.values()],
        [choice(one.ref, one.name) for one in supporters],
        [(one.ref, one.name) for one in young],
    )


def _everybody(councils: Sequence[Council], viewer: Viewer) -> list[Person]:
    roles = (
        Role.COMMISSIONER,
        Role.EVALUATOR,
        Role.PARTICIPATION_OFFICER,
        Role.YOUNG_COMMISSIONER,
    )
    return [one for role in roles for one in _people(role, councils, viewer)]


def _people(role: Role, councils: Sequence[Council], viewer: Viewer) -> Sequence[Person]:
    return people.people_with_role(role, [one.id for one in councils], viewer)
