"""Tokens by which somebody's own programs come in, and how often they did."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, new_ref
from portal.people.models import Person


class ApiToken(Base):
    """A token of one person, for the parts that it names, to the end of its last day.

    It is shown once and kept as a hash. Rows stay, so that the trail can be read.
    """

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("KEY"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    last_on: Mapped[date]  # its last day, in the councils' time zone
    # whose sign-in vouched for the second factor of the session in which it was made
    council_id: Mapped[int | None] = mapped_column(ForeignKey("council.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship()


class ApiUse(Base):
    """How often a token, or an address without one, asked within the window that runs.

    One row for each, which every process counts on. A token's row also tells when it was last used;
    the row of an address (a keyed hash of it) is forgotten after a day.
    """

    __tablename__ = "api_use"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    token_id: Mapped[int | None] = mapped_column(ForeignKey("api_token.id"), unique=True)
    window_at: Mapped[datetime] = mapped_column(UTCDateTime)
    number: Mapped[int]
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
