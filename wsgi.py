"""The entry point of the server, the worker and every command."""

import gc

gc.disable()  # nothing that is made while the portal starts is garbage

from portal import create_app  # noqa: E402

app = create_app()

# What is loaded by now lives as long as the process. Looking through all of it for garbage, again
# and again, took a fifth of the time of pages (docs/decisions/garbage-is-looked-for-less-often.md).
gc.freeze()
gc.set_threshold(50_000, 20, 20)
gc.enable()
