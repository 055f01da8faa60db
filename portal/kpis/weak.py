"""Which targets a provider missed in its newest accepted returns: what a visit looks at first."""

from collections.abc import Iterator
from dataclasses import dataclass

from portal.access import Permission, Viewer
from portal.kpis.card import accepted
from portal.kpis.presentation import target_words, value_of_figure, value_words
from portal.kpis.sets import kpi_set
from portal.providers.models import Provider
from scoring.kpis import Rating, rate


@dataclass(frozen=True, slots=True)
class Missed:
    """A target that was missed: of which KPI, and the numbers in words."""

    title: str
    words: str


def missed(provider: Provider, viewer: Viewer) -> Iterator[Missed]:
    """What was missed in the newest accepted return of each unit, as far as the viewer may see."""
    if not viewer.may(Permission.KPI_READ):
        return
    told: set[int] = set()
    for one in accepted(provider, viewer):
        if one.unit_id in told:
            continue
        told.add(one.unit_id)
        asked = kpi_set(one.kpi_set)
        for kpi in asked.of(one.kpi_keys):
            value = value_of_figure(kpi, one.figure(kpi.key))
            rating = rate(kpi, value)
            if rating is Rating.RED:
                words = f"{value_words(kpi, value, rating)}, asked for {target_words(kpi)}"
                title = str(asked.words[kpi.key]["name"])
                yield Missed(title, f"{words}, {one.period.words}, {one.unit.words}")
