"""Notices: drafts to be read and typed in, and releases of open contracting data."""

import json
from typing import TypeVar

from flask import Response

from portal.access import Permission, current_viewer, needs
from portal.awards import notices, releases
from portal.awards.facts import Facts, facts_of
from portal.awards.notices import NoticeKind
from portal.awards.releases import Kind
from portal.awards.views import bp
from portal.rounds import queries as rounds
from portal.tables import attachment
from portal.web import clock, or_404, page

K = TypeVar("K", NoticeKind, Kind)


def _facts(ref: str) -> Facts:
    viewer = current_viewer()
    return facts_of(rounds.own_round(ref, viewer), viewer, clock())


@bp.get("/council/rounds/<ref>/notices")
@needs(Permission.RESULT_READ)
def notices_of(ref: str) -> Response:
    facts = _facts(ref)
    return page(
        "awards/notices.html",
        round=facts.round,
        drafts=notices.drafts(facts),
        releases=releases.offered(facts),
        due_on=notices.details_due_on(facts),
    )


@bp.get("/council/rounds/<ref>/notices/<kind>")
@needs(Permission.RESULT_READ)
def notice_draft(ref: str, kind: str) -> Response:
    facts = _facts(ref)
    wanted = or_404(_one_of(notices.offered(facts), kind))
    return page("awards/notice_draft.html", round=facts.round, draft=notices.draft(wanted, facts))


@bp.get("/council/rounds/<ref>/notices/<kind>.txt")
@needs(Permission.RESULT_READ)
def notice_file(ref: str, kind: str) -> Response:
    facts = _facts(ref)
    wanted: NoticeKind = or_404(_one_of(notices.offered(facts), kind))
    text = notices.draft(wanted, facts).text(facts.round.title)
    return attachment(text.encode(), f"{wanted.value}-{ref}.txt", "text/plain; charset=utf-8")


@bp.get("/council/rounds/<ref>/releases/<kind>.json")
@needs(Permission.RESULT_READ)
def open_data(ref: str, kind: str) -> Response:
    facts = _facts(ref)
    wanted: Kind = or_404(_one_of(releases.offered(facts), kind))
    told = json.dumps(releases.release(wanted, facts), ensure_ascii=False, indent=2)
    return attachment(told.encode(), f"{wanted.value}-release-{ref}.json", "application/json")


def _one_of(kinds: list[K], value: str) -> K | None:
    return next((kind for kind in kinds if kind.value == value), None)
