"""Many who send slowly, and one who sends far too much: nobody else waits for them."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.servers.front import THREADS, Front
from tests.servers.processes import NotHere

SLOW = THREADS * 10
PATIENCE = 10  # seconds; a page takes a tenth of one


@pytest.fixture(scope="module")
def front(app) -> Iterator[Front]:
    server = Front(app, "user root;" if os.geteuid() == 0 else "")
    try:
        yield server.start_all()
    except NotHere as missing:
        pytest.skip(str(missing))
    finally:
        server.stop()


def asked(port: int, sent: bytes, *, whole: bool = True) -> bytes:
    """What comes back for these bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line:
        line.sendall(sent)
        found = line.recv(4096)
        while whole and (more := line.recv(65536)):
            found += more
        return found


def page(port: int) -> bytes:
    return asked(port, b"GET /sign-in HTTP/1.0\r\nHost: localhost\r\n\r\n")


@pytest.mark.parametrize(
    "beginning",
    [
        b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nemail=a",
        b"",
    ],
    ids=["head", "body", "nothing"],
)
def test_slow_senders_stop_nobody_else(front, beginning):
    assert page(front.port).startswith(b"HTTP/1.1 200")
    with ExitStack() as held:
        lines = [
            held.enter_context(socket.create_connection(("127.0.0.1", front.port)))
            for _ in range(SLOW)
        ]
        for line in lines:
            line.sendall(beginning)
        time.sleep(0.5)
        began = time.monotonic()
        answers = [page(front.port) for _ in range(3)]
        assert all(one.startswith(b"HTTP/1.1 200") for one in answers)
        assert time.monotonic() - began < PATIENCE


def test_far_too_much_is_refused_before_it_is_read(front):
    head = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000000\r\n\r\n"
    assert b" 413 " in asked(front.port, head, whole=False)
    assert b" 413 " in asked(front.behind, head, whole=False)  # the portal by itself, too


def test_two_lengths_are_one_too_many(front):
    """Whoever may say twice how long a request is smuggles another one behind it."""
    head = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
    for second in (b"Content-Length: 6\r\n", b"Transfer-Encoding: chunked\r\n"):
        sent = head + second + b"\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for port in (front.port, front.behind):
            found = asked(port, sent, whole=False)
            assert found.count(b"HTTP/1.") == 1
            assert b" 400 " in found.split(b"\r\n")[0]
