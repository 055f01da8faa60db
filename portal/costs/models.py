"""Placements and what they cost, as files brought them in, and the figures that add up.

Everything here belongs to one council and is never a partner's. A child is a keyed hash.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.people.models import Council


class FileKind(StrEnum):
    """What a file holds."""

    LEDGER = "ledger"
    EPISODES = "episodes"  # of an SSDA903 return
    HEADERS = "headers"
    STANDARD = "placements-standard"  # the national Placements Data Standard, version 2


class ImportStage(StrEnum):
    """How far a file is. Only what is taken counts anywhere."""

    WAITING = "waiting"  # to be checked
    CHECKED = "checked"
    REFUSED = "refused"  # as a whole
    TAKEN = "taken"
    TAKEN_BACK = "taken-back"
    DISCARDED = "discarded"


class CostImport(Base):
    """One file, from its check to its place among the figures."""

    __tablename__ = "cost_import"
    __table_args__ = (Index("ix_cost_import_council_stage", "council_id", "stage"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("IMP"))
    batch: Mapped[str] = mapped_column(String(20), index=True)  # files that were sent together
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"))
    kind: Mapped[FileKind] = mapped_column(enum_column(FileKind, "kind"))
    stage: Mapped[ImportStage] = mapped_column(
        enum_column(ImportStage, "stage"), default=ImportStage.WAITING
    )
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))  # of the file as it came
    laid_aside: Mapped[str] = mapped_column(String(64), default="")  # its rows without numbers
    as_at_on: Mapped[date]  # open placements of a ledger are known to run so far
    return_year: Mapped[int | None]
    control_year: Mapped[int | None]
    control_pence: Mapped[int | None] = mapped_column(BigInteger)  # what the general ledger says
    replaces: Mapped[bool] = mapped_column(default=False)  # an earlier return of the same year
    lines: Mapped[int] = mapped_column(default=0)
    accepted: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    on_record: Mapped[int] = mapped_column(default=0)  # rows that say what is known already
    findings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    fault: Mapped[str] = mapped_column(String(300), default="")
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    council: Mapped[Council] = relationship()


class CostRejection(Base):
    """Why a row of a file is refused; a child's number is never repeated."""

    __tablename__ = "cost_rejection"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("cost_import.id"), index=True)
    line: Mapped[int]
    column: Mapped[str] = mapped_column(String(80))
    value: Mapped[str] = mapped_column(String(210))
    reason: Mapped[str] = mapped_column(String(300))


class LedgerEntry(Base):
    """A row of a ledger: one child, one type of placement, one weekly price. Pence."""

    __tablename__ = "ledger_entry"
    __table_args__ = (Index("ix_ledger_entry_council_child", "council_id", "child", "starts_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("cost_import.id"), index=True)
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"))
    line: Mapped[int]
    child: Mapped[str] = mapped_column(String(24))
    placement_ref: Mapped[str] = mapped_column(String(60))
    provider: Mapped[str] = mapped_column(String(120), default="")  # empty: in house
    provider_ref: Mapped[str] = mapped_column(String(20), default="")  # in the register, if there
    type: Mapped[str] = mapped_column(String(60))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]  # the day of departure, which does not count
    weekly_pence: Mapped[int | None]
    social_bp: Mapped[int | None]
    education_bp: Mapped[int | None]
    health_bp: Mapped[int | None]
    grant_bp: Mapped[int | None]
    other_bp: Mapped[int | None]
    birth_month: Mapped[date | None]
    lot: Mapped[str] = mapped_column(String(20), default="")
    support_hours: Mapped[int | None]  # in hundredths
    purchase: Mapped[str] = mapped_column(String(10), default="")
    budget_code: Mapped[str] = mapped_column(String(60), default="")
    distance_tenths: Mapped[int | None]  # of a mile
    type_words: Mapped[str] = mapped_column(String(80), default="")  # where no type has this name


class EpisodeRow(Base):
    """A line of an episodes file. Postcodes became a distance and are gone."""

    __tablename__ = "episode_row"
    __table_args__ = (Index("ix_episode_row_council_child", "council_id", "child"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("cost_import.id"), index=True)
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"))
    line: Mapped[int]
    child: Mapped[str] = mapped_column(String(24))
    arrives_on: Mapped[date]
    departs_on: Mapped[date | None]
    legal_status: Mapped[str] = mapped_column(String(4))
    place: Mapped[str] = mapped_column(String(4))
    provider_code: Mapped[str] = mapped_column(String(4))
    urn: Mapped[str] = mapped_column(String(20))
    distance_tenths: Mapped[int | None]
    outside: Mapped[bool | None]  # the council's area; not known without a postcode file


class BirthRow(Base):
    """The month in which a child was born, as a headers file tells it."""

    __tablename__ = "birth_row"
    __table_args__ = (Index("ix_birth_row_council_child", "council_id", "child"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("cost_import.id"), index=True)
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"))
    line: Mapped[int]
    child: Mapped[str] = mapped_column(String(24))
    birth_month: Mapped[date]


class ColumnMapping(Base):
    """What a council's files call the columns, remembered for the next one."""

    __tablename__ = "column_mapping"
    __table_args__ = (UniqueConstraint("council_id", "kind", "signature"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("MAP"))
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"))
    kind: Mapped[FileKind] = mapped_column(enum_column(FileKind, "kind"))
    signature: Mapped[str] = mapped_column(String(64))  # of the headings
    headings: Mapped[list[str]] = mapped_column(JSON)
    columns: Mapped[dict[str, str]] = mapped_column(JSON)  # our name → heading
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CostStore(Base):
    """Up to which day the kept figures of a council go, and from what they were made."""

    __tablename__ = "cost_store"

    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), primary_key=True)
    as_at_on: Mapped[date]
    made_from: Mapped[str] = mapped_column(String(64))  # a hash of files, mapping and rates
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CostCell(Base):
    """What adds up: of one council, year, type of placement and standing."""

    __tablename__ = "cost_cell"
    __table_args__ = (
        UniqueConstraint("council_id", "year", "type", "standing"),
        CheckConstraint("priced_days <= child_days", name="priced_within_days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"))
    year: Mapped[int]
    type: Mapped[str] = mapped_column(String(60))
    standing: Mapped[str] = mapped_column(String(20))
    children: Mapped[int]
    at_year_end: Mapped[int]
    child_days: Mapped[int]
    priced_days: Mapped[int]
    sevenths: Mapped[int] = mapped_column(BigInteger)  # pence × days
    missing: Mapped[int]
    estimated_days: Mapped[int]


class CostPart(Base):
    """What adds up in another way: by group, by distance, by who pays (`portal.costs.figures.parts`)."""

    __tablename__ = "cost_part"
    __table_args__ = (UniqueConstraint("council_id", "part", "year", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"))
    part: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    key: Mapped[str] = mapped_column(String(80))
    children: Mapped[int]
    at_year_end: Mapped[int]
    child_days: Mapped[int]
    amount: Mapped[int] = mapped_column(BigInteger)  # pence × days (× basis points of a funder)


class CostBlock(Base):
    """Rows of a ledger once more, column by column, so that figures are counted without objects.

    Made with the rows and gone with them; it holds no more of a child than they do.
    """

    __tablename__ = "cost_block"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("cost_import.id"), index=True)
    rows: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class CostPrepared(Base):
    """The figures that will count if a batch is taken, made with its check: taking only swaps."""

    __tablename__ = "cost_prepared"

    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), primary_key=True)
    made_from: Mapped[str] = mapped_column(String(64))
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)


class PostcodePoint(Base):
    """Where a postcode lies on the national grid, in metres, and in whose area."""

    __tablename__ = "postcode_point"

    postcode: Mapped[str] = mapped_column(String(8), primary_key=True)  # without spaces
    easting: Mapped[int]
    northing: Mapped[int]
    authority: Mapped[str] = mapped_column(String(9))


class PublishedReport(Base):
    """A report that was published: its figures, rules and inputs as they stood, for ever."""

    __tablename__ = "published_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("REP"))
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), index=True)
    report: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    as_at_on: Mapped[date]
    filters: Mapped[dict[str, Any]] = mapped_column(JSON)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)  # exact, fractions as "n/d"
    inputs: Mapped[list[Any]] = mapped_column(JSON)  # files by kind and hash
    rules: Mapped[list[str]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    published_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)

    council: Mapped[Council] = relationship()
