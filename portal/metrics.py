"""Figures for Prometheus: how many requests, how long, what waits. Off unless a token is set.

Counters live in files of one folder, since several processes serve (`PROMETHEUS_MULTIPROC_DIR`); what
waits is counted when it is asked for. No label holds a person, a reference or an address.
"""

import os
import time
from collections.abc import Iterator
from hmac import compare_digest
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, request
from sqlalchemy import func, select

from portal.db import db
from portal.queue import Job, JobState

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Count requests from now on, where somebody may ask for the figures."""
    if not app.config["METRICS_TOKEN"]:
        return
    folder = Path(app.config["METRICS_DIR"] or app.config["DATA_DIR"] / "metrics")
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(folder))  # read when it is imported
    from prometheus_client import CollectorRegistry, Counter, Histogram

    registry = CollectorRegistry()
    app.extensions["metrics"] = {
        "requests": Counter(
            "portal_requests", "Requests", ["endpoint", "method", "status"], registry=registry
        ),
        "seconds": Histogram(
            "portal_request_seconds",
            "Seconds until the answer",
            ["endpoint"],
            buckets=BUCKETS,
            registry=registry,
        ),
    }
    app.before_request(_begin)
    app.after_request(_count)


def may_ask(app: Flask, given: str) -> bool:
    """Whether the header `Authorization: Bearer …` holds this installation's token."""
    token = app.config["METRICS_TOKEN"]
    return bool(token) and compare_digest(given.encode(), f"Bearer {token}".encode())


def figures() -> tuple[bytes, str]:
    """Everything as text, and its content type: of all server processes, and of the queue."""
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.exposition import CONTENT_TYPE_LATEST
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(_Waiting())
    return generate_latest(registry), CONTENT_TYPE_LATEST


class _Waiting:
    """What lies in the queue at this moment."""

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily

        counted = select(Job.state, func.count()).group_by(Job.state)
        oldest = select(func.min(Job.due_at)).where(Job.state == JobState.WAITING)
        with db.reading() as session:
            numbers = dict(session.execute(counted).tuples())
            since = session.scalar(oldest)
        jobs = GaugeMetricFamily("portal_jobs", "Jobs by state", labels=["state"])
        for state in JobState:
            jobs.add_metric([state.value], numbers.get(state, 0))
        yield jobs
        waited = 0.0 if since is None else max(0.0, time.time() - since.timestamp())
        yield GaugeMetricFamily("portal_jobs_late_seconds", "Longest wait of a due job", waited)


def _begin() -> None:
    g.began = time.perf_counter()


def _count(answer: Response) -> Response:
    from flask import current_app

    endpoint = request.endpoint or "none"
    method = request.method if request.method in METHODS else "other"
    kept = current_app.extensions["metrics"]
    kept["requests"].labels(endpoint, method, str(answer.status_code)).inc()
    if endpoint != "static" and "began" in g:
        kept["seconds"].labels(endpoint).observe(time.perf_counter() - g.began)
    return answer
