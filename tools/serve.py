"""Start the demonstration: database, story, one worker, the server. Ctrl-C stops all of it."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType
from typing import IO
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PATIENCE = 15  # seconds to finish what was begun, before a process is ended by force
BUSY = 90  # seconds until the portal answers on a machine that has other work
SERVER_PROCESSES = 2
SERVER_THREADS = 4


def environment(port: int) -> dict[str, str]:
    """The surroundings of every process: a demonstration in ./var, unless something else is set."""
    defaults = {
        "PORTAL_DATA_DIR": str(ROOT / "var"),
        "PORTAL_DEMO": "1",
        "PORTAL_BASE_URL": f"http://localhost:{port}",
    }
    return {**defaults, **os.environ, "PYTHONUNBUFFERED": "1"}


def flask(*words: str) -> list[str]:
    return [str(BIN / "flask"), "--app", "wsgi", *words]


def server(port: int) -> list[str]:
    command = [
        *(
            str(BIN / "gunicorn"),
            "wsgi:app",
            "--preload",
            "--no-control-socket",
            "--log-level",
            "warning",
        ),
        *("--bind", f"127.0.0.1:{port}", "--workers", str(SERVER_PROCESSES)),
        *("--worker-class", "gthread", "--threads", str(SERVER_THREADS)),
    ]
    if Path("/dev/shm").is_dir():
        command += ["--worker-tmp-dir", "/dev/shm"]
    return command


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


@contextmanager
def log_of(name: str, surroundings: dict[str, str]) -> Iterator[IO[bytes]]:
    """The file that one of the processes logs to, so that the terminal stays readable."""
    folder = Path(surroundings["PORTAL_DATA_DIR"]) / "log"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.log").open("ab") as file:
        yield file


def prepare(surroundings: dict[str, str]) -> None:
    """Bring the database up to date and tell the story, which is told only once."""
    data = Path(surroundings["PORTAL_DATA_DIR"])
    told, telling = data / "demo-told", data / "demo-telling"
    data.mkdir(parents=True, exist_ok=True)
    if telling.exists():  # somebody stopped it in the middle: half a story is none
        forget(data)
    if not is_up_to_date(surroundings):
        command("migrate", surroundings)
    if surroundings["PORTAL_DEMO"] == "1" and not told.exists():
        print("· telling the demonstration's story, only this once", flush=True)
        telling.touch()
        command("demo tell", surroundings)
        told.touch()
        telling.unlink()


def is_up_to_date(surroundings: dict[str, str]) -> bool:
    """Whether the database has seen the newest migration; a server's is left to `flask migrate`.

    To ask it here takes a millisecond, and to load the portal for the same answer a second.
    """
    file = Path(surroundings["PORTAL_DATA_DIR"]).resolve() / "portal.sqlite3"
    if "PORTAL_DATABASE_URL" in surroundings or not file.exists():
        return False
    newest = max(one.name for one in (ROOT / "migrations" / "versions").glob("[0-9]*.py"))
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
            (seen,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
    except (sqlite3.Error, TypeError):
        return False
    return newest.startswith(f"{seen}_")


def say_who_can_sign_in(surroundings: dict[str, str]) -> None:
    """Print the people of the demonstration, who are the same at each start."""
    kept = Path(surroundings["PORTAL_DATA_DIR"]) / "demo-people.txt"
    cast = ROOT / "portal" / "demo" / "cast.yaml"
    if not kept.exists() or kept.stat().st_mtime < cast.stat().st_mtime:
        told = subprocess.run(
            flask("demo", "people"), cwd=ROOT, env=surroundings, check=True, stdout=subprocess.PIPE
        )
        kept.write_bytes(told.stdout)
    print(kept.read_text(encoding="utf-8"), flush=True)


def command(words: str, surroundings: dict[str, str]) -> None:
    """One of the portal's commands, to its end; what it has to say goes to a log."""
    with log_of(words.partition(" ")[0], surroundings) as log:
        subprocess.run(
            flask(*words.split()), cwd=ROOT, env=surroundings, check=True, stdout=log, stderr=log
        )


def forget(data: Path) -> None:
    """Take away what a telling left that did not come to its end."""
    for file in data.glob("portal.sqlite3*"):
        file.unlink()
    shutil.rmtree(data / "documents", ignore_errors=True)


def wait_until_it_answers(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + BUSY
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                break
        except OSError:
            time.sleep(0.05)
    if process.poll() is None:
        with urlopen(f"http://127.0.0.1:{port}/", timeout=BUSY):
            pass


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask every process to finish, and insist after a while."""
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _interrupted(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def start(name: str, command: list[str], surroundings: dict[str, str]) -> subprocess.Popen[bytes]:
    """One of the processes, in a session of its own: Ctrl-C reaches this script alone."""
    with log_of(name, surroundings) as log:
        return subprocess.Popen(
            command, cwd=ROOT, env=surroundings, stdout=log, stderr=log, start_new_session=True
        )


def serve(port: int, surroundings: dict[str, str]) -> int:
    """Run worker and server until one of them ends or somebody stops them."""
    for caught in (signal.SIGINT, signal.SIGTERM):
        signal.signal(caught, _interrupted)
    logs = Path(surroundings["PORTAL_DATA_DIR"]) / "log"
    processes: list[subprocess.Popen[bytes]] = []
    try:
        prepare(surroundings)
        for name, command in (("server", server(port)), ("worker", flask("jobs", "work"))):
            processes.append(start(name, command, surroundings))
        if surroundings["PORTAL_DEMO"] == "1":
            say_who_can_sign_in(surroundings)
        wait_until_it_answers(port, processes[0])
        print(f"\nThe portal is at http://localhost:{port}, its logs in {logs}.", flush=True)
        print("Ctrl-C stops it.", flush=True)
        while all(process.poll() is None for process in processes):
            time.sleep(0.2)
        print("Server or worker has ended; see the logs. Stopping.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopping.", flush=True)
        return 0
    except subprocess.CalledProcessError as error:
        print(f"Could not start: “{' '.join(error.cmd[3:])}” failed; see {logs}.", file=sys.stderr)
        return 1
    finally:
        stop(processes)


def main(words: list[str]) -> int:
    """Serve; or, asked for the port alone, say whether it can be had before anything is built."""
    asked = os.environ.get("PORT", "8000")
    if not (asked.isdecimal() and 0 < int(asked) < 65536):
        print(f"PORT={asked} is no port. Choose one: make run PORT=8001", file=sys.stderr)
        return 1
    port = int(asked)
    if is_taken(port):
        print(f"Port {port} is in use. Choose another: make run PORT=8001", file=sys.stderr)
        return 1
    return 0 if words == ["--port-is-free"] else serve(port, environment(port))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
