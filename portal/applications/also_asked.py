"""What rooms above ask a bidder, for the page of its application: they register, and hand up links."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from portal.applications.models import Application


@dataclass(frozen=True, slots=True)
class AlsoAsked:
    """What is asked, in a sentence, and where it is answered."""

    words: str
    link: str
    address: str
    until_at: datetime | None = None  # while it can be answered


Asks = Callable[[Application, datetime], Iterable[AlsoAsked]]
_asks: list[Asks] = []


def asks_bidders(ask: Asks) -> Asks:
    """Register what hands up questions; it is asked each time the page is shown."""
    _asks.append(ask)
    return ask


def also_asked(application: Application, now: datetime) -> list[AlsoAsked]:
    """Everything of it, for whoever may read the application."""
    return [one for ask in _asks for one in ask(application, now)]
