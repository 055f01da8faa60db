"""The entry point of the server."""

from portal import create_app

app = create_app()
