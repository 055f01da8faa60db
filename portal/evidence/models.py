"""Packs that were asked for, and the secret that hides what a pack does not show."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.applications.models import Application
from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.people.models import Person
from portal.rounds.models import Round
from scoring.pack import Form


class PackState(StrEnum):
    """A pack is made behind the pages; a round whose rows do not fit together has none."""

    WAITING = "waiting"
    MADE = "made"
    REFUSED = "refused"


class EvidenceSecret(Base):
    """32 random bytes for each round: with them a hidden part cannot be guessed from its hash."""

    __tablename__ = "evidence_secret"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(String(64))  # hexadecimal
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


class EvidencePack(Base):
    """A pack of a round in one of its forms, as it stood when it was made."""

    __tablename__ = "evidence_pack"
    __table_args__ = (
        CheckConstraint("form <> 'bidder' OR application_id IS NOT NULL", name="own_of_a_bid"),
        CheckConstraint("state <> 'made' OR sha256 <> ''", name="made_is_stored"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("PACK"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"), index=True)
    form: Mapped[Form] = mapped_column(enum_column(Form, "form"))
    state: Mapped[PackState] = mapped_column(
        enum_column(PackState, "state"), default=PackState.WAITING
    )
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    made_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    root: Mapped[str] = mapped_column(String(64), default="")  # one for all forms of one moment
    sha256: Mapped[str] = mapped_column(String(64), default="")  # of the ZIP
    size: Mapped[int] = mapped_column(default=0)
    why_refused: Mapped[str] = mapped_column(String(300), default="")
    let_go_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # the ZIP; its hashes stay

    round: Mapped[Round] = relationship()
    application: Mapped[Application | None] = relationship()
    asked_by: Mapped[Person] = relationship()

    @property
    def audit_chain(self) -> str:
        return self.round.audit_chain

    @property
    def name(self) -> str:
        """What the file is called when it is taken away."""
        return f"evidence-{self.round.ref.lower()}-{self.form.value}-{self.ref.lower()}.zip"
