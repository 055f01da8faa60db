"""Follow-ups and every step of their life."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.documents.models import DocumentVersion
from portal.people.models import Council, Person
from portal.providers.models import Provider
from portal.providers.models_settings import Setting
from scoring.stages import FollowUpStage


class FollowUpKind(StrEnum):
    RECOMMENDATION = "recommendation"
    ACTION = "action"


class OwnerSide(StrEnum):
    PROVIDER = "provider"
    COUNCIL = "council"


class FollowUp(Base):
    """Something that is to be done, by whom, by when.

    `council_id` asked for it; `councils` are all who share it, that one among them. What asked is
    a reference upwards (`source_kind`, `source_ref`, `source_label`), never a foreign key.
    """

    __tablename__ = "follow_up"
    __table_args__ = (
        CheckConstraint(
            "owner_side <> 'provider' OR provider_id IS NOT NULL", name="owner_is_somebody"
        ),
        Index("ix_follow_up_source", "source_kind", "source_ref"),
        Index("ix_follow_up_stage_due_on", "stage", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("FUP"))
    kind: Mapped[FollowUpKind] = mapped_column(enum_column(FollowUpKind, "kind"))
    stage: Mapped[FollowUpStage] = mapped_column(
        enum_column(FollowUpStage, "stage"), default=FollowUpStage.OPEN
    )
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"), index=True)
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), index=True)
    setting_id: Mapped[int | None] = mapped_column(ForeignKey("provider_setting.id"))
    source_kind: Mapped[str] = mapped_column(String(40))
    source_ref: Mapped[str] = mapped_column(String(40), default="")
    source_label: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    owner_side: Mapped[OwnerSide] = mapped_column(enum_column(OwnerSide, "owner_side"))
    owner_post: Mapped[str] = mapped_column(String(120), default="")
    owner_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date]
    shown_to_provider: Mapped[bool]
    raised_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    raised_at: Mapped[datetime] = mapped_column(UTCDateTime)

    provider: Mapped[Provider | None] = relationship()
    setting: Mapped[Setting | None] = relationship()
    council: Mapped[Council] = relationship()
    owner_person: Mapped[Person | None] = relationship(foreign_keys=[owner_person_id])
    councils: Mapped[list["FollowUpCouncil"]] = relationship(back_populates="follow_up")
    steps: Mapped[list["FollowUpStep"]] = relationship(
        back_populates="follow_up", order_by="FollowUpStep.id"
    )

    @property
    def council_ids(self) -> frozenset[int]:
        return frozenset(one.council_id for one in self.councils)

    @property
    def owner(self) -> str:
        """Who is to do it, in words: a person or a post, and for whom they work."""
        works_for = self.council.name
        if self.owner_side is OwnerSide.PROVIDER and self.provider is not None:
            works_for = self.provider.name
        named = self.owner_person.name if self.owner_person is not None else self.owner_post
        return f"{named}, {works_for}" if named else works_for

    @property
    def answer(self) -> "FollowUpStep | None":
        """The newest answer, if there is one."""
        return next((one for one in reversed(self.steps) if one.verb == "answer"), None)

    @property
    def decision(self) -> "FollowUpStep | None":
        """The newest decision of a council on it: closed, withdrawn, sent back or opened again."""
        decided = {"close", "withdraw", "send-back", "reopen"}
        return next((one for one in reversed(self.steps) if one.verb in decided), None)


class FollowUpCouncil(Base):
    """A council that shares a follow-up."""

    __tablename__ = "follow_up_council"
    __table_args__ = (UniqueConstraint("follow_up_id", "council_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    follow_up_id: Mapped[int] = mapped_column(ForeignKey("follow_up.id"))
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), index=True)

    follow_up: Mapped[FollowUp] = relationship(back_populates="councils")
    council: Mapped[Council] = relationship()


class FollowUpStep(Base):
    """One step of a follow-up's life: who did what, with which words and evidence. Never changed."""

    __tablename__ = "follow_up_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("FST"))
    follow_up_id: Mapped[int] = mapped_column(ForeignKey("follow_up.id"), index=True)
    verb: Mapped[str] = mapped_column(String(20))
    stage: Mapped[FollowUpStage] = mapped_column(enum_column(FollowUpStage, "stage"))
    side: Mapped[OwnerSide] = mapped_column(enum_column(OwnerSide, "side"))  # who did it
    text: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[date]  # that held from then on
    document_version_id: Mapped[int | None] = mapped_column(ForeignKey("document_version.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    follow_up: Mapped[FollowUp] = relationship(back_populates="steps")
    version: Mapped[DocumentVersion | None] = relationship()
    by: Mapped[Person | None] = relationship()
