"""Provider forums and workshops: who is invited, who came, what was said."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.documents.models import StoredFile
from portal.people.models import Council
from portal.providers.models import Provider
from scoring.stages import ForumStage


class ForumKind(StrEnum):
    FORUM = "forum"
    WORKSHOP = "workshop"


class Reply(StrEnum):
    COMING = "coming"
    NOT_COMING = "not-coming"


class Forum(Base):
    """A meeting of councils with providers. One council calls it; others may share it."""

    __tablename__ = "forum"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("FOR"))
    kind: Mapped[ForumKind] = mapped_column(enum_column(ForumKind, "kind"))
    stage: Mapped[ForumStage] = mapped_column(
        enum_column(ForumStage, "stage"), default=ForumStage.DRAFT
    )
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    held_at: Mapped[datetime] = mapped_column(UTCDateTime)
    place: Mapped[str] = mapped_column(Text)  # an address, or how to join a call
    agenda: Mapped[str] = mapped_column(Text)
    also_there: Mapped[str] = mapped_column(Text, default="")  # posts of councils and guests
    minutes: Mapped[str] = mapped_column(Text, default="")
    minutes_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)

    council: Mapped[Council] = relationship()
    minutes_file: Mapped[StoredFile | None] = relationship()
    councils: Mapped[list["ForumCouncil"]] = relationship(back_populates="forum")
    invitations: Mapped[list["ForumInvitation"]] = relationship(back_populates="forum")

    @property
    def council_ids(self) -> frozenset[int]:
        return frozenset(one.council_id for one in self.councils)

    @property
    def provider_ids(self) -> frozenset[int]:
        return frozenset(one.provider_id for one in self.invitations)


class ForumCouncil(Base):
    """A council that holds the forum together with others."""

    __tablename__ = "forum_council"
    __table_args__ = (UniqueConstraint("forum_id", "council_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    forum_id: Mapped[int] = mapped_column(ForeignKey("forum.id"))
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), index=True)

    forum: Mapped[Forum] = relationship(back_populates="councils")
    council: Mapped[Council] = relationship()


class ForumInvitation(Base):
    """A provider that is invited: what it replied, and how many of its people came."""

    __tablename__ = "forum_invitation"
    __table_args__ = (
        UniqueConstraint("forum_id", "provider_id"),
        CheckConstraint("came IS NULL OR came >= 0", name="came_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    forum_id: Mapped[int] = mapped_column(ForeignKey("forum.id"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    invited_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reply: Mapped[Reply | None] = mapped_column(enum_column(Reply, "reply"))
    replied_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    came: Mapped[int | None]  # people; none while nobody wrote it down

    forum: Mapped[Forum] = relationship(back_populates="invitations")
    provider: Mapped[Provider] = relationship()
