"""The KPI board: as a page, as files with the same figures, and one KPI by period."""

from typing import Any

from flask import Response, request

from forms import choice
from forms.kpis import BoardForm
from portal import settings, tables
from portal.access import Permission, current_viewer, needs
from portal.days import today
from portal.kpis import board_table
from portal.kpis.board import Board, Filters, Row, board, compare_with_peers
from portal.kpis.board_rows import Rows, load
from portal.kpis.board_table import NOTHING_TOLD, RULES
from portal.kpis.presentation import RATING_WORDS, TREND_WORDS
from portal.kpis.views import bp
from portal.sparks import spark
from portal.tables import Table
from portal.web import clock, or_404, page


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


@bp.get("/board/<unit_ref>/<key>.<form>")
@needs(Permission.KPI_BOARD)
def by_period_file(unit_ref: str, key: str, form: str) -> Response:
    on = today(clock())
    filters = Filters(unit=unit_ref, kpi=key)
    made = board(load(current_viewer(), on), filters, on)
    row: Row = or_404(next(iter(made.rows), None))
    return tables.download(board_table.by_period(row, on), form)


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
    labels = {field.short_name: field.label.text for field in form}
    chosen = {labels[name]: _words_of(form, name, text) for name, text in _chosen(form).items()}
    return board_table.table(made, chosen, today(clock()))


def _words_of(form: BoardForm, name: str, text: str) -> str:
    offered = getattr(form[name], "choices", ())
    return next((one.label for one in offered if one.value == text), text)
