"""What visits found, on the line of evidence of a provider's page."""

from collections.abc import Iterator

from flask import url_for
from sqlalchemy import select

from portal.access import Viewer
from portal.days import LONDON
from portal.db import db
from portal.providers.models import Provider
from portal.visits import queries
from portal.visits.models_report import VisitReport
from portal.web import Evidence

TONES = {"meets": "good", "improve": "care", "serious": "bad"}


def card(provider: Provider, viewer: Viewer) -> Iterator[Evidence]:
    """Each visit with a final report: its judgement, and where the report is."""
    visits = queries.of_provider(provider.id, viewer)
    ids = [one.id for one in visits]
    reports = {
        one.visit_id: one
        for one in db.session.scalars(select(VisitReport).where(VisitReport.visit_id.in_(ids)))
    }
    own = provider.id in viewer.provider_ids
    for visit in visits:
        report = reports.get(visit.id)
        judgements = visit.framework_version.body["judgements"]
        words = next(
            (one["title"] for one in judgements if report and one["key"] == report.judgement), ""
        )
        yield Evidence(
            on=visit.starts_at.astimezone(LONDON).date(),
            kind="Visit",
            title=f"{visit.setting.name}: {words}",
            text=report.judgement_reason if report else "",
            address=url_for("visits.provider_visit" if own else "visits.report", ref=visit.ref),
            tone=TONES.get(report.judgement if report else "", ""),
        )
