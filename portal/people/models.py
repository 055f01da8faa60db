"""People, the organisations that they act for, and how they sign in."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.access import OrganisationKind, Role
from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.people.sealed import SealedSecret


class Organisation(Base):
    """A council or a provider: what memberships point at. Providers add a table of their own."""

    __tablename__ = "organisation"
    __mapper_args__ = {"polymorphic_on": "kind"}

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("ORG"))
    kind: Mapped[OrganisationKind] = mapped_column(enum_column(OrganisationKind, "kind"))
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Council(Organisation):
    """A local authority. One hosts the portal; any of them can lead a round."""

    __tablename__ = "council"
    __mapper_args__ = {"polymorphic_identity": OrganisationKind.COUNCIL}

    id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    is_host: Mapped[bool] = mapped_column(default=False)
    safeguarding_contact: Mapped[str] = mapped_column(String(200), default="")


class PersonKind(StrEnum):
    STAFF = "staff"  # of a council
    PROVIDER = "provider"
    YOUNG = "young"  # a Young Commissioner: an alias, no email, no real name


class Person(Base):
    """An account. A Young Commissioner's holds an alias only; who that is stays outside."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("kind <> 'young' OR email IS NULL", name="young_without_email"),
        CheckConstraint("email = lower(email)", name="email_lower_case"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("PER"))
    kind: Mapped[PersonKind] = mapped_column(enum_column(PersonKind, "kind"))
    name: Mapped[str] = mapped_column(String(120))  # the alias of a Young Commissioner
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    email_confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    totp_secret: Mapped[str | None] = mapped_column(SealedSecret(64))
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    totp_last_step: Mapped[int] = mapped_column(default=0)  # a code works once
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    memberships: Mapped[list["Membership"]] = relationship(back_populates="person")


class Membership(Base):
    """A role of a person at an organisation."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("person_id", "organisation_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[Role] = mapped_column(enum_column(Role, "role"))
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship(back_populates="memberships")
    organisation: Mapped[Organisation] = relationship()


class RecoveryCode(Base):
    """A printed code for a lost second factor; each works once."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Passkey(Base):
    """A key in a device or in somebody's key ring; only its public half is here."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("KEY"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[str] = mapped_column(Text)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    synced: Mapped[bool] = mapped_column(default=False)  # it may be on several devices
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship()


class UsedChallenge(Base):
    """A challenge that a passkey has signed: nobody sends the same answer twice."""

    __tablename__ = "used_challenge"

    challenge_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class SecondStep(StrEnum):
    """Who asked for the second factor when a session began."""

    OWN = "own"  # this portal, where the role needs one
    COUNCIL = "council"  # the council's own sign-in said that it did


class SignInSession(Base):
    """A signed-in browser. Kept here, so that it can be listed and ended at once."""

    __tablename__ = "sign_in_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("SES"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    device: Mapped[str] = mapped_column(String(120), default="")
    second_step: Mapped[SecondStep] = mapped_column(
        enum_column(SecondStep, "second_step"), default=SecondStep.OWN
    )
    council_id: Mapped[int | None] = mapped_column(ForeignKey("council.id"))  # whose sign-in it was
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship()


class CouncilIdentity(Base):
    """The account of somebody at their council's own sign-in: what the provider calls them, for ever.

    An email address finds an account once; from then on only the subject does.
    """

    __tablename__ = "council_identity"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        UniqueConstraint("person_id", "council_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("CID"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(255))
    connected_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship()
    council: Mapped[Council] = relationship()


class BreakGlass(Base):
    """A role that an administrator took in an emergency: why, until when, and what came of it."""

    __tablename__ = "break_glass"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("GLASS"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[Role] = mapped_column(enum_column(Role, "role"))
    reason: Mapped[str] = mapped_column(Text)
    began_at: Mapped[datetime] = mapped_column(UTCDateTime)
    until_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    acts: Mapped[int] = mapped_column(default=0)  # on the trail, when it ended

    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation] = relationship()


class SessionSeen(Base):
    """When a session was last used: one of the two tables that a GET may write."""

    __tablename__ = "session_seen"

    session_id: Mapped[int] = mapped_column(ForeignKey("sign_in_session.id"), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SensitiveRead(Base):
    """Who looked at something sealed or sensitive: the other table that a GET may write."""

    __tablename__ = "reads"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_ref: Mapped[str] = mapped_column(String(80), index=True)


class Attempt(Base):
    """A failed try to sign in, counted across processes."""

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), index=True)  # keyed hash of account or address
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class LinkKind(StrEnum):
    INVITATION = "invitation"
    CONFIRM_EMAIL = "confirm-email"
    PASSWORD_RESET = "password-reset"  # noqa: S105


class OneTimeLink(Base):
    """A link sent by mail, kept as a hash: an invitation, a confirmation, a new password."""

    __tablename__ = "one_time_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("LINK"))
    kind: Mapped[LinkKind] = mapped_column(enum_column(LinkKind, "kind"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[Role | None] = mapped_column(enum_column(Role, "role"))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    organisation: Mapped[Organisation | None] = relationship()


class SignInCard(Base):
    """A Young Commissioner's card: a QR code and a PIN, revoked in one click."""

    __tablename__ = "sign_in_card"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("CARD"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    pin_hash: Mapped[str] = mapped_column(String(200))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class Consent(Base):
    """Consent to a young person's part: who gave it, when, for what; it can be withdrawn."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("CON"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    given_by: Mapped[str] = mapped_column(
        String(60)
    )  # "the young person", "a parent", "the council"
    given_on: Mapped[date]
    purpose: Mapped[str] = mapped_column(Text)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
