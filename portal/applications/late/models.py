"""A bidder's request that its late application be taken, and what two officers decided.

What it asks for is sealed as a submission at that moment, and counts only if the case is accepted.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.applications.models import Application, Submission
from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.people.models import Person
from scoring.late import Cause
from scoring.stages import LateCaseStage


class LateCase(Base):
    """One case for each application: nobody asks twice."""

    __tablename__ = "late_case"
    __table_args__ = (
        CheckConstraint(
            "stage NOT IN ('accepted', 'refused') OR decided_by_id <> proposed_by_id",
            name="two_people",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("LTC"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), unique=True)
    stage: Mapped[LateCaseStage] = mapped_column(
        enum_column(LateCaseStage, "stage"), default=LateCaseStage.ASKED
    )
    what_happened: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text)
    portal_record: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # at, words
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)  # when the request came in
    proposed_accept: Mapped[bool | None]
    proposed_cause: Mapped[Cause | None] = mapped_column(enum_column(Cause, "proposed_cause"))
    proposed_reason: Mapped[str] = mapped_column(Text, default="")
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_cause: Mapped[Cause | None] = mapped_column(enum_column(Cause, "decided_cause"))
    decided_reason: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    application: Mapped[Application] = relationship()
    submission: Mapped[Submission] = relationship()
    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id])
    proposed_by: Mapped[Person | None] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])

    @property
    def audit_chain(self) -> str:
        return self.application.audit_chain

    @property
    def is_open(self) -> bool:
        """Whether it still waits for somebody's decision."""
        return self.stage in (LateCaseStage.ASKED, LateCaseStage.PROPOSED)
