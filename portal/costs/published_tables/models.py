"""Tables of figures that somebody published, as they stood: with source, licence and known faults."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.people.models import Council


class TableStage(StrEnum):
    """How far a published table is."""

    DRAFT = "draft"  # looked at; nothing of it is shown to others
    TAKEN = "taken"
    TAKEN_BACK = "taken-back"


class PublishedTable(Base):
    """A table of figures from elsewhere: statistics of a department, a council's paper."""

    __tablename__ = "published_table"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("TAB"))
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), index=True)
    stage: Mapped[TableStage] = mapped_column(
        enum_column(TableStage, "stage"), default=TableStage.DRAFT
    )
    title: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(500))  # who published it, and the address
    licence: Mapped[str] = mapped_column(String(120))
    published_on: Mapped[date]
    faults: Mapped[str] = mapped_column(Text, default="")  # a line for each that is known
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    headings: Mapped[list[str]] = mapped_column(JSON)
    columns: Mapped[dict[str, Any]] = mapped_column(
        JSON
    )  # our name → heading, and what stands for all
    cells: Mapped[list[Any]] = mapped_column(JSON)  # of a draft: line and cells of each row
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    council: Mapped[Council] = relationship()


class PublishedFigure(Base):
    """One figure of a published table."""

    __tablename__ = "published_figure"

    id: Mapped[int] = mapped_column(primary_key=True)
    table_id: Mapped[int] = mapped_column(ForeignKey("published_table.id"), index=True)
    line: Mapped[int]
    area: Mapped[str] = mapped_column(String(120))
    type_words: Mapped[str] = mapped_column(String(120))  # empty: of all types
    year: Mapped[int]  # in which the financial year begins
    figure: Mapped[str] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(String(40))
    hundredths: Mapped[int | None] = mapped_column(BigInteger)  # none: not given, never zero
