"""The administrator's pages: councils, people, roles, invitations, settings."""

from typing import Any

from flask import redirect, request, url_for

from forms.fields import choice
from forms.people import (
    CouncilForm,
    EmptyForm,
    GiveRoleForm,
    InviteStaffForm,
    PeopleFilterForm,
)
from portal import settings
from portal.access import (
    COUNCIL_ROLES,
    OrganisationKind,
    Permission,
    Role,
    current_viewer,
    needs,
)
from portal.db import db
from portal.people import actions, attempts, policy, queries, words
from portal.people.models import Organisation, Person, PersonKind
from portal.people.queries import PeopleFilter
from portal.people.views import bp
from portal.web import clock, done, or_404, page, words_of_address
from portal.wording import within
from scoring.rules import RuleBroken

INVITED = [role for role in Role if role in COUNCIL_ROLES - {Role.YOUNG_COMMISSIONER}]


def role_choices(roles: Any) -> list[Any]:
    """Roles with what they are for and what they forbid."""
    return [
        choice(role.value, role.title, f"{words.purpose(role)} {words.never(role)}".strip())
        for role in roles
    ]


@bp.get("/administration")
@needs(Permission.PEOPLE_ADMINISTER)
def administration() -> Any:
    viewer = current_viewer()
    return page(
        "people/administration.html",
        councils=queries.councils(),
        numbers=queries.people_of_councils(viewer),
        invitations=queries.invitations(viewer, None),
    )


@bp.get("/administration/people")
@needs(Permission.PEOPLE_ADMINISTER)
def people() -> Any:
    form = PeopleFilterForm()
    form.role.choices = [choice(role.value, role.title) for role in Role]
    form.place.choices = [choice(one.ref, one.name) for one in queries.organisations()]
    form.closed.choices = [choice("", "Open"), choice("closed", "Closed")]
    wanted = PeopleFilter(
        words=form.words.data,
        role=next((role for role in Role if role.value == form.role.data), None),
        organisation_ref=form.place.data or "",
        closed=form.closed.data == "closed",
    )
    found, total = queries.people_page(
        current_viewer(),
        wanted,
        sort=request.args.get("sort"),
        cursor=request.args.get("at"),
        size=settings.get("list_page_size"),
    )
    kept = {name: text for name, text in words_of_address("at").items() if text}
    return page("people/people.html", form=form, found=found, total=total, kept=kept)


@bp.get("/administration/people/<ref>")
@needs(Permission.PEOPLE_ADMINISTER)
def person(ref: str) -> Any:
    viewer = current_viewer()
    found: Person = or_404(queries.person(ref, viewer))
    councils = {membership.organisation_id for membership in found.memberships}
    return page(
        "people/person.html",
        person=found,
        may_close=policy.may_close(viewer, found, councils),
        role_never=words.never,
        identities=queries.identities_of(found.id, viewer),
        passkeys=len(queries.passkeys_of(found.id)),
    )


@bp.route("/administration/people/<ref>/roles/new", methods=["GET", "POST"])
@needs(Permission.PEOPLE_ADMINISTER)
def give_role(ref: str) -> Any:
    found: Person = or_404(queries.person(ref, current_viewer()))
    kind = (
        OrganisationKind.PROVIDER if found.kind is PersonKind.PROVIDER else OrganisationKind.COUNCIL
    )
    places = {one.ref: one for one in queries.organisations(kind)}
    form = GiveRoleForm()
    form.organisation.choices = [choice(one.ref, one.name) for one in places.values()]
    form.role.choices = role_choices(INVITED if kind is OrganisationKind.COUNCIL else _PROVIDER)
    if form.validate_on_submit():
        try:
            place, role = places[form.organisation.data], Role(form.role.data)
            actions.give_role(found, place, role, actor=current_viewer(), now=clock())
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            db.session.commit()
            done(f"{found.name} is now {within(role.title)} at {place.name}.")
            return redirect(url_for(".person", ref=ref))
    return page("people/role_give.html", form=form, person=found)


_PROVIDER = [Role.PROVIDER_ADMIN, Role.PROVIDER_CONTRIBUTOR]


@bp.route(
    "/administration/people/<ref>/roles/<organisation_ref>/<role>/take", methods=["GET", "POST"]
)
@needs(Permission.PEOPLE_ADMINISTER)
def take_role(ref: str, organisation_ref: str, role: str) -> Any:
    viewer = current_viewer()
    membership = or_404(queries.membership(ref, organisation_ref, role, viewer))
    form = EmptyForm()
    if form.validate_on_submit():
        try:
            actions.take_role(membership, actor=viewer, now=clock())
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            db.session.commit()
            done("The role is taken away. It counts at once.")
            return redirect(url_for(".person", ref=ref))
    return page("people/role_take.html", form=form, membership=membership)


@bp.route("/administration/people/<ref>/close", methods=["GET", "POST"])
@needs(Permission.PEOPLE_ADMINISTER)
def close_account(ref: str) -> Any:
    viewer = current_viewer()
    found: Person = or_404(queries.person(ref, viewer))
    form = EmptyForm()
    if form.validate_on_submit():
        try:
            actions.close_account(found, actor=viewer, now=clock())
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            db.session.commit()
            done(f"The account of {found.name} is closed.")
            return redirect(url_for(".person", ref=ref))
    return page("people/account_close.html", form=form, person=found)


@bp.route("/administration/invite", methods=["GET", "POST"])
@needs(Permission.PEOPLE_ADMINISTER)
def invite() -> Any:
    places: dict[str, Organisation] = {one.ref: one for one in queries.councils()}
    form = InviteStaffForm()
    form.organisation.choices = [choice(one.ref, one.name) for one in places.values()]
    form.role.choices = role_choices(INVITED)
    if form.validate_on_submit():
        try:
            attempts.take_within(attempts.invitations(current_viewer().ref), clock())
            place, role = places[form.organisation.data], Role(form.role.data)
            actions.invite(form.email.data, place, role, actor=current_viewer(), now=clock())
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            db.session.commit()
            done("The invitation is on its way.")
            return redirect(url_for(".administration"))
    return page("people/invite_staff.html", form=form)


@bp.post("/administration/invitations/<ref>/resend")
@needs(Permission.PEOPLE_ADMINISTER)
def resend_invitation(ref: str) -> Any:
    attempts.take_within(attempts.invitations(current_viewer().ref), clock())
    link = or_404(queries.invitation(ref, current_viewer()))
    actions.resend_invitation(link, actor=current_viewer(), now=clock())
    db.session.commit()
    done("The invitation is sent again, with a new link.")
    return redirect(url_for(".administration"))


@bp.post("/administration/invitations/<ref>/revoke")
@needs(Permission.PEOPLE_ADMINISTER)
def revoke_invitation(ref: str) -> Any:
    link = or_404(queries.invitation(ref, current_viewer()))
    actions.revoke_invitation(link, actor=current_viewer(), now=clock())
    db.session.commit()
    done("The invitation is taken back.")
    return redirect(url_for(".administration"))


@bp.route("/administration/councils/new", methods=["GET", "POST"])
@needs(Permission.PEOPLE_ADMINISTER)
def new_council() -> Any:
    form = CouncilForm()
    if form.validate_on_submit():
        try:
            council = actions.create_council(
                form.slug.data, form.name.data, actor=current_viewer(), now=clock()
            )
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            db.session.commit()
            done(f"{council.name} is here. Now invite its people.")
            return redirect(url_for(".administration"))
    return page("people/council_new.html", form=form)
