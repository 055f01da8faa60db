"""A real Redis, in memory only."""

import tempfile
from contextlib import suppress
from pathlib import Path

from tests.servers.processes import Processes, answers, free_port, program


class RedisServer(Processes):
    """A broker for workers."""

    def __init__(self) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="portal-redis-", ignore_cleanup_errors=True)
        super().__init__(Path(self._home.name))
        self.port = free_port()

    def start_all(self) -> "RedisServer":
        """Start it and wait until it answers."""
        server = program("redis-server", "redis-server")
        self.start([server, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""])
        self.wait(lambda: answers(self.port), "Redis")
        return self

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def stop(self) -> None:
        super().stop()
        with suppress(OSError):
            self._home.cleanup()
