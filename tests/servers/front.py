"""The portal as docs/operating.md has it in earnest: gunicorn, and nginx before it."""

import re
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.servers.processes import Processes, answers, free_port, program

ROOT = Path(__file__).resolve().parent.parent.parent
THREADS = 4
LOADING = 60  # seconds, on a machine that has other work
_HEAD = """daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; {user}
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    {server}
}}
"""


class Front(Processes):
    """One process of gunicorn with few threads, and nginx with the lines of the documentation."""

    def __init__(self, app: Any, user: str = "") -> None:
        self._home = tempfile.TemporaryDirectory(prefix="portal-front-", ignore_cleanup_errors=True)
        super().__init__(Path(self._home.name))
        self.port, self.behind = free_port(), free_port()
        self._app, self._user = app, user

    def start_all(self) -> "Front":
        """Raises NotHere where there is no nginx."""
        nginx = program("nginx", "nginx")
        written = self.folder / "nginx.conf"
        written.write_text(
            _HEAD.format(folder=self.folder, user=self._user, server=self._documented())
        )
        surroundings = {
            "PORTAL_DATA_DIR": str(self._app.config["DATA_DIR"]),
            "PORTAL_DATABASE_URL": str(self._app.config["DATABASE_URL"]),
            "PORTAL_PROXIES": "1",
        }
        gunicorn = Path(sys.executable).parent / "gunicorn"
        self.start(
            [
                *(gunicorn, "wsgi:app", "--chdir", ROOT, "--no-control-socket", "--preload"),
                *("--bind", f"127.0.0.1:{self.behind}", "--workers", "1"),
                *("--worker-class", "gthread", "--threads", str(THREADS)),
            ],
            surroundings,
        )
        self.start([nginx, "-c", written, "-p", self.folder])
        self.wait(lambda: answers(self.port), "nginx")
        deadline = time.monotonic() + LOADING
        while not answers(self.behind) and time.monotonic() < deadline:
            time.sleep(0.1)
        self.wait(lambda: answers(self.behind), "the portal")
        return self

    def stop(self) -> None:
        super().stop()
        with suppress(OSError):
            self._home.cleanup()

    def _documented(self) -> str:
        """The server of docs/operating.md, without TLS and on ports of a test."""
        text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
        server = re.search(r"```\n(server \{.*?\n\})\n```", text, re.DOTALL)
        assert server is not None
        plain = re.sub(r"\n\s*ssl_certificate[^\n]*", "", server[1])
        plain = plain.replace("listen 443 ssl", f"listen 127.0.0.1:{self.port}")
        return plain.replace("127.0.0.1:8000", f"127.0.0.1:{self.behind}")
