"""A line to a server that is cut: after so many bytes, so many times, and then it holds."""

import socket
import threading
from contextlib import suppress


class CutLine:
    """Listens on a port of its own and passes everything on, until it cuts.

    Args:
        after: bytes of one connection that go towards the server before it is cut.
        times: how many connections are cut; later ones hold.
    """

    def __init__(self, port: int, *, after: int, times: int) -> None:
        self._to, self._after, self._left = port, after, times
        self.cut = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def stop(self) -> None:
        self._listening.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                most = self._after if self.cut < self._left else None
                self._pass(near, far, most)
                self._pass(far, near, None)

    def _pass(self, source: socket.socket, target: socket.socket, most: int | None) -> None:
        threading.Thread(target=self._pump, args=(source, target, most), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, most: int | None) -> None:
        passed = 0
        with suppress(OSError):
            while piece := source.recv(65536):
                passed += len(piece)
                if most is not None and passed > most:
                    self.cut += 1
                    break
                target.sendall(piece)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
