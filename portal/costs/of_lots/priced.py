"""What a week of one young person costs with a provider, for the same support or the same age."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from portal.contracts.models import Rate
from portal.rounds.models import AgreementLot
from scoring.ages import USUAL_BANDS
from scoring.rates import weekly_pence

CORE, EXTRA_HOUR = "core-weekly-price", "extra-support-hour"
HOURS = ("0", "3", "5", "10", "15", "20")
BANDS = {band.key: f"Age {band.words}" for band in USUAL_BANDS}


@dataclass(frozen=True, slots=True)
class Like:
    """What is compared with what: hours of support a week, or an age band."""

    hours: int | None = None
    band: str = ""

    @property
    def words(self) -> str:
        if self.hours is None:
            return BANDS[self.band]
        return f"{self.hours} {'hour' if self.hours == 1 else 'hours'} of support a week"

    @property
    def address(self) -> str:
        """As it stands in an address."""
        return self.band if self.hours is None else str(self.hours)

    def weekly(self, items: Mapping[str, Rate]) -> Fraction | None:
        """The weekly price from the rates of one provider by item; None where a part is missing."""
        if self.hours is None:
            rate = items.get(f"age-{self.band}")
            return None if rate is None else Fraction(rate.amount_pence)
        core, extra = items.get(CORE), items.get(EXTRA_HOUR)
        return weekly_pence(
            core.amount_pence if core else None,
            core.included_hours if core else 0,
            extra.amount_pence if extra else None,
            self.hours,
        )


def is_fostering(lot: AgreementLot) -> bool:
    """Whether its rates are fees by age; others are a core price and hours."""
    return lot.category.startswith("fostering")


def likes_of(lot: AgreementLot) -> list[Like]:
    """What prices of a lot can be compared for; the usual one first."""
    if is_fostering(lot):
        return [Like(band=key) for key in BANDS]
    return [Like(hours=int(number)) for number in HOURS]


def like_named(lot: AgreementLot, word: str) -> Like:
    """What an address asks for; the usual one where it asks for nothing that this lot has."""
    if is_fostering(lot):
        return Like(band=word if word in BANDS else "10-15")
    hours = int(word) if word.isdecimal() and int(word) <= 168 else 5
    return Like(hours=hours)


def by_provider(rates: Iterable[Rate]) -> dict[int, dict[str, Rate]]:
    """The rates of each provider by item; of two that hold at once the later one, which stands last."""
    found: dict[int, dict[str, Rate]] = {}
    for rate in rates:
        found.setdefault(rate.provider_id, {})[rate.item_key] = rate
    return found
