"""Real servers beside the portal: each is started when a test first asks, and once in a run.

A component that cannot be had here is skipped by name; CI does not allow that.
"""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.servers.processes import NotHere


def _started(server: Any) -> Iterator[Any]:
    try:
        yield server.start_all()
    except NotHere as missing:
        pytest.skip(str(missing))
    finally:
        server.stop()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[Any]:
    """An object store that speaks S3."""
    from tests.servers.s3 import Swift

    yield from _started(Swift())


@pytest.fixture
def bucket(s3_server: Any, app: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A bucket of this test alone that keeps versions, and the portal uses it."""
    from tests.servers.s3 import BucketOfATest

    for name, value in s3_server.surroundings.items():
        monkeypatch.setenv(name, value)
    name = f"portal-{uuid.uuid4().hex[:8]}"
    made = BucketOfATest(s3_server.client(), name)
    for key, value in {
        "S3_BUCKET": name,
        "S3_ENDPOINT": s3_server.endpoint,
        "S3_REGION": "eu-west-2",
        "S3_PATH_STYLE": True,
    }.items():
        monkeypatch.setitem(app.config, key, value)
    app.extensions.pop("s3", None)
    yield made
    app.extensions.pop("s3", None)


@pytest.fixture(scope="session")
def clamd_server() -> Iterator[Any]:
    """A virus scanner."""
    from tests.servers.clamd import ClamdProcess

    yield from _started(ClamdProcess())


@pytest.fixture(scope="session")
def mail_server() -> Iterator[Any]:
    """A mail server."""
    from tests.servers.smtp import MailServer

    yield from _started(MailServer())


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Any]:
    """A broker."""
    from tests.servers.redis import RedisServer

    yield from _started(RedisServer())
