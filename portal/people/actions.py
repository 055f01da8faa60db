"""The verbs of accounts, councils and roles. Signing in, invitations and cards have files of
their own beside this one; all are called from here."""

from dataclasses import dataclass
from datetime import datetime

from portal import audit, settings
from portal.access import Role, Viewer
from portal.audit import Event
from portal.db import db
from portal.people import accounts, policy
from portal.people.actions_access import (
    change_password,
    check_new_code,
    end_other_sessions,
    end_session,
    make_recovery_codes,
    refuse_sign_in,
    request_new_password,
    reset_password,
    set_second_factor,
    start_session,
    use_code,
    use_recovery_code,
)
from portal.people.actions_council import (
    come_from_council,
    connect_council,
    disconnect_council,
    leave_council,
)
from portal.people.actions_glass import break_glass, end_glass
from portal.people.actions_invitations import (
    accept_invitation,
    confirm_email,
    invite,
    resend_invitation,
    revoke_invitation,
    send_confirmation,
    tell_email_taken,
)
from portal.people.actions_passkeys import add_passkey, remove_passkey, use_passkey
from portal.people.actions_tokens import make_token, revoke_token
from portal.people.actions_young import (
    NewCard,
    create_young_commissioner,
    make_card,
    record_consent,
    revoke_card,
    use_card,
    withdraw_consent,
)
from portal.people.models import (
    Council,
    Membership,
    Organisation,
    Person,
    PersonKind,
    SensitiveRead,
)
from scoring.rules import RuleBroken

__all__ = [
    "NewCard",
    "accept_invitation",
    "add_passkey",
    "break_glass",
    "change_name",
    "change_password",
    "change_setting",
    "check_new_code",
    "close_account",
    "come_from_council",
    "confirm_email",
    "connect_council",
    "create_council",
    "create_person",
    "create_young_commissioner",
    "disconnect_council",
    "end_glass",
    "end_other_sessions",
    "end_session",
    "give_role",
    "invite",
    "leave_council",
    "make_card",
    "make_recovery_codes",
    "make_token",
    "note_read",
    "record_consent",
    "refuse_sign_in",
    "remove_passkey",
    "request_new_password",
    "resend_invitation",
    "reset_password",
    "revoke_card",
    "revoke_invitation",
    "revoke_token",
    "send_confirmation",
    "set_second_factor",
    "start_session",
    "take_role",
    "tell_email_taken",
    "use_card",
    "use_code",
    "use_passkey",
    "use_recovery_code",
    "withdraw_consent",
]


def create_council(
    slug: str, name: str, *, is_host: bool = False, actor: Viewer, now: datetime
) -> Council:
    """Take a council in.

    Raises:
        RuleBroken: the actor may not; `council:slug-taken`.
    """
    policy.may_administer(actor).or_refuse("council:create-refused")
    slug = policy.check_slug(slug)
    if accounts.council_by_slug(slug) is not None:
        raise RuleBroken("council:slug-taken", "A council has this short name already.", "slug")
    council = Council(slug=slug, name=name.strip(), is_host=is_host, created_at=now)
    db.session.add(council)
    db.session.flush()
    audit.record(Event.COUNCIL_CREATED, council, actor=actor, now=now, slug=slug)
    return council


def create_person(
    kind: PersonKind,
    name: str,
    email: str,
    *,
    password_hash: str | None = None,
    confirmed: bool = True,
    actor: Viewer,
    now: datetime,
) -> Person:
    """An account without a role.

    Raises:
        RuleBroken: the actor may not; `email:taken`.
    """
    policy.may_administer(actor).or_refuse("account:create-refused")
    return accounts.new_person(
        kind, name, email, password_hash=password_hash, confirmed=confirmed, actor=actor, now=now
    )


def give_role(
    person: Person, organisation: Organisation, role: Role, *, actor: Viewer, now: datetime
) -> Membership:
    """Give somebody a role; it counts from their next request on.

    Raises:
        RuleBroken: the actor may not, the role does not fit; `role:already-held`.
    """
    policy.may_give_role(actor, person, organisation, role).or_refuse("role:give-refused")
    return accounts.add_role(person, organisation, role, actor=actor, now=now)


def take_role(membership: Membership, *, actor: Viewer, now: datetime) -> None:
    """Take a role away; it counts from their next request on.

    Whoever holds no role any more is signed out everywhere, and their tokens end.

    Raises:
        RuleBroken: the actor may not; `role:last-administrator`.
    """
    decision = policy.may_manage_people_of(actor, membership.organisation)
    decision.or_refuse("role:take-refused")
    accounts.refuse_last(membership)
    person, organisation, role = membership.person, membership.organisation, membership.role
    db.session.delete(membership)
    db.session.flush()
    if not accounts.memberships_of(person):
        accounts.end_sessions(person, now)
        accounts.end_tokens(person, now, actor=actor)
    audit.record(
        Event.ROLE_TAKEN, person, actor=actor, now=now, role=role.value, at=organisation.ref
    )


def close_account(person: Person, *, actor: Viewer, now: datetime) -> None:
    """Close an account: every session, link and card of it ends at once. Its acts stay on record.

    Raises:
        RuleBroken: the actor may not; `role:last-administrator`.
    """
    places = {membership.organisation_id for membership in accounts.memberships_of(person)}
    policy.may_close(actor, person, places).or_refuse("account:close-refused")
    accounts.close(person, actor=actor, now=now, reason="closed")


def change_name(person: Person, name: str, *, actor: Viewer, now: datetime) -> None:
    """People write their own name; an alias stays what it is.

    Raises:
        RuleBroken: `account:not-yours`.
    """
    if actor.person_id != person.id or person.kind is PersonKind.YOUNG:
        raise RuleBroken("account:not-yours", "You can only change your own name.", "name")
    before, person.name = person.name, name.strip()
    values = {"name": {"before": before, "after": person.name}}
    audit.record(Event.ACCOUNT_CHANGED, person, actor=actor, now=now, values=values)
    db.session.flush()


@dataclass(frozen=True, slots=True)
class _SettingSubject:
    """What the trail says of a setting."""

    ref: str
    __tablename__ = "setting"


def change_setting(key: str, value: int | str, *, actor: Viewer, now: datetime) -> None:
    """Set a value for the whole installation; the same value changes nothing.

    Raises:
        RuleBroken: the actor may not; `setting:…` when the value does not fit.
    """
    policy.may_administer(actor).or_refuse("setting:change-refused")
    before = settings.get(key)
    policy.check_setting(key, value)
    settings.change(key, value)
    if before == value:
        return
    values = {key: {"before": before, "after": value}}
    subject = _SettingSubject(key)
    audit.record(Event.SETTING_CHANGED, subject, actor=actor, now=now, values=values)


def note_read(viewer: Viewer, kind: str, ref: str, now: datetime) -> None:
    """Remember who looked at something sealed or sensitive, in a short transaction of its own."""
    if viewer.person_id is None:
        return
    with db.writing() as session:
        session.add(
            SensitiveRead(at=now, person_id=viewer.person_id, subject_kind=kind, subject_ref=ref)
        )
