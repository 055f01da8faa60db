"""The KPI board: as a page, as files with the same figures, and one KPI by period."""

from typing import Any

from flask import Response, request

from forms import choice
from forms.kpis import BoardForm
from portal import settings, tables
from portal.access import Permission, current_viewer, needs
from portal.documents.queries import today
from portal.figures import NOT_APPLICABLE, Column, Kind
from portal.kpis.board import Board, Filters, Row, board, compare_with_peers, unit_of
from portal.kpis.board_rows import Rows, load
from portal.kpis.presentation import RATING_WORDS, TREND_WORDS
from portal.kpis.views import bp
from portal.sparks import spark
from portal.tables import Table
from portal.web import clock, or_404, page
from scoring.kpis import LEAST_PEERS
from scoring.rates import QUARTILE_METHOD

NOTHING_TOLD = "Nothing told"
RULES = (
    (
        "Green meets the target, amber misses it by no more than the tolerance, red is worse. The exact "
        "value decides, not the one that is printed."
    ),
    "A denominator of 0 is not applicable. Below 5 a value is to be read with care.",
    "A trend compares the last value with the one before. A low figure alone suspends nobody.",
    (
        f"Peers are the other providers of the agreement; their accepted values of the same period "
        f"are shown when there are {LEAST_PEERS} or more. {QUARTILE_METHOD.replace('rates', 'values')}"
    ),
)


@bp.get("/board")
@needs(Permission.KPI_BOARD)
def show_board() -> Response:
    found, made, form = _made()
    size, at = settings.get("list_page_size"), _page_number()
    rows = made.rows[(at - 1) * size : at * size]
    compare_with_peers(rows, found)
    return page(
        "kpis/board.html",
        form=form,
        rows=rows,
        total=len(made.rows),
        first=(at - 1) * size + 1,
        sparks=[_line(row) for row in rows],
        previous=at - 1 if at > 1 and made.rows else None,
        following=at + 1 if at * size < len(made.rows) else None,
        chosen=_chosen(form),
        rules=RULES,
        trends=TREND_WORDS,
    )


@bp.get("/board.<kind>")
@needs(Permission.KPI_BOARD)
def board_file(kind: str) -> Response:
    found, made, form = _made()
    compare_with_peers(made.rows, found)
    return tables.download(_table(made, form), kind)


@bp.get("/board/<unit_ref>/<key>")
@needs(Permission.KPI_BOARD)
def by_period(unit_ref: str, key: str) -> Response:
    found = load(current_viewer(), today(clock()))
    filters = Filters(unit=unit_ref, kpi=key)
    row: Row = or_404(next(iter(board(found, filters, today(clock())).rows), None))
    compare_with_peers([row], found)
    words = found.sets[row.of.kpi_set_id].words[key]
    return page(
        "kpis/by_period.html",
        row=row,
        words=words,
        spark=_line(row, width=480, height=120),
        rules=RULES,
    )


def _made() -> tuple[Rows, Board, BoardForm]:
    """What was read, the board as the address narrows it, and the filters to choose from."""
    on = today(clock())
    found = load(current_viewer(), on)
    form = BoardForm()
    filters = Filters(**{name: request.args.get(name, "").strip() for name in form.data})
    made = board(found, filters, on)
    form.agreement.choices = [choice(*one) for one in made.agreements.items()]
    form.lot.choices = [choice(code, code) for code in made.lots]
    form.kpi.choices = [choice(*one) for one in made.kpis.items()]
    form.period.choices = [choice(*one) for one in made.periods.items()]
    form.rating.choices = [
        *(choice(rating.value, words) for rating, words in RATING_WORDS.items()),
        choice("none", NOTHING_TOLD),
    ]
    return found, made, form


def _chosen(form: BoardForm) -> dict[str, str]:
    return {name: text for name in form.data if (text := request.args.get(name, "").strip())}


def _page_number() -> int:
    typed = request.args.get("page", "1")
    return max(1, int(typed)) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else 1


def _line(row: Row, **size: int) -> Any:
    return spark(row.values, row.description, target=row.kpi.target, **size)


def _table(made: Board, form: BoardForm) -> Table:
    columns = [
        Column("provider", "Provider"),
        Column("unit", "Who"),
        Column("lots", "Lots"),
        Column("kpi", "KPI"),
        Column("period", "Period"),
        Column("numerator", "Numerator", Kind.NUMBER),
        Column("denominator", "Denominator", Kind.NUMBER),
        Column("value", "Value", Kind.NUMBER),
        Column("in", "In"),
        Column("target", "Target", Kind.NUMBER),
        Column("rating", "Rating"),
        Column("trend", "Trend"),
        Column("missed", "Periods missed in a row", Kind.WHOLE),
        Column("lower", "Peers: lower quartile", Kind.NUMBER),
        Column("median", "Peers: median", Kind.NUMBER),
        Column("upper", "Peers: upper quartile", Kind.NUMBER),
        Column("checked", "Checked"),
    ]
    labels = {field.short_name: field.label.text for field in form}
    chosen = {labels[name]: _words_of(form, name, text) for name, text in _chosen(form).items()}
    return Table(
        "kpi-board",
        "KPI board",
        columns,
        [_cells(row) for row in made.rows],
        source="KPI returns of the providers",
        as_at=today(clock()),
        filters=chosen,
        rules=RULES,
    )


def _words_of(form: BoardForm, name: str, text: str) -> str:
    offered = getattr(form[name], "choices", ())
    return next((one.label for one in offered if one.value == text), text)


def _cells(row: Row) -> dict[str, Any]:
    numerator, denominator = row.shown.numbers or (None, None)
    applies = row.value if row.shown.told else None
    peers = row.peers
    return {
        "provider": row.of.provider,
        "unit": row.of.unit,
        "lots": ", ".join(row.lots),
        "kpi": row.kpi.name,
        "period": row.of.period.words,
        "numerator": numerator,
        "denominator": denominator,
        "value": NOT_APPLICABLE if row.shown.told and applies is None else applies,
        "in": unit_of(row.kpi),
        "target": row.kpi.target,
        "rating": RATING_WORDS[row.rating] if row.rating else NOTHING_TOLD,
        "trend": TREND_WORDS[row.trend],
        "missed": row.missed,
        "lower": peers.lower_quartile if peers else None,
        "median": peers.median if peers else None,
        "upper": peers.upper_quartile if peers else None,
        "checked": "Yes" if row.of.stage.value == "accepted" else "Not yet",
    }
