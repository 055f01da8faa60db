"""Publishing a report: from then on it stands as it was, whatever is brought in later."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.costs import policy
from portal.costs.models import CostImport, ImportStage, PublishedReport
from portal.costs.placement_types import versions as types
from portal.costs.published_reports.frozen import freeze
from portal.costs.reports.asking import Asked, Wanted
from portal.costs.reports.kinds import KINDS
from portal.db import db
from portal.people.models import Council
from scoring.canonical import canonical_json, sha256_of
from scoring.rules import RuleBroken


def publish(key: str, wanted: Wanted, *, actor: Viewer, now: datetime) -> PublishedReport:
    """Freeze a report: its figures, the hashes of its inputs, its rules, and who published it.

    Two versions are kept: all figures for the finance team, and one without small numbers for
    everybody else.

    Raises:
        RuleBroken: `report:not-allowed`, `report:nothing`, `report:narrowed`.
    """
    asked = Asked(wanted, actor)
    policy.may_bring_in(actor, asked.council.id).or_refuse("report:not-allowed")
    if asked.is_empty or key not in KINDS:
        raise RuleBroken("report:nothing", "There is nothing to publish.")
    if asked.is_narrowed or wanted.as_at is not None:
        raise RuleBroken(
            "report:narrowed",
            "Take the day, the provider and the lot out of the filters: only a whole report is "
            "published, so that two of them give no small number away.",
        )
    made = KINDS[key].make(asked)
    figures = {
        "finance": freeze(made),
        "readers": freeze(KINDS[key].make(Asked(wanted, actor, as_reader=True))),
    }
    kept = PublishedReport(
        council_id=asked.council.id,
        report=key,
        title=made.title,
        as_at_on=asked.as_at,
        filters=asked.address,
        figures=figures,
        inputs=_inputs(asked.council),
        rules=list(made.tables[0].rules),
        sha256=sha256_of(canonical_json(figures)),
        published_by_id=actor.person_id,
        published_at=now,
    )
    db.session.add(kept)
    db.session.flush()
    audit.record(
        Event.REPORT_PUBLISHED,
        kept,
        actor=actor,
        now=now,
        council=asked.council.ref,
        report=key,
        sha256=kept.sha256,
    )
    return kept


def _inputs(council: Council) -> list[Any]:
    """What the figures were counted from: files by kind and hash, and the mapping of types."""
    taken = db.session.execute(
        select(CostImport.kind, CostImport.file_name, CostImport.sha256)
        .where(CostImport.council_id == council.id, CostImport.stage == ImportStage.TAKEN)
        .order_by(CostImport.kind, CostImport.sha256)
    )
    files = [[kind.value, name, sha256] for kind, name, sha256 in taken]
    version = types.version_of(council)
    return [*files, ["placement-types", f"version {version.version}", version.sha256]]
