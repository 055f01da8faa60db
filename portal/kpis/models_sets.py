"""A council's own KPI set while it is written. Published, it is content like any other."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.content.models import ContentVersion
from portal.db import Base, UTCDateTime, new_ref
from portal.people.models import Council, Person


class KpiSetDraft(Base):
    """The next version of a council's own set; there is one draft of each set at a time."""

    __tablename__ = "kpi_set_draft"
    __table_args__ = (UniqueConstraint("council_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("KSD"))
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"))
    key: Mapped[str] = mapped_column(String(60))  # of the set that it becomes
    made_from_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    council: Mapped[Council] = relationship()
    made_from: Mapped[ContentVersion] = relationship()
    changed_by: Mapped[Person] = relationship()

    def kpi(self, key: str) -> dict[str, Any] | None:
        """One KPI as it is written so far."""
        return next((one for one in self.body["kpis"] if one["key"] == key), None)
