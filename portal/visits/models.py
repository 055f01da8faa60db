"""A visit to a home: who goes, on which framework, what to look at first, and how far it is."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.content.models import ContentVersion
from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.people.models import Council, Person
from portal.providers.models_settings import Setting
from scoring.stages import SheetStage, VisitStage
from scoring.terms import Panel


class MemberPart(StrEnum):
    """What somebody does on a visit."""

    LEAD = "lead"
    OFFICER = "officer"
    YOUNG = "young"
    SUPPORTER = "supporter"

    @property
    def title(self) -> str:
        return {
            MemberPart.LEAD: "Leads the visit",
            MemberPart.OFFICER: "Officer",
            MemberPart.YOUNG: "Young Commissioner",
            MemberPart.SUPPORTER: "Participation Officer",
        }[self]


class EndedCause(StrEnum):
    """Why a visit did not take place, or was broken off."""

    PROVIDER = "provider"
    TEAM = "team"
    UNSAFE = "unsafe"
    OTHER = "other"

    @property
    def title(self) -> str:
        return {
            EndedCause.PROVIDER: "The provider called it off, or did not let us in",
            EndedCause.TEAM: "Our team could not come, or could not stay",
            EndedCause.UNSAFE: "It was not safe",
            EndedCause.OTHER: "Something else",
        }[self]

    @property
    def plain(self) -> str:
        """For young people."""
        return {
            EndedCause.PROVIDER: "The home said no.",
            EndedCause.TEAM: "The team could not go, or could not stay.",
            EndedCause.UNSAFE: "It was not safe.",
            EndedCause.OTHER: "Something came up.",
        }[self]


class Visit(Base):
    """One visit. The framework and the scales are those of the day on which it was planned."""

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint("previous_id IS NULL OR previous_id <> id", name="not_its_own_revisit"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("VIS"))
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), index=True)
    setting_id: Mapped[int] = mapped_column(ForeignKey("provider_setting.id"), index=True)
    framework_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    officer_scale_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    young_scale_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    stage: Mapped[VisitStage] = mapped_column(
        enum_column(VisitStage, "stage"), default=VisitStage.PLANNED, index=True
    )
    announced: Mapped[bool]
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    purpose: Mapped[str] = mapped_column(Text, default="")
    planned_at: Mapped[datetime] = mapped_column(UTCDateTime)
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # the provider, for this day
    declined_note: Mapped[str] = mapped_column(Text, default="")  # why the day does not suit them
    begun_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    collected_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # the report is final
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # without a report
    ended_cause: Mapped[EndedCause | None] = mapped_column(enum_column(EndedCause, "ended_cause"))
    ended_reason: Mapped[str] = mapped_column("cancelled_reason", Text, default="")  # for councils
    let_go_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # what was written, not scored

    council: Mapped[Council] = relationship()
    setting: Mapped[Setting] = relationship()
    framework_version: Mapped[ContentVersion] = relationship(foreign_keys=framework_id)
    officer_scale_version: Mapped[ContentVersion] = relationship(foreign_keys=officer_scale_id)
    young_scale_version: Mapped[ContentVersion] = relationship(foreign_keys=young_scale_id)
    previous: Mapped["Visit | None"] = relationship(remote_side="Visit.id")
    members: Mapped[list["VisitMember"]] = relationship(
        back_populates="visit", order_by="VisitMember.id"
    )
    sheets: Mapped[list["VisitSheet"]] = relationship(
        back_populates="visit", order_by="VisitSheet.id"
    )
    focus: Mapped[list["VisitFocus"]] = relationship(
        back_populates="visit", order_by="VisitFocus.id"
    )
    shared_with: Mapped[list["VisitShare"]] = relationship(back_populates="visit")

    @property
    def title(self) -> str:
        return f"{self.setting.name}, {self.setting.provider.name}"


class VisitMember(Base):
    """Somebody who goes."""

    __tablename__ = "visit_member"
    __table_args__ = (UniqueConstraint("visit_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    part: Mapped[MemberPart] = mapped_column(enum_column(MemberPart, "part"))

    visit: Mapped[Visit] = relationship(back_populates="members")
    person: Mapped[Person] = relationship()


class VisitSheet(Base):
    """The scores of one member, or of a pair of Young Commissioners, given alone."""

    __tablename__ = "visit_sheet"
    __table_args__ = (UniqueConstraint("visit_id", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("VSH"))
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    panel: Mapped[Panel] = mapped_column(enum_column(Panel, "panel"))
    label: Mapped[str] = mapped_column(String(120))  # of a pair; else whose it is, never an alias
    required: Mapped[bool] = mapped_column(default=True)  # a supporter may score, and need not
    excused_reason: Mapped[str] = mapped_column(Text, default="")  # why it is waited for no longer
    stage: Mapped[SheetStage] = mapped_column(
        enum_column(SheetStage, "stage"), default=SheetStage.DRAFT
    )
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    returned_reason: Mapped[str] = mapped_column(Text, default="")

    visit: Mapped[Visit] = relationship(back_populates="sheets")
    people: Mapped[list["VisitSheetPerson"]] = relationship(
        back_populates="sheet", order_by="VisitSheetPerson.id"
    )

    @property
    def title(self) -> str:
        """The pair's name, or that of the one person whose sheet it is, as it is today."""
        return self.people[0].person.name if len(self.people) == 1 else self.label

    @property
    def counts(self) -> bool:
        """Whether its scores are waited for, or are there."""
        return self.required or self.stage is SheetStage.SUBMITTED


class VisitSheetPerson(Base):
    """Whose sheet it is: one person, or the two of a pair."""

    __tablename__ = "visit_sheet_person"
    __table_args__ = (UniqueConstraint("sheet_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("visit_sheet.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    sheet: Mapped[VisitSheet] = relationship(back_populates="people")
    person: Mapped[Person] = relationship()


FOCUS_KINDS = {
    "recommendation": "Open recommendation",
    "certificate": "Certificate",
    "weak": "Weak last time",
    "kpi": "KPI missed",
    "promise": "Promise in a bid",
    "registration": "Ofsted",
}


class VisitFocus(Base):
    """Something to look at first, as it stood when the visit was planned."""

    __tablename__ = "visit_focus"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(300))
    note: Mapped[str] = mapped_column(Text, default="")

    visit: Mapped[Visit] = relationship(back_populates="focus")

    @property
    def heading(self) -> str:
        return FOCUS_KINDS.get(self.kind, self.kind)


class VisitShare(Base):
    """Another council that may read the report, once it is final."""

    __tablename__ = "visit_share"
    __table_args__ = (UniqueConstraint("visit_id", "council_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), index=True)
    shared_at: Mapped[datetime] = mapped_column(UTCDateTime)

    visit: Mapped[Visit] = relationship(back_populates="shared_with")
    council: Mapped[Council] = relationship()
