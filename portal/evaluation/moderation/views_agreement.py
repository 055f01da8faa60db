"""For the moderator: how well the scorers agree, and the whole history of one question of one bid."""

from flask import Response

from portal import tables
from portal.access import Permission, current_viewer, needs
from portal.evaluation import policy, queries
from portal.evaluation.moderation.agreement_figures import AgreementFigures, figures
from portal.evaluation.moderation.board import Known
from portal.evaluation.moderation.history import handed_in, versions
from portal.evaluation.moderation.views import moderated
from portal.evaluation.policy import Standing
from portal.evaluation.views import bp
from portal.people.actions import note_read
from portal.rounds.models import Round
from portal.web import clock, or_404, page
from scoring.terms import Panel


@bp.get("/council/rounds/<ref>/moderation/agreement")
@needs(Permission.BID_MODERATE)
def agreement(ref: str) -> Response:
    bid_round, found = _figures(ref)
    return page("evaluation/agreement.html", round=bid_round, figures=found)


@bp.get("/council/rounds/<ref>/moderation/agreement/<table>.<kind>")
@needs(Permission.BID_MODERATE)
def agreement_file(ref: str, table: str, kind: str) -> Response:
    _, found = _figures(ref)
    both = {one.key: one for one in (found.questions, found.scorers)}
    file = tables.download(or_404(both.get(table)), kind)
    note_read(current_viewer(), "agreement", f"{ref}/{table}.{kind}", clock())
    return file


def _figures(ref: str) -> tuple[Round, AgreementFigures]:
    bid_round, known, _ = _readable(ref)
    return bid_round, figures(bid_round, Panel.OFFICERS, known, clock())


@bp.get("/council/rounds/<ref>/moderation/history/<bid>/<question>")
@bp.get("/council/rounds/<ref>/moderation/history/<bid>/<question>/<lot>")
@needs(Permission.BID_MODERATE)
def history(ref: str, bid: str, question: str, lot: str = "") -> Response:
    bid_round, known, mine = _readable(ref)
    application = or_404(next((one for one in known.bids if one.ref == bid), None))
    or_404(None if application.id in mine.closed else application)
    rows = queries.agenda(
        bid_round,
        Panel.OFFICERS,
        current_viewer(),
        known=known,
        application_id=application.id,
        question=question,
        lot_code=lot,
    )
    row = or_404(rows[0] if rows and rows[0].is_ready else None)
    return page(
        "evaluation/history.html",
        round=bid_round,
        row=row,
        handed_in=handed_in(application, Panel.OFFICERS, row.asked.key),
        versions=versions(application, row.asked.key),
    )


def _readable(ref: str) -> tuple[Round, Known, Standing]:
    """A board that the viewer may read; nothing for anybody else."""
    bid_round, mine = moderated(ref)
    known = Known(queries.bids_in_brief(bid_round), mine.closed)
    or_404(policy.may_read_board(mine, bid_round, [one.id for one in known.bids]) or None)
    return bid_round, known, mine
