"""The verbs of provider organisations: create, change, register with Ofsted, colleagues."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import audit
from portal.access import Role, Viewer
from portal.audit import Event
from portal.db import constraint_name, db
from portal.people import accounts, actions as people
from portal.people.models import Membership, Person, PersonKind
from portal.providers import policy
from portal.providers.models import Provider, Registration, ServiceKind
from portal.providers.models_ofsted import OutcomeChange
from portal.providers.words import NOT_INSPECTED
from scoring.rules import RuleBroken


def register(
    name: str,
    admin_name: str,
    email: str,
    password_hash: str,
    *,
    company_number: str | None = None,
    service: ServiceKind = ServiceKind.SUPPORTED_ACCOMMODATION,
    urn: str | None = None,
    registered_on: date | None = None,
    confirmed: bool = False,
    actor: Viewer,
    now: datetime,
) -> Provider:
    """Create an organisation with its first administrator, who is mailed a link to confirm.

    Args:
        confirmed: the portal itself vouches for the address: no mail.

    Raises:
        RuleBroken: `provider:…`, `registration:…`; `email:taken`, which a page must not show.
    """
    provider = _new_provider(name, company_number, actor=actor, now=now)
    if urn:
        _registered(provider, urn, service, actor=actor, now=now).registered_on = registered_on
    confirmed = confirmed and actor.is_system
    person = accounts.new_person(
        PersonKind.PROVIDER,
        admin_name,
        email,
        password_hash=password_hash,
        confirmed=confirmed,
        actor=actor,
        now=now,
    )
    accounts.add_role(person, provider, Role.PROVIDER_ADMIN, actor=actor, now=now)
    if not confirmed:
        people.send_confirmation(person, now=now)
    return provider


def add_organisation(
    name: str,
    *,
    company_number: str | None = None,
    service: ServiceKind = ServiceKind.SUPPORTED_ACCOMMODATION,
    urn: str | None = None,
    registered_on: date | None = None,
    actor: Viewer,
    now: datetime,
) -> Provider:
    """Somebody who has an account creates one more organisation and administers it.

    Raises:
        RuleBroken: the actor may not; `provider:…`, `registration:…`.
    """
    policy.may_create(actor).or_refuse("provider:create-refused")
    person = db.session.get(Person, actor.person_id) if actor.person_id else None
    if person is None or person.kind is not PersonKind.PROVIDER:
        raise RuleBroken("provider:create-refused", "Sign in as somebody who works for a provider.")
    provider = _new_provider(name, company_number, actor=actor, now=now)
    if urn:
        _registered(provider, urn, service, actor=actor, now=now).registered_on = registered_on
    accounts.add_role(person, provider, Role.PROVIDER_ADMIN, actor=actor, now=now)
    return provider


DETAILS = ("trading_name", "charity_number", "ppon", "address", "telephone", "website")


def change_details(
    provider: Provider,
    *,
    name: str | None = None,
    company_number: str | None = None,
    trading_name: str | None = None,
    charity_number: str | None = None,
    ppon: str | None = None,
    address: str | None = None,
    telephone: str | None = None,
    website: str | None = None,
    actor: Viewer,
    now: datetime,
) -> None:
    """Change what is known of an organisation. None leaves a value; an empty text clears it.

    Raises:
        RuleBroken: the actor may not; `provider:…`.
    """
    policy.may_edit(actor, provider).or_refuse("provider:change-refused")
    wanted: dict[str, str | None] = {
        key: value.strip()
        for key, value in zip(
            DETAILS, (trading_name, charity_number, ppon, address, telephone, website), strict=True
        )
        if value is not None
    }
    if name is not None:
        wanted["name"] = policy.tidy_name(name)
    if company_number is not None:
        wanted["company_number"] = policy.tidy_company_number(company_number)
    changed = {key: value for key, value in wanted.items() if getattr(provider, key) != value}
    if not changed:
        return
    if changed.get("company_number"):
        _refuse_taken_number(str(changed["company_number"]))
    values = {key: {"before": getattr(provider, key), "after": changed[key]} for key in changed}
    for key, value in changed.items():
        setattr(provider, key, value)
    _flush()
    audit.record(
        Event.PROVIDER_CHANGED, provider, actor=actor, now=now, values=values, what=sorted(changed)
    )


def record_registration(  # noqa: PLR0917  the words of a certificate, in its order
    provider: Provider,
    urn: str,
    service: ServiceKind,
    registered_on: date | None,
    outcome: str = NOT_INSPECTED,
    inspected_on: date | None = None,
    branch: str = "",
    *,
    source_ref: str = "",
    actor: Viewer,
    now: datetime,
) -> Registration:
    """Record a registration with Ofsted, or what is new about one.

    Args:
        outcome: a value of Ofsted's scale for the service; "registered" is not inspected yet.
        source_ref: of the file that says so, where it was not typed.

    Raises:
        RuleBroken: the actor may not; `registration:…`.
    """
    policy.may_record_registration(actor, provider).or_refuse("registration:refused")
    policy.check_outcome(service, outcome, inspected_on is not None)
    for field, day in (("registered_on", registered_on), ("inspected_on", inspected_on)):
        if day is not None and day > now.date():
            raise RuleBroken("registration:in-the-future", "This day is still to come.", field)
    registration = _registered(provider, urn, service, actor=actor, now=now)
    registration.service, registration.branch = service, branch.strip()
    registration.registered_on = registered_on
    if registration.outcome != outcome:
        db.session.add(
            OutcomeChange(
                registration=registration,
                before=registration.outcome,
                after=outcome,
                inspected_on=inspected_on,
                recorded_at=now,
                source_ref=source_ref,
            )
        )
    registration.outcome, registration.inspected_on = outcome, inspected_on
    registration.recorded_at = now
    db.session.flush()
    return registration


def remove_colleague(provider: Provider, person: Person, *, actor: Viewer, now: datetime) -> None:
    """Somebody no longer works for the organisation: every role there ends at once.

    Raises:
        RuleBroken: the actor may not; `colleague:not-one`, `role:last-administrator`.
    """
    for membership in _memberships(provider, person):
        people.take_role(membership, actor=actor, now=now)


def change_colleague(
    provider: Provider, person: Person, role: Role, *, actor: Viewer, now: datetime
) -> None:
    """A colleague has one role from now on.

    Raises:
        RuleBroken: the actor may not; `colleague:not-one`, `role:last-administrator`.
    """
    held = _memberships(provider, person)
    if role not in {membership.role for membership in held}:
        people.give_role(person, provider, role, actor=actor, now=now)
    for membership in held:
        if membership.role is not role:
            people.take_role(membership, actor=actor, now=now)


def _memberships(provider: Provider, person: Person) -> list[Membership]:
    held = [one for one in accounts.memberships_of(person) if one.organisation_id == provider.id]
    if not held:
        raise RuleBroken("colleague:not-one", "This person does not work for the organisation.")
    return held


def _new_provider(
    name: str, company_number: str | None, *, actor: Viewer, now: datetime
) -> Provider:
    number = policy.tidy_company_number(company_number)
    provider = Provider(name=policy.tidy_name(name), company_number=number, created_at=now)
    if number:
        _refuse_taken_number(number)
    db.session.add(provider)
    _flush()
    audit.record(Event.PROVIDER_CREATED, provider, actor=actor, now=now)
    return provider


def _refuse_taken_number(number: str) -> None:
    if db.session.scalar(select(Provider.id).where(Provider.company_number == number)) is not None:
        raise _number_taken()


def _number_taken() -> RuleBroken:
    return RuleBroken(
        "provider:company-number-taken",
        "An organisation with this company number is here already. "
        "Ask a colleague there for an invitation.",
        "company_number",
    )


def _flush() -> None:
    """Write now, so that the database's own rules speak in words."""
    try:
        db.session.flush()
    except IntegrityError as error:
        if constraint_name(error) == "uq_provider_company_number":
            raise _number_taken() from error
        raise


def _registered(
    provider: Provider, urn: str, service: ServiceKind, *, actor: Viewer, now: datetime
) -> Registration:
    """The registration with this number, made when it is not there yet."""
    urn = policy.tidy_urn(urn)
    registration = db.session.scalar(select(Registration).where(Registration.urn == urn))
    if registration is not None and registration.provider_id != provider.id:
        raise RuleBroken(
            "registration:urn-taken", "Another organisation is here with this URN.", "urn"
        )
    if registration is None:
        registration = Registration(
            provider=provider, urn=urn, service=service, outcome=NOT_INSPECTED, recorded_at=now
        )
        db.session.add(registration)
        db.session.flush()
    audit.record(Event.REGISTRATION_RECORDED, registration, actor=actor, now=now, urn=urn)
    return registration
