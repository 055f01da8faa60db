"""What the portal has acknowledged, written down by those who asked; and what is not there afterwards.

An act that was never answered may have been done or not. What was answered must be there: the last
answered text of each place (or one that was sent after it), and each thing that was sent, once.
"""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass
class _Place:
    """One place whose newest text counts, written to by one person alone."""

    sent: list[str] = field(default_factory=list)
    answered: int = -1  # the number of the last text that was acknowledged

    @property
    def may_stand(self) -> list[str]:
        return self.sent[max(self.answered, 0) :]


class Ledger:
    """Shared by all who act; safe across threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: dict[str, _Place] = defaultdict(_Place)
        self._things: dict[str, bool] = {}
        self.refused = Counter[str]()

    @property
    def acknowledged(self) -> dict[str, int]:
        """How many acts were answered, by the first word of their place or thing."""
        found = Counter[str]()
        for name, place in self._places.items():
            found[name.partition(" ")[0]] += place.answered + 1
        for name, sure in self._things.items():
            found[name.partition(" ")[0]] += sure
        return dict(found)

    def writes(self, place: str, text: str) -> int:
        """A text is about to be sent; its number, to say later that it was answered."""
        with self._lock:
            self._places[place].sent.append(text)
            return len(self._places[place].sent) - 1

    def was_saved(self, place: str, number: int) -> None:
        """The portal said that this text is saved."""
        with self._lock:
            self._places[place].answered = max(self._places[place].answered, number)

    def sends(self, thing: str) -> None:
        """Something that must be there once is about to be sent."""
        with self._lock:
            self._things.setdefault(thing, False)

    def was_taken(self, thing: str) -> None:
        """The portal said that it has it."""
        with self._lock:
            self._things[thing] = True

    def was_refused(self, why: str) -> None:
        """Something else was answered; nothing is promised."""
        with self._lock:
            self.refused[why] += 1

    def losses(self, texts: Mapping[str, str], things: Iterable[str]) -> list[str]:
        """What does not agree with what is there.

        Args:
            texts: what stands in each place now. things: what is there, as often as it is there.
        """
        return [*self._lost_texts(texts), *self._lost_things(Counter(things))]

    def _lost_texts(self, texts: Mapping[str, str]) -> Iterable[str]:
        for name, place in self._places.items():
            there = texts.get(name)
            if place.answered >= 0 and there not in place.may_stand:
                yield f"{name}: “{place.sent[place.answered]}” was saved, and “{there}” is there"

    def _lost_things(self, there: Counter[str]) -> Iterable[str]:
        for name, sure in self._things.items():
            if sure and not there[name]:
                yield f"{name} was taken, and is not there"
            if there[name] > 1:
                yield f"{name} is there {there[name]} times"
