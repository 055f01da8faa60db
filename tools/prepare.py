"""Make what a start or a test run needs: parts, assets, a browser. Does nothing the second time.

Runs with the machine's own Python, before there is a virtual environment, so it uses the
standard library only.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
BUILD = ROOT / "static" / "build"
ASSETS = ("scss", "js")  # what goes into static/build
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 18
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_PACKAGES = ("chromium", "fonts-dejavu-core", "poppler-utils")
SERVERS = {  # the real parts that tests use, by the program that shows that they are there
    "memcached": "memcached",  # below the object store
    "redis-server": "redis-server",
    "clamd": "clamav-daemon",
    "nginx": "nginx-light",
}


class NotPossible(Exception):
    """This machine lacks something that cannot be installed from here."""


def say(message: str) -> None:
    print(f"· {message}", flush=True)


def run(*command: str | Path, path: str | None = None) -> None:
    environment = {**os.environ, "PATH": path} if path else None
    subprocess.run([str(part) for part in command], cwd=ROOT, check=True, env=environment)


def fingerprint(files: Iterable[Path]) -> str:
    """One hash over the content of several files, so that touching a file rebuilds nothing."""
    digest = hashlib.sha256(sys.version.encode())
    for file in sorted(files):
        digest.update(str(file.relative_to(ROOT)).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def is_done(stamp: Path, mark: str) -> bool:
    return stamp.exists() and stamp.read_text() == mark


def virtual_environment() -> None:
    """The folder .venv with an interpreter and pip."""
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        raise NotPossible(f"Python {wanted} or later is needed; {sys.executable} is older")
    if PYTHON.exists():
        return
    say("making the virtual environment in .venv")
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        raise NotPossible(
            "Python cannot make a virtual environment (on Debian, install python3-venv)"
        )


def parts(*locks: str) -> None:
    """Install what the locks list, where they have changed since the last time."""
    stamps = {ROOT / lock: VENV / f".installed-{Path(lock).stem}" for lock in locks}
    wanted = [lock for lock, stamp in stamps.items() if not is_done(stamp, fingerprint([lock]))]
    if not wanted:
        return
    say(f"installing {', '.join(lock.name for lock in wanted)} (a minute or two)")
    arguments = [argument for lock in wanted for argument in ("-r", lock)]
    run(PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check", *arguments)
    for lock in wanted:
        stamps[lock].write_text(fingerprint([lock]))


def search_path() -> str:
    """A PATH with npm and Node on it: the machine's, or those of PyPI in the virtual environment."""
    node = shutil.which("node")
    if node and shutil.which("npm"):
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
        found = re.match(r"v(\d+)", version.stdout)
        if found and int(found[1]) >= OLDEST_NODE:
            return os.environ["PATH"]
    parts("requirements-node.txt")
    return f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"


def assets() -> None:
    """Build the design system's styles and scripts into static/build."""
    sources = [file for name in ASSETS for file in (ROOT / "static" / name).rglob("*.*")]
    recipe = [ROOT / name for name in ("package.json", "package-lock.json", "rollup.config.mjs")]
    recipe.append(Path(__file__).resolve())
    modules_stamp, modules_mark = ROOT / "node_modules" / ".installed", fingerprint(recipe[1:2])
    stamp, mark = BUILD / ".built", fingerprint([*recipe, *sources])
    if is_done(stamp, mark) and is_done(modules_stamp, modules_mark):
        return
    path = search_path()
    if not is_done(modules_stamp, modules_mark):
        say("installing the design system")
        run(shutil.which("npm", path=path) or "npm", "ci", "--omit=optional", "--silent", path=path)
        modules_stamp.write_text(modules_mark)
    say("building styles and scripts into static/build")
    run(shutil.which("npm", path=path) or "npm", "run", "--silent", "build", path=path)
    stamp.write_text(mark)


def browser() -> None:
    """Chromium, for the journeys in a real browser and for the pictures."""
    if any(map(shutil.which, BROWSERS)) or os.environ.get("PORTAL_CHROMIUM"):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        say("no Chromium here and no right to install it: browser tests will be skipped by name")
        return
    say("installing Chromium")
    run("apt-get", "update", "-qq")
    run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *BROWSER_PACKAGES)


def servers() -> None:
    """The servers that tests talk to. They are installed and not started: tests start their own."""
    places = os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/sbin"])
    missing = [SERVERS[name] for name in SERVERS if not shutil.which(name, path=places)]
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        say(f"no {', '.join(missing)} here, no right to install: their tests are skipped by name")
        return
    say(f"installing {', '.join(missing)}")
    run("apt-get", "update", "-qq")
    run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing)


def main(purpose: str) -> int:
    try:
        virtual_environment()
        parts("requirements.txt", *(["requirements-dev.txt"] if purpose == "test" else []))
        assets()
        if purpose == "test":
            browser()
            servers()
    except (NotPossible, subprocess.CalledProcessError) as error:
        print(f"Not ready: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "run"))
