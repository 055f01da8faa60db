"""A server of a script's own: a free port, a copy of some data, processes with threads."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
THREADS = 8
PATIENCE = 30


def surroundings(data: Path, **more: str) -> dict[str, str]:
    """The environment without the caller's own portal, and with compiled modules kept."""
    forgotten = ("PORTAL_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(forgotten)}
    return {**kept, "PORTAL_DATA_DIR": str(data), "PORTAL_DEMO": "1", **more}


def flask(data: Path, *words: str) -> str:
    """Run one of the portal's commands on this data; what it printed."""
    done = subprocess.run(
        [str(BIN / "flask"), "--app", "wsgi", *words],
        cwd=ROOT,
        env=surroundings(data),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


def fresh_demo(folder: Path) -> Path:
    """A data folder with the demonstration just told; what was there is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    flask(folder, "migrate")
    flask(folder, "demo", "tell")
    return folder


class Server:
    """The portal on a copy of some data, for as long as the `with` block lasts."""

    def __init__(self, data: Path, *, application: str = "wsgi:app", processes: int = 1) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="portal-server-"))
        self.data = self._home / "data"
        shutil.copytree(data, self.data)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._application, self._processes = application, processes
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Server":
        command = [
            *(str(BIN / "gunicorn"), self._application, "--no-control-socket"),
            *(
                "--bind",
                f"127.0.0.1:{self.port}",
                "--workers",
                str(self._processes),
                "--log-level",
                "warning",
            ),
            *("--worker-class", "gthread", "--threads", str(THREADS)),
            *("--keep-alive", "60"),
        ]
        with (self._home / "log").open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=surroundings(self.data, PORTAL_BASE_URL=self.url),
                stderr=log,
                stdout=log,
            )
        self._wait()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self._home, ignore_errors=True)

    def _wait(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"the server did not start: {(self._home / 'log').read_text()[-2000:]}")

    def log(self) -> str:
        return (self._home / "log").read_text()

    def memory_mb(self) -> float:
        """Resident memory of the worker process in megabytes."""
        if self._process is None:
            return 0.0
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        worker = children.read_text().split()[0]
        for line in Path(f"/proc/{worker}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0
