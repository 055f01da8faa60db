"""Settings: the addresses at which young people live. Ofsted registers the provider, not each of them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.days import LONDON
from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.providers.models import Provider, Registration
from scoring.vacancies import Statement, coming, standing


class SettingCategory(StrEnum):
    """The four categories of supported accommodation; the words are those of the lots."""

    SELF_CONTAINED = "self-contained"
    SHARED_CARE_EXPERIENCED = "shared-care-experienced"
    SHARED_MIXED = "shared-mixed"
    PRIVATE_RESIDENCE = "private-residence"

    @property
    def title(self) -> str:
        return {
            SettingCategory.SELF_CONTAINED: "Self-contained",
            SettingCategory.SHARED_CARE_EXPERIENCED: "Shared, only looked-after children and care leavers",
            SettingCategory.SHARED_MIXED: "Shared with others",
            SettingCategory.PRIVATE_RESIDENCE: "Private residence (supported lodgings)",
        }[self]


class Serves(StrEnum):
    """Whom a home takes."""

    ANYBODY = "anybody"
    WOMEN = "young-women"
    MEN = "young-men"

    @property
    def title(self) -> str:
        return {
            Serves.ANYBODY: "Anybody",
            Serves.WOMEN: "Young women only",
            Serves.MEN: "Young men only",
        }[self]


class AddressRule(StrEnum):
    """Which officers of councils read the whole address; the rest read the first half of its postcode."""

    COMMISSIONERS = "commissioners"
    COUNCILS = "councils"

    @property
    def title(self) -> str:
        return {
            AddressRule.COMMISSIONERS: "Commissioners only",
            AddressRule.COUNCILS: "Everybody at a council who reads the register",
        }[self]


class Setting(Base):
    """One address of a provider. It is closed, never deleted: visits and papers point at it."""

    __tablename__ = "provider_setting"
    __table_args__ = (
        CheckConstraint("places > 0", name="has_places"),
        CheckConstraint("oldest_age IS NULL OR oldest_age >= youngest_age", name="ages_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("HOME"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"))
    name: Mapped[str] = mapped_column(String(120))  # what people call it
    category: Mapped[SettingCategory] = mapped_column(enum_column(SettingCategory, "category"))
    youngest_age: Mapped[int]
    oldest_age: Mapped[int | None]  # none: there is no upper age
    places: Mapped[int]
    address: Mapped[str] = mapped_column(Text)
    postcode: Mapped[str] = mapped_column(String(10))
    serves: Mapped[Serves] = mapped_column(enum_column(Serves, "serves"), default=Serves.ANYBODY)
    address_rule: Mapped[AddressRule] = mapped_column(
        enum_column(AddressRule, "address_rule"), default=AddressRule.COMMISSIONERS
    )
    closed_on: Mapped[date | None]  # the last day on which young people lived there
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)

    provider: Mapped[Provider] = relationship()
    registration: Mapped[Registration | None] = relationship()
    vacancies: Mapped[list["Vacancy"]] = relationship(
        back_populates="setting", order_by="Vacancy.id"
    )

    @property
    def ages(self) -> str:
        """The ages as the lots say them: "16–17", "18+"."""
        if self.oldest_age is None:
            return f"{self.youngest_age}+"
        return f"{self.youngest_age}–{self.oldest_age}"

    @property
    def full_address(self) -> str:
        """On one line."""
        lines = [line.strip(" ,") for line in self.address.splitlines() if line.strip(" ,")]
        return ", ".join([*lines, self.postcode])

    def statements(self) -> list[Statement]:
        """What was said of its free places, and not taken back."""
        return [
            Statement(one.free, one.from_on, one.said_at.astimezone(LONDON).date(), one.id)
            for one in self.vacancies
            if one.taken_back_at is None
        ]

    def said_from(self, now: datetime) -> list[Statement]:
        """What holds today and what was said of later days."""
        on, said = now.astimezone(LONDON).date(), self.statements()
        stands = standing(said, on)
        return [*([stands] if stands else []), *coming(said, on)]

    @property
    def district(self) -> str:
        """The first half of the postcode: whereabouts, and not which door."""
        return self.postcode.split(" ")[0]


class Vacancy(Base):
    """What somebody said of a home: so many places are free from a day on. Nothing is overwritten."""

    __tablename__ = "vacancy"
    __table_args__ = (CheckConstraint("free >= 0", name="free_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("VAC"))
    setting_id: Mapped[int] = mapped_column(ForeignKey("provider_setting.id"), index=True)
    free: Mapped[int]
    from_on: Mapped[date]
    said_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    said_at: Mapped[datetime] = mapped_column(UTCDateTime)
    taken_back_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    setting: Mapped[Setting] = relationship(back_populates="vacancies")
