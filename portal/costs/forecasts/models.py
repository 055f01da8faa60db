"""Forecasts that a worker drew because a page would have waited too long."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, UTCDateTime


class CostForecast(Base):
    """What was drawn for one question: low, middle and high of years, and no row of a child."""

    __tablename__ = "cost_forecast"

    id: Mapped[int] = mapped_column(primary_key=True)
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), index=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)  # a hash of question and figures
    made_from: Mapped[str] = mapped_column(String(64))  # of files, mapping and rates
    drawn: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # none: too short to be forecast
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
