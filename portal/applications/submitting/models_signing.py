"""How an organisation signs its applications."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime
from portal.people.models import Person
from portal.providers.models import Provider


class SigningRule(Base):
    """Whether a second person must have said that an application is ready before one signs it.

    An organisation without a row lets one administrator submit alone.
    """

    __tablename__ = "signing_rule"

    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), primary_key=True)
    two_people: Mapped[bool] = mapped_column(default=False)
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)

    provider: Mapped[Provider] = relationship()
    changed_by: Mapped[Person] = relationship()

    @property
    def audit_chain(self) -> str | None:
        return None

    @property
    def ref(self) -> str:
        return self.provider.ref
