"""A version of a KPI set as the rules and the pages read it. Content holds nothing secret."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from portal.content.kinds import Kind
from portal.content.models import ContentVersion
from portal.content.queries import SHIPPED
from portal.db import db
from portal.people.models import Council
from scoring.kpi_periods import Frequency
from scoring.kpis import Kpi, Level, Unit

FREQUENCY_WORDS = {
    Frequency.MONTHLY: "Each month",
    Frequency.QUARTERLY: "Each quarter",
    Frequency.SIX_MONTHLY: "Each half year",
    Frequency.YEARLY: "Each year",
}


@dataclass(frozen=True, slots=True)
class KpiSet:
    """A version of a KPI set: its rules by key, and the words around them."""

    kpis: Mapping[str, Kpi]
    words: Mapping[str, Mapping[str, Any]]  # purpose, young_words, source, by key
    due_days: int

    def of(self, keys: Iterable[str]) -> list[Kpi]:
        """These KPIs, in the order of the set."""
        wanted = set(keys)
        return [kpi for key, kpi in self.kpis.items() if key in wanted]

    def asked(self, frequency: Frequency, *, whole: bool, has_sites: bool) -> list[str]:
        """The keys that a return asks for.

        Args:
            whole: whether it is that of the organisation as a whole.
            has_sites: whether branches or settings report too; else the whole answers for them.
        """
        levels = {Level.BOTH, Level.ORGANISATION if whole else Level.SETTING}
        if whole and not has_sites:
            levels.add(Level.SETTING)
        return [
            key
            for key, kpi in self.kpis.items()
            if kpi.level in levels and kpi.frequency == frequency
        ]

    @property
    def frequencies(self) -> list[Frequency]:
        """How often something of the set is told, the most frequent first."""
        told = {kpi.frequency for kpi in self.kpis.values()}
        return [one for one in Frequency if one.value in told]


_READ: dict[str, KpiSet] = {}  # by the hash of the text; a process meets a handful of them


def kpi_set(version: ContentVersion) -> KpiSet:
    """The rules of a KPI set; read once for each text."""
    if version.sha256 not in _READ:
        raw = version.body["kpis"]
        _READ[version.sha256] = KpiSet(
            {one["key"]: Kpi.from_content(one) for one in raw},
            {one["key"]: one for one in raw},
            version.body["due_days"],
        )
    return _READ[version.sha256]


def sets_to_choose(councils: Iterable[Council]) -> Sequence[ContentVersion]:
    """The KPI sets that may be attached: the newest shipped of each key, and the councils' own."""
    sources = [SHIPPED, *(council.ref for council in councils)]
    newest = (
        select(func.max(ContentVersion.id))
        .where(ContentVersion.kind == Kind.KPI_SET.value, ContentVersion.source.in_(sources))
        .group_by(ContentVersion.key, ContentVersion.source)
    )
    wanted = select(ContentVersion).where(ContentVersion.id.in_(newest))
    return db.session.scalars(wanted.order_by(ContentVersion.title, ContentVersion.version)).all()


def public_sets() -> Sequence[ContentVersion]:
    """What anybody may read: the newest shipped version of each set."""
    return sets_to_choose(())


def unit_sign(kpi: Kpi) -> str:
    """What stands behind a value: "%", or nothing."""
    return "%" if kpi.unit is Unit.PERCENT else ""
