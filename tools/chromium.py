"""A real Chromium, driven by Playwright: the machine's own, since none can be downloaded everywhere."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tools.prepare import BROWSERS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def executable() -> str | None:
    """Where Chromium is on this machine; PORTAL_CHROMIUM names another."""
    named = os.environ.get("PORTAL_CHROMIUM")
    return named or next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def chromium() -> Iterator["Browser"]:
    """A running browser.

    Raises:
        FileNotFoundError: there is no Chromium on this machine.
    """
    from playwright.sync_api import sync_playwright

    path = executable()
    if path is None:
        raise FileNotFoundError("Chromium is not installed on this machine")
    flags = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        try:
            yield browser
        finally:
            browser.close()
