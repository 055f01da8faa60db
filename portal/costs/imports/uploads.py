"""Files with children's numbers are never put down on a disk, not even for the time of a request."""

from io import BytesIO
from typing import IO, Any

from flask import Flask

PATH = "/costs/imports"


def keep_in_memory(app: Flask) -> None:
    """Let uploads to this room's pages stay in memory; they are 25 MB at most.

    The framework would lay anything longer than 500 kB into the folder for temporary files.
    """
    usual = app.request_class

    class Request(usual):  # type: ignore[misc, valid-type]
        """A request whose files stay in memory where they hold numbers of children."""

        def _get_file_stream(self, *args: Any, **more: Any) -> IO[bytes]:
            if self.path.startswith(PATH):
                return BytesIO()
            stream: IO[bytes] = super()._get_file_stream(*args, **more)
            return stream

    app.request_class = Request
