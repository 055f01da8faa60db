"""Logs: structured, with a request id, and without answers, prices, tokens or personal data."""

import logging
import sys

import structlog
from flask import Flask


def init_app(app: Flask) -> None:
    """One line of JSON for each event on standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.WARNING if app.config.get("TESTING") else logging.INFO
        ),
    )
