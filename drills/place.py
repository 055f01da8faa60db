"""An installation that can be killed and comes back: server, worker and, with PostgreSQL, database."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from urllib.error import URLError
from urllib.request import urlopen

import psycopg

from tests.databases import NoServer, PostgreSQLServer
from tools.serve import flask, server
from tools.server import ROOT, surroundings

PATIENCE = 90  # seconds until something that was killed must be back


class MortalServer(PostgreSQLServer):
    """PostgreSQL as it is installed: what it has acknowledged is on the disk."""

    settings = ("shared_buffers=128MB",)
    on_disk = True

    def kill(self) -> None:
        """End the first process; the others notice by themselves."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def revive(self) -> None:
        """Start again on what the killed one left, which takes as long as its recovery."""
        deadline = time.monotonic() + PATIENCE
        while True:
            self._begin()
            try:
                self._wait()
            except psycopg.OperationalError:
                self.kill()
                if time.monotonic() > deadline:
                    raise
            else:
                return


class Place:
    """An installation in a folder of its own, run as `make run` runs it.

    Args:
        home: an empty folder.
        database: a running server, or None for an SQLite file.
    """

    def __init__(self, home: Path, database: MortalServer | None) -> None:
        self._home, self._database = home, database
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        more = {"PORTAL_BASE_URL": self.url}
        if database is not None:
            more["PORTAL_DATABASE_URL"] = database.url.render_as_string(hide_password=False)
        self.environment = surroundings(home / "data", **more)
        self._server: subprocess.Popen[bytes] | None = None
        self._worker: subprocess.Popen[bytes] | None = None

    @property
    def kills(self) -> dict[str, Callable[[], None]]:
        """What can be killed here, and how; each is back, or on its way back, afterwards."""
        ways = {
            "server": self.kill_server,
            "server process": self.kill_server_process,
            "worker": self.kill_worker,
        }
        return ways | ({"database": self.kill_database} if self._database else {})

    def start(self) -> None:
        self._start_server()
        self._start_worker()
        self.wait()

    def stop(self) -> None:
        for process in (self._server, self._worker):
            if process is not None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(15)

    def kill_server(self) -> None:
        """The first process and all that it has started, in the middle of what they do."""
        assert self._server is not None
        os.killpg(self._server.pid, signal.SIGKILL)
        self._server.wait()
        self._start_server()

    def kill_server_process(self) -> None:
        """One of the processes that answer; the first one starts another."""
        assert self._server is not None
        found = Path(f"/proc/{self._server.pid}/task/{self._server.pid}/children")
        for child in found.read_text().split()[:1]:
            with suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)

    def kill_worker(self) -> None:
        assert self._worker is not None
        with suppress(ProcessLookupError):
            os.killpg(self._worker.pid, signal.SIGKILL)
        self._worker.wait()
        self._start_worker()

    def kill_database(self) -> None:
        assert self._database is not None
        self._database.kill()
        self._database.revive()

    def keep_alive(self) -> None:
        """A worker that could not reach its database has ended: its supervisor starts it again."""
        if self._worker is not None and self._worker.poll() is not None:
            self._start_worker()

    def wait(self) -> None:
        """Until the portal answers."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with suppress(URLError, OSError), urlopen(f"{self.url}/health", timeout=10):
                return
            time.sleep(0.05)
        raise NoServer(f"the portal did not come back within {PATIENCE} s; see {self._home}")

    def answered(self) -> Iterator[float]:
        """How many seconds the server took for each request, as its own log tells."""
        with (self._home / "server.log").open(encoding="utf-8") as log:
            for line in log:
                with suppress(ValueError):
                    told = json.loads(line)
                    if told["event"] == "request":
                        yield told["milliseconds"] / 1000

    def command(self, *words: str) -> str:
        """One of the portal's commands; what it printed."""
        done = subprocess.run(
            flask(*words),
            cwd=ROOT,
            env=self.environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout

    def _start_server(self) -> None:
        self._server = self._start(server(self._port), "server")

    def _start_worker(self) -> None:
        self._worker = self._start(flask("jobs", "work"), "worker")

    def _start(self, command: list[str], name: str) -> subprocess.Popen[bytes]:
        with self._log(name) as log:
            return subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _log(self, name: str) -> BinaryIO:
        return (self._home / f"{name}.log").open("ab")
