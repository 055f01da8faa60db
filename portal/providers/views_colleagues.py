"""Who works for an organisation: invite, change, remove."""

from typing import Any

from flask import redirect, url_for

from forms.fields import choice
from forms.people import EmptyForm
from forms.providers import ColleagueForm, InviteColleagueForm
from portal.access import Permission, Role, current_viewer, needs
from portal.db import db
from portal.people import actions as people, attempts, words
from portal.people.models import Person
from portal.providers import actions, policy, queries
from portal.providers.views import bp, own
from portal.web import clock, done, or_404, page
from portal.wording import within
from scoring.rules import RuleBroken

ROLES = (Role.PROVIDER_CONTRIBUTOR, Role.PROVIDER_ADMIN)


def _roles() -> list[Any]:
    return [
        choice(role.value, role.title, f"{words.purpose(role)} {words.never(role)}".strip())
        for role in ROLES
    ]


@bp.route("/<ref>/colleagues/invite", methods=["GET", "POST"])
@needs(Permission.COLLEAGUE_INVITE)
def invite(ref: str) -> Any:
    viewer, provider = current_viewer(), own(ref)
    policy.may_edit(viewer, provider).or_refuse()
    form = InviteColleagueForm()
    form.role.choices = _roles()
    if form.validate_on_submit():
        try:
            attempts.take_within(attempts.invitations(viewer.ref), clock())
            role = Role(form.role.data)
            people.invite(form.email.data, provider, role, actor=viewer, now=clock())
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            db.session.commit()
            done("The invitation is on its way.")
            return redirect(url_for(".show", ref=ref, _anchor="colleagues"))
    return page("providers/invite.html", form=form, provider=provider)


@bp.post("/<in_organisation>/invitations/<ref>/resend")
@needs(Permission.COLLEAGUE_INVITE)
def resend_invitation(in_organisation: str, ref: str) -> Any:
    viewer = current_viewer()
    attempts.take_within(attempts.invitations(viewer.ref), clock())
    link = or_404(queries.invitation(ref, own(in_organisation), viewer))
    people.resend_invitation(link, actor=viewer, now=clock())
    db.session.commit()
    done("The invitation is sent again, with a new link.")
    return redirect(url_for(".show", ref=in_organisation, _anchor="colleagues"))


@bp.post("/<in_organisation>/invitations/<ref>/revoke")
@needs(Permission.COLLEAGUE_INVITE)
def revoke_invitation(in_organisation: str, ref: str) -> Any:
    viewer = current_viewer()
    link = or_404(queries.invitation(ref, own(in_organisation), viewer))
    people.revoke_invitation(link, actor=viewer, now=clock())
    db.session.commit()
    done("The invitation is taken back.")
    return redirect(url_for(".show", ref=in_organisation, _anchor="colleagues"))


@bp.route("/<ref>/colleagues/<person_ref>", methods=["GET", "POST"])
@needs(Permission.COLLEAGUE_INVITE)
def colleague(ref: str, person_ref: str) -> Any:
    viewer, provider = current_viewer(), own(ref)
    policy.may_edit(viewer, provider).or_refuse()
    person: Person = or_404(queries.colleague(person_ref, provider, viewer))
    form = ColleagueForm(role=_role_at(person, provider.id))
    form.role.choices = _roles()
    if form.validate_on_submit():
        try:
            role = Role(form.role.data)
            actions.change_colleague(provider, person, role, actor=viewer, now=clock())
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            db.session.commit()
            done(f"{person.name} is now {within(role.title)}.")
            return redirect(url_for(".show", ref=ref, _anchor="colleagues"))
    return page("providers/colleague.html", form=form, provider=provider, person=person)


def _role_at(person: Person, provider_id: int) -> str:
    held = {one.role for one in person.memberships if one.organisation_id == provider_id}
    return (Role.PROVIDER_ADMIN if Role.PROVIDER_ADMIN in held else Role.PROVIDER_CONTRIBUTOR).value


@bp.route("/<ref>/colleagues/<person_ref>/remove", methods=["GET", "POST"])
@needs(Permission.COLLEAGUE_INVITE)
def remove_colleague(ref: str, person_ref: str) -> Any:
    viewer, provider = current_viewer(), own(ref)
    policy.may_edit(viewer, provider).or_refuse()
    person: Person = or_404(queries.colleague(person_ref, provider, viewer))
    form = EmptyForm()
    if form.validate_on_submit():
        try:
            actions.remove_colleague(provider, person, actor=viewer, now=clock())
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            db.session.commit()
            done(f"{person.name} no longer works for {provider.name}.")
            mine = viewer.person_id != person.id
            return redirect(url_for(".show", ref=ref, _anchor="colleagues") if mine else "/")
    return page("providers/colleague_remove.html", form=form, provider=provider, person=person)
