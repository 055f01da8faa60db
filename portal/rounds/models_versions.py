"""A version of a round after its first: what it changed, why, and when everybody was told.

What is being prepared is a draft beside the round (`Round.version_of_id`), so that it is edited on
the pages on which every draft is edited. Publishing carries it over and keeps this row.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, new_ref
from portal.people.models import Person
from portal.rounds.models import Round
from scoring.differences import Difference


class RoundVersion(Base):
    """A published version, from the second on. Never changed."""

    __tablename__ = "round_version"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        CheckConstraint("number > 1", name="after_the_first"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("VER"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    differences: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    # What the round says from now on: for each part the reference and the hash of its content.
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    notice_number: Mapped[str] = mapped_column(String(40), default="")
    notice_published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    round: Mapped[Round] = relationship()
    published_by: Mapped[Person] = relationship()

    @property
    def changes(self) -> list[Difference]:
        """What it changed, as it was published."""
        return [Difference.from_content(one) for one in self.differences]

    @property
    def audit_chain(self) -> str:
        return self.round.audit_chain
