"""Meetings of a panel: who was there from when, so that what was agreed can be held against it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.people.models import Person
from portal.rounds.models import Round
from scoring.terms import Panel


class PanelMeeting(Base):
    """One meeting. Who comes or goes adds a step; nothing of it is written over."""

    __tablename__ = "panel_meeting"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("MTG"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    panel: Mapped[Panel] = mapped_column(enum_column(Panel, "panel"))
    quorum: Mapped[int]  # that was in force
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # `at`, and references of `present`
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    round: Mapped[Round] = relationship()
    opened_by: Mapped[Person] = relationship()

    @property
    def present(self) -> list[str]:
        """References of those who are there now."""
        return list(self.steps[-1]["present"])

    @property
    def ever_present(self) -> list[str]:
        """References of everybody who was there at any time."""
        return list(dict.fromkeys(ref for step in self.steps for ref in step["present"]))
