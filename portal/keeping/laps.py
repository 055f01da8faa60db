"""How long each part of a long piece of work took."""

import time


class Laps:
    """A stopwatch: seconds by the name of the part."""

    def __init__(self) -> None:
        self._last, self.seconds = time.monotonic(), dict[str, float]()

    def lap(self, name: str) -> None:
        """This part ends now."""
        now = time.monotonic()
        self.seconds[name], self._last = now - self._last, now
