"""Forums: the list, one of them, calling, inviting, replying and writing down what was said."""

from typing import Any

from flask import Response, redirect, request, url_for

from forms import choice
from forms.followups import RaiseForm
from forms.forums import CancelForumForm, ForumForm, InviteProvidersForm, ReplyForm, record_form
from portal import settings, tables
from portal.access import Permission, Role, current_viewer, needs
from portal.days import today
from portal.documents import receiving, serving
from portal.documents.actions import StagedFile
from portal.followups import (
    actions_forums as actions,
    attendance,
    listing,
    policy_forums as policy,
    queries_forums as forums,
)
from portal.followups.actions import Source
from portal.followups.models_forums import Forum, ForumKind, Reply
from portal.followups.views import bp
from portal.followups.views_acts import fitted, raise_from
from portal.people import queries as people
from portal.people.queries import councils_as
from portal.providers import queries as providers
from portal.web import carried_out, clock, done, or_404, page
from scoring.rules import RuleBroken
from scoring.stages import FORUM, verbs_from


def _one(ref: str) -> Forum:
    found: Forum = or_404(forums.forum(ref, current_viewer()))
    return found


def _run(ref: str, verb: str) -> Forum:
    """A forum that this person runs and that lets the verb be done now."""
    forum = _one(ref)
    policy.may_run(current_viewer(), forum).or_refuse("forum:refused")
    if verb not in verbs_from(FORUM, forum.stage):
        raise RuleBroken(f"forum:{verb}:not-allowed", "This is not possible any more.")
    return forum


@bp.get("/forums/")
@needs(Permission.FOLLOW_UP_READ)
def forum_list() -> Response:
    viewer = current_viewer()
    found, total = forums.forums_page(
        viewer,
        cursor=request.args.get("from"),
        size=settings.get("list_page_size"),
    )
    numbers = {one.ref: forums.numbers(one) for one in found.items}
    return page("followups/forums.html", found=found, total=total, numbers=numbers)


@bp.get("/forums/<ref>")
@needs(Permission.FOLLOW_UP_READ)
def forum(ref: str) -> Response:
    viewer, found = current_viewer(), _one(ref)
    runs = bool(policy.may_run(viewer, found))
    return page(
        "followups/forum.html",
        forum=found,
        on=today(clock()),
        numbers=forums.numbers(found),
        actions=forums.actions_of(found, viewer),
        own=forums.own_invitations(found, viewer),
        inside=bool(found.council_ids & viewer.councils_where(Permission.FOLLOW_UP_READ)),
        verbs=verbs_from(FORUM, found.stage) if runs else (),
        begun=clock() >= found.held_at,
        partners=sorted(
            one.council.name for one in found.councils if one.council_id != found.council_id
        ),
        listing=listing,
    )


@bp.route("/forums/new", methods=["GET", "POST"])
@needs(Permission.FOLLOW_UP_RAISE)
def new_forum() -> Any:
    viewer, form = current_viewer(), ForumForm()
    own = {one.ref: one for one in councils_as(Role.COMMISSIONER, viewer)}
    everybody = {one.ref: one for one in people.councils()}
    form.council.choices = [choice(ref, one.name) for ref, one in own.items()]
    form.partners.choices = [
        choice(ref, one.name) for ref, one in everybody.items() if len(own) != 1 or ref not in own
    ]
    if len(own) == 1 and not form.is_submitted():
        form.council.data = next(iter(own))
    made: list[Forum] = []

    def act() -> None:
        partners = [everybody[ref] for ref in form.partners.data]
        kind = ForumKind(form.kind.data)
        made.append(
            actions.draft(
                kind, council=own[form.council.data], shared_with=partners, **_typed(form)
            )
        )

    if carried_out(form, act):
        done("It is kept as a draft. Now invite providers.")
        return redirect(url_for(".invite_to_forum", ref=made[0].ref))
    return page("followups/forum_edit.html", form=form, forum=None, back=url_for(".forum_list"))


@bp.route("/forums/<ref>/edit", methods=["GET", "POST"])
@needs(Permission.FOLLOW_UP_RAISE)
def edit_forum(ref: str) -> Any:
    found, form = _run(ref, "change"), None
    form = ForumForm(obj=found)
    del form.kind, form.council, form.partners
    back = url_for(".forum", ref=ref)
    if carried_out(form, lambda: actions.change(found, **_typed(form))):
        done("The changes are kept.")
        return redirect(back)
    return page("followups/forum_edit.html", form=form, forum=found, back=back)


def _typed(form: ForumForm) -> dict[str, Any]:
    return {
        "title": form.title.data,
        "held_at": form.held_at.data,
        "place": form.place.data,
        "agenda": form.agenda.data,
        "actor": current_viewer(),
        "now": clock(),
    }


@bp.route("/forums/<ref>/invite", methods=["GET", "POST"])
@needs(Permission.FOLLOW_UP_RAISE)
def invite_to_forum(ref: str) -> Any:
    viewer, found, form = current_viewer(), _run(ref, "invite"), InviteProvidersForm()
    left = {one.ref: one for one in providers.everybody(viewer) if one.id not in found.provider_ids}
    form.providers.choices = [choice(one.ref, one.name) for one in left.values()]

    def act() -> None:
        chosen = [left[key] for key in form.providers.data]
        actions.invite(found, chosen, actor=viewer, now=clock())

    if carried_out(form, act):
        done("They are invited by email.")
        return redirect(url_for(".forum", ref=ref))
    return page("followups/forum_invite.html", form=form, forum=found)


@bp.route("/forums/<ref>/reply", methods=["GET", "POST"])
@needs(Permission.FOLLOW_UP_ANSWER)
def reply_to_forum(ref: str) -> Any:
    viewer, found = current_viewer(), _one(ref)
    own = {one.provider.ref: one for one in or_404(forums.own_invitations(found, viewer) or None)}
    form = ReplyForm()
    form.organisation.choices = [choice(key, one.provider.name) for key, one in own.items()]
    if not form.is_submitted():
        form.organisation.data, form.coming.data = _first(own)

    def act() -> None:
        invitation = own[form.organisation.data]
        actions.reply(invitation, Reply(form.coming.data), actor=viewer, now=clock())

    if carried_out(form, act):
        done("Your reply is sent. You can change it until it begins.")
        return redirect(url_for(".forum", ref=ref))
    return page("followups/forum_reply.html", form=form, forum=found)


def _first(own: dict[str, Any]) -> tuple[str, str | None]:
    key, invitation = next(iter(own.items()))
    return key, invitation.reply.value if invitation.reply else None


@bp.route("/forums/<ref>/record", methods=["GET", "POST"])
@needs(Permission.FOLLOW_UP_RAISE)
def record_forum(ref: str) -> Any:
    form = record_form(())
    staged = receiving.take_in(form)  # before the first statement, which takes the write lock
    refused = form.refused
    found = _run(ref, "record")
    if clock() < found.held_at:
        raise RuleBroken("forum:not-yet", "It has not begun yet.")
    invited = sorted(found.invitations, key=lambda one: one.provider.name)
    form = record_form([(one.provider.ref, one.provider.name, one.came) for one in invited])
    if not form.is_submitted():
        form.also_there.data, form.minutes.data = found.also_there, found.minutes
    if refused is None and carried_out(form, lambda: _record(found, form, staged)):
        done("The minutes are kept, and everybody invited gets an email.")
        return redirect(url_for(".forum", ref=ref))
    if refused is not None:
        form.validate()
        form.refuse_file(refused)
    counts = [form[f"came_{one.provider.ref}"] for one in invited]
    return page("followups/forum_record.html", form=form, forum=found, counts=counts)


def _record(found: Forum, form: Any, staged: StagedFile | None) -> None:
    came = {
        one.provider_id: form[f"came_{one.provider.ref}"].data or 0 for one in found.invitations
    }
    actions.record(
        found,
        came,
        also_there=form.also_there.data,
        minutes=form.minutes.data,
        staged=staged,
        actor=current_viewer(),
        now=clock(),
    )


@bp.route("/forums/<ref>/actions/new", methods=["GET", "POST"])
@needs(Permission.FOLLOW_UP_RAISE)
def forum_action(ref: str) -> Any:
    viewer, found = current_viewer(), _run(ref, "record")
    councils = {one.council.ref: one.council for one in found.councils}
    own = {key: one for key, one in councils.items() if policy.may_call(viewer, one.id)}
    form = fitted(RaiseForm(), viewer, own)
    source = Source("forum", found.ref, found.title)
    back = url_for(".forum", ref=ref)
    shared = tuple(one.council for one in found.councils)
    if carried_out(form, lambda: raise_from(form, own, source, shared_with=shared)):
        done("The action is on the list. Its owner gets an email.")
        return redirect(back)
    return page("followups/new.html", form=form, back=back, about=found.title)


@bp.route("/forums/<ref>/cancel", methods=["GET", "POST"])
@needs(Permission.FOLLOW_UP_RAISE)
def cancel_forum(ref: str) -> Any:
    found, form = _run(ref, "cancel"), CancelForumForm()

    def act() -> None:
        actions.cancel(found, form.reason.data, actor=current_viewer(), now=clock())

    if carried_out(form, act):
        done("It is cancelled. Everybody invited gets an email.")
        return redirect(url_for(".forum", ref=ref))
    return page("followups/forum_cancel.html", form=form, forum=found)


@bp.get("/forums/<ref>/minutes-file")
@needs(Permission.FOLLOW_UP_READ)
def minutes_file(ref: str) -> Response:
    return serving.send_stored(or_404(_one(ref).minutes_file))


@bp.get("/forums/<ref>/minutes.pdf")
@needs(Permission.FOLLOW_UP_READ)
def minutes_pdf(ref: str) -> Response:
    """Minutes, who came and what is to be done, as one paper."""
    from portal.pdf import render_pdf

    found = _one(ref)
    or_404(found.minutes or None)
    inside = bool(found.council_ids & current_viewer().councils_where(Permission.FOLLOW_UP_READ))
    made = render_pdf(
        "pdf/forum.html",
        forum=found,
        numbers=forums.numbers(found),
        came=attendance.came(found) if inside else (),
        actions=[
            listing.row(one, today(clock())) for one in forums.actions_of(found, current_viewer())
        ],
    )
    name = f"minutes-{tables.slug(found.title)}.pdf"
    return tables.attachment(made, name, "application/pdf")


@bp.get("/forums/<ref>/attendance.<kind>")
@needs(Permission.FOLLOW_UP_RAISE)
def attendance_file(ref: str, kind: str) -> Response:
    found = _one(ref)
    policy.may_run(current_viewer(), found).or_refuse("forum:refused")
    return tables.download(attendance.table(found, today(clock())), kind)
