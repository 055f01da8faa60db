"""Server processes for tests: started once, waited for, and stopped by their own process id."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

PATIENCE = 20  # seconds until a server has to answer
BIN = Path(sys.executable).parent


class NotHere(RuntimeError):
    """A component cannot be had on this machine; the message says which, and how to install it."""


def program(name: str, package: str) -> str:
    """The path of a program of this machine, or of the virtual environment.

    Raises:
        NotHere: with the name of the package that brings it.
    """
    places = os.pathsep.join([str(BIN), os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    found = shutil.which(name, path=places)
    if found is None:
        raise NotHere(f"{name} is not here (install {package})")
    return found


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether somebody listens on this port of this machine."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


class Processes:
    """Several processes with one log, ended together."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "server.log"
        self._running: list[subprocess.Popen[bytes]] = []

    def start(
        self, command: Sequence[str | Path], surroundings: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start one, in a session of its own."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [str(word) for word in command],
                cwd=self.folder,
                env={**os.environ, **(surroundings or {})},
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._running.append(process)
        return process

    def wait(self, ready: Callable[[], bool], what: str) -> None:
        """Wait until it answers.

        Raises:
            NotHere: with the end of the log, when a process ends before or time runs out.
        """
        deadline = time.monotonic() + PATIENCE
        while not ready():
            ended = any(one.poll() not in (None, 0) for one in self._running)
            if ended or time.monotonic() > deadline:
                said = self.log.read_text(errors="replace")[-1500:]
                self.stop()
                raise NotHere(f"{what} did not start: {said}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End all of them, with force where asking does not help."""
        for one in self._running:
            one.terminate()
        for one in self._running:
            with suppress(subprocess.TimeoutExpired):
                one.wait(5)
            one.kill()
            one.wait()
        self._running.clear()
