"""What a compliance check is made of: the evidence that is looked at, and the items to decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.applications.models import Application, CheckOutcome
from portal.applications.submitting.sealing import BidContent
from portal.documents.models import DocumentVersion
from portal.providers.models import Registration
from scoring.content import Content
from scoring.differences import Change, Difference, Part

WHOLE = ""
ADDED = Change.ADDED
PASS, FAIL, CLARIFY = CheckOutcome.PASS, CheckOutcome.FAIL, CheckOutcome.CLARIFY


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that is looked at for one bid."""

    application: Application
    content: BidContent
    versions: Mapping[str, DocumentVersion]
    registrations: Sequence[Registration]
    prices_complete: bool
    problems: tuple[str, ...]
    on: date
    newer: tuple[tuple[int, Difference], ...] = ()  # what versions changed after it was submitted

    def added_later(self, part: Part, key: str) -> int | None:
        """The version that added a line after this bid was submitted; None for all others."""
        places = {(one.part, one.key): number for number, one in self.newer if one.change == ADDED}
        return places.get((part, key))


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to decide. `lots` are those that a failure ends; `suggested` is None to weigh.

    `infected_at` is when a virus was found in its file: what was passed before does not stand.
    """

    key: str
    group: str
    title: str
    lots: tuple[str, ...]
    why: str
    suggested: CheckOutcome | None = None
    lot_code: str = WHOLE
    facts: tuple[tuple[str, str], ...] = ()
    version_ref: str = ""
    to_weigh: bool = False
    infected_at: datetime | None = None

    @property
    def place(self) -> tuple[str, str]:
        """What a decision is kept under: lot code and key."""
        return self.lot_code, self.key

    def needs_reason(self, outcome: CheckOutcome) -> bool:
        """A pass needs a reason where the rules say otherwise, or where there was something to weigh."""
        return outcome is not PASS or self.to_weigh or self.suggested in {FAIL, CLARIFY}


def concerned(part: Content, evidence: Evidence) -> tuple[str, ...]:
    """The lots applied for that a line or question concerns."""
    only = part.get("lots") or evidence.content.lots
    return tuple(lot for lot in evidence.content.lots if lot in only)
