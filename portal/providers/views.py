"""Creating an organisation, its page, its details and its registrations."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, request, url_for

from forms.fields import choice
from forms.providers import (
    DetailsForm,
    NewOrganisationForm,
    OrganisationForm,
    RegistrationForm,
)
from portal.access import Permission, current_viewer, needs, public
from portal.days import LONDON
from portal.db import db
from portal.people import actions as people, attempts, passwords
from portal.providers import actions, policy, queries
from portal.providers.models import Provider, Registration, ServiceKind
from portal.providers.words import NOT_INSPECTED, OUTCOMES, SERVICES, outcome_words
from portal.web import clock, done, or_404, page
from scoring.rules import RuleBroken

bp = Blueprint("providers", __name__, url_prefix="/organisations")


def own(ref: str) -> Provider:
    """One of the viewer's own organisations, or a page that says it is not there."""
    found: Provider = or_404(queries.own_provider(ref, current_viewer()))
    return found


def _services() -> list[Any]:
    return [choice(service.value, words) for service, words in SERVICES.items()]


@bp.route("/new", methods=["GET", "POST"])
@public
def new() -> Any:
    viewer = current_viewer()
    if not viewer.is_anonymous:
        return redirect(url_for(".another"))
    form = NewOrganisationForm()
    form.service.choices = _services()
    if form.holds(*_numbers(form), *_registered(form), lambda: _check_password(form)):
        try:
            _create(form)
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            return redirect(url_for(".new_sent"))
    return page("providers/new.html", form=form)


def _numbers(form: Any) -> tuple[Callable[[], Any], ...]:
    """What an organisation's name and its numbers must look like, each checked by itself."""
    return (
        lambda: policy.tidy_name(form.name.data),
        lambda: policy.tidy_company_number(form.company_number.data),
    )


def _registered(form: OrganisationForm) -> tuple[Callable[[], Any], ...]:
    """What a first registration with Ofsted must look like, where one is given."""
    today = clock().astimezone(LONDON).date()
    return (
        lambda: policy.tidy_urn(form.urn.data) if form.urn.data else None,
        lambda: policy.check_registered_on(form.urn.data, form.registered_on.data, today),
    )


def _check_password(form: Any) -> None:
    email = form.email.data.lower()
    passwords.check(form.password.data, email=email, name=form.admin_name.data)


def _create(form: Any) -> None:
    """Create the organisation; whether the address has an account already is told by mail only."""
    email, viewer = form.email.data.lower(), current_viewer()
    attempts.take(attempts.limits("mail", email, request.remote_addr or "nowhere"), clock())
    password_hash = passwords.hash_password(form.password.data)
    try:
        actions.register(
            form.name.data,
            form.admin_name.data,
            email,
            password_hash,
            company_number=form.company_number.data,
            service=ServiceKind(form.service.data),
            urn=form.urn.data,
            registered_on=form.registered_on.data,
            actor=viewer,
            now=clock(),
        )
    except RuleBroken as broken:
        if broken.code != "email:taken":
            raise
        db.session.rollback()
        people.tell_email_taken(email, now=clock())
    db.session.commit()


@bp.get("/new/sent")
@public
def new_sent() -> Any:
    """The same page for everybody."""
    return page("providers/new_sent.html")


@bp.route("/another", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_MANAGE)
def another() -> Any:
    viewer = current_viewer()
    form = OrganisationForm()
    form.service.choices = _services()
    if form.holds(*_numbers(form), *_registered(form)):
        try:
            provider = actions.add_organisation(
                form.name.data,
                company_number=form.company_number.data,
                service=ServiceKind(form.service.data),
                urn=form.urn.data,
                registered_on=form.registered_on.data,
                actor=viewer,
                now=clock(),
            )
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            db.session.commit()
            done(f"{provider.name} is created. You are its administrator.")
            return redirect(url_for(".show", ref=provider.ref))
    return page("providers/another.html", form=form, may_create=policy.may_create(viewer))


@bp.get("/")
@needs(Permission.ORGANISATION_READ)
def index() -> Any:
    mine = queries.own_providers(current_viewer())
    if len(mine) == 1:
        return redirect(url_for(".show", ref=mine[0].ref))
    return page("providers/index.html", providers=mine)


@bp.get("/<ref>")
@needs(Permission.ORGANISATION_READ)
def show(ref: str) -> Any:
    viewer, provider = current_viewer(), own(ref)
    may_edit = policy.may_edit(viewer, provider)
    return page(
        "providers/show.html",
        provider=provider,
        services=SERVICES,
        outcome_words=outcome_words,
        may_edit=may_edit,
        colleagues=queries.colleagues(provider, viewer),
        invitations=queries.invitations(provider, viewer) if may_edit else (),
    )


@bp.route("/<ref>/edit", methods=["GET", "POST"])
@needs(Permission.ORGANISATION_EDIT)
def edit(ref: str) -> Any:
    viewer, provider = current_viewer(), own(ref)
    policy.may_edit(viewer, provider).or_refuse()
    form = DetailsForm(obj=provider)
    if form.holds(*_numbers(form)):
        typed = {field.name: field.data for field in form if field.name != "csrf_token"}
        try:
            actions.change_details(provider, **typed, actor=viewer, now=clock())
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            db.session.commit()
            done("The details are saved.")
            return redirect(url_for(".show", ref=ref))
    return page("providers/edit.html", form=form, provider=provider)


@bp.route("/<ref>/registrations/new", methods=["GET", "POST"])
@needs(Permission.ORGANISATION_EDIT)
def new_registration(ref: str) -> Any:
    return _registration(own(ref), None)


@bp.route("/<ref>/registrations/<registration_ref>", methods=["GET", "POST"])
@needs(Permission.ORGANISATION_EDIT)
def edit_registration(ref: str, registration_ref: str) -> Any:
    provider = own(ref)
    return _registration(provider, or_404(queries.registration(registration_ref, provider)))


def _registration(provider: Provider, known: Registration | None) -> Any:
    viewer = current_viewer()
    policy.may_edit(viewer, provider).or_refuse()
    form = _registration_form(known)
    if form.holds(
        lambda: policy.tidy_urn(form.urn.data) if known is None else None,
        lambda: _check_outcome(form),
    ):
        try:
            actions.record_registration(
                provider,
                form.urn.data if known is None else known.urn,
                ServiceKind(form.service.data),
                form.registered_on.data,
                _outcome(form),
                form.inspected_on.data,
                form.branch.data,
                actor=viewer,
                now=clock(),
            )
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            db.session.commit()
            done("The registration is saved.")
            return redirect(url_for(".show", ref=provider.ref))
    return page("providers/registration.html", form=form, provider=provider, known=known)


def _registration_form(known: Registration | None) -> Any:
    form = RegistrationForm(obj=known)
    today = clock().astimezone(LONDON).date()
    form.registered_on.latest = form.inspected_on.latest = today
    form.service.choices = _services()
    form.outcome.choices = [choice(NOT_INSPECTED, "Registered, not yet inspected")] + [
        choice(f"{service.value}:{value}", words, group=SERVICES[service])
        for service, outcomes in OUTCOMES.items()
        for value, words in outcomes.items()
        if value != NOT_INSPECTED
    ]
    if known is not None and not form.is_submitted() and known.outcome != NOT_INSPECTED:
        form.outcome.data = f"{known.service.value}:{known.outcome}"
    if known is not None:
        del form.urn
    return form


def _check_outcome(form: Any) -> None:
    """An outcome goes with its service, and with the day of an inspection."""
    if not (form.service.errors or form.outcome.errors):
        inspected = not form.inspected_on.blank
        policy.check_outcome(ServiceKind(form.service.data), _outcome(form), inspected)


def _outcome(form: Any) -> str:
    """The outcome without its service; one of another service is left for the rule to refuse."""
    service, _, value = form.outcome.data.rpartition(":")
    return value if service in {"", form.service.data} else form.outcome.data
