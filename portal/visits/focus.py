"""What to look at first: what other rooms know of a home and its provider, as it stands today."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from portal.access import Permission, Viewer
from portal.contracts import queries as contracts
from portal.db import db
from portal.documents import queries as documents
from portal.followups import queries as followups
from portal.kpis import weak as kpis
from portal.providers.models_settings import Setting
from portal.visits import frameworks, policy
from portal.visits.models import FOCUS_KINDS, Visit
from portal.visits.models_report import VisitAgreed
from portal.web import date_text
from scoring.eligibility import DocumentState
from scoring.terms import Panel

_NOT_WELL = {
    DocumentState.EXPIRED: "has run out",
    DocumentState.EXPIRING: "runs out soon",
    DocumentState.REJECTED: "was not accepted",
}
MOST_PROMISES = 10


@dataclass(frozen=True, slots=True)
class Focus:
    """One thing to look at: a word of `FOCUS_KINDS`, a line, and what stands under it."""

    kind: str
    title: str
    note: str = ""

    @property
    def heading(self) -> str:
        return FOCUS_KINDS.get(self.kind, self.kind)


def of(setting: Setting, previous: Visit | None, viewer: Viewer, on: date) -> list[Focus]:
    """Everything that is worth a look at this home, as far as the viewer may know it."""
    return [
        *_recommendations(setting, viewer, on),
        *_weak(previous),
        *_missed_targets(setting, viewer),
        *_certificates(setting, viewer, on),
        *_promises(setting, viewer),
        *_registration(setting),
    ]


def _recommendations(setting: Setting, viewer: Viewer, on: date) -> Iterator[Focus]:
    """Of this home, and those of the provider that name no home."""
    for one in followups.of_provider(setting.provider_id, viewer, open_only=True):
        if one.setting_id in {None, setting.id}:
            late = "overdue since" if one.due_on < on else "due"
            yield Focus("recommendation", one.text[:300], f"{late} {date_text(one.due_on)}")


def _weak(previous: Visit | None) -> Iterator[Focus]:
    if previous is None or previous.stage not in policy.FINAL:
        return
    rules = frameworks.framework(previous)
    agreed = select(VisitAgreed).where(
        VisitAgreed.visit_id == previous.id,
        VisitAgreed.panel == Panel.OFFICERS,
        VisitAgreed.value <= rules.weak_at_most,
    )
    for one in db.session.scalars(agreed.order_by(VisitAgreed.matter)):
        title = f"{one.matter} – {rules.matters.get(one.matter, one.matter)}"
        yield Focus("weak", title, one.reason)


def _missed_targets(setting: Setting, viewer: Viewer) -> Iterator[Focus]:
    for one in kpis.missed(setting.provider, viewer):
        yield Focus("kpi", one.title[:300], one.words)


def _certificates(setting: Setting, viewer: Viewer, on: date) -> Iterator[Focus]:
    """Of this home, and those of the provider that are of no home."""
    if not viewer.may(Permission.DOCUMENT_CHECK):
        return
    for line in documents.library(setting.provider_id, viewer, on):
        words = _NOT_WELL.get(line.state)
        if words and (line.home is None or line.home.id == setting.id):
            kind = str(line.kind["title"])
            named = kind if line.title == kind else f"{kind}, {line.title}"
            yield Focus("certificate", f"{named}: {words}"[:300])


def _promises(setting: Setting, viewer: Viewer) -> Iterator[Focus]:
    """Each once: a bid for three lots promises the same three times."""
    made = contracts.promises_of_provider(setting.provider_id, viewer)
    for question, text in list(dict.fromkeys((one.question, one.text) for one in made))[
        :MOST_PROMISES
    ]:
        yield Focus("promise", question[:300], text)


def _registration(setting: Setting) -> Iterator[Focus]:
    if setting.youngest_age < 18 and setting.registration is None:
        words = "Young people under 18 may live here only with a provider registered with Ofsted."
        yield Focus("registration", "No registration is recorded for this home", words)
