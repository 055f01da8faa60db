"""The blank questions of a round to take away, for everybody once it is published."""

from flask import Response
from werkzeug.exceptions import NotFound

from portal import tables
from portal.access import current_viewer, public
from portal.rounds import blank, queries
from portal.rounds.models import Round
from portal.rounds.views import bp
from portal.wordfiles import MIME


@bp.get("/rounds/<ref>/questions.<kind>")
@public
def blank_questions(ref: str, kind: str) -> Response:
    """As Word (docx), PDF or Excel (xlsx).

    A draft is not found by anybody but its councils' own people.
    """
    bid_round = queries.round_by_ref(ref, current_viewer())
    name = f"questions-{bid_round.ref}.{kind}"
    match kind:
        case "docx":
            return tables.attachment(blank.word_file(bid_round), name, MIME)
        case "xlsx":
            return tables.download(blank.table(bid_round), kind)
        case "pdf":
            return tables.attachment(_pdf(bid_round), name, "application/pdf")
    raise NotFound


def _pdf(bid_round: Round) -> bytes:
    """Anybody may ask for it, and it takes a second: the same content is made once."""
    from portal.pdf import render_pdf

    about = blank.about(bid_round)
    key = (bid_round.ref, bid_round.question_set.sha256, *about)
    if key not in _MADE:
        if len(_MADE) >= MOST_KEPT:
            _MADE.clear()
        blanks = list(blank.blanks(bid_round))
        _MADE[key] = render_pdf(
            "pdf/blank_questions.html", round=bid_round, about=about, blanks=blanks
        )
    return _MADE[key]


MOST_KEPT = 20
_MADE: dict[tuple[str, ...], bytes] = {}
