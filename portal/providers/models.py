"""Provider organisations and what a regulator says of them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.access import OrganisationKind
from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.people.models import Organisation


class ServiceKind(StrEnum):
    SUPPORTED_ACCOMMODATION = "supported-accommodation"
    FOSTERING = "fostering"


class Provider(Organisation):
    """An organisation that offers homes: 16+ supported accommodation, or a fostering agency (IFA)."""

    __tablename__ = "provider"
    __mapper_args__ = {"polymorphic_identity": OrganisationKind.PROVIDER}

    id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    trading_name: Mapped[str] = mapped_column(String(200), default="")
    company_number: Mapped[str | None] = mapped_column(String(20), unique=True)
    charity_number: Mapped[str] = mapped_column(String(20), default="")
    ppon: Mapped[str] = mapped_column(String(30), default="")  # Procurement Act supplier identifier
    address: Mapped[str] = mapped_column(Text, default="")
    telephone: Mapped[str] = mapped_column(String(30), default="")
    website: Mapped[str] = mapped_column(String(200), default="")

    registrations: Mapped[list["Registration"]] = relationship(
        back_populates="provider", order_by="Registration.urn"
    )


class Registration(Base):
    """An Ofsted registration (URN) of a provider or one of its branches."""

    __tablename__ = "registration"
    __table_args__ = (UniqueConstraint("urn"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("REG"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    urn: Mapped[str] = mapped_column(String(20))
    branch: Mapped[str] = mapped_column(String(120), default="")
    service: Mapped[ServiceKind] = mapped_column(enum_column(ServiceKind, "service"))
    registered_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(
        String(40), default="registered"
    )  # a point of the Ofsted scale
    inspected_on: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)

    provider: Mapped[Provider] = relationship(back_populates="registrations")
