"""KPI returns: which there are, what stands in one, writing figures into it and submitting it."""

from typing import Any

from marshmallow import fields, validate

from portal.access import Permission, current_viewer
from portal.api.fields import Asked, Exact, Figure, Moment, Told, a_list, one_of, text, word
from portal.api.paging import PagedQuery, paged
from portal.api.routes import expect, reads, writes
from portal.api.shared import AgreementSchema, NamedSchema, agreement_told, named, on_today
from portal.api.tables import FormQuery, TableSchema, answer
from portal.kpis import actions_returns as actions, board_table, policy, queries
from portal.kpis.actions_returns import MOST_COMMENT, Told as Figures
from portal.kpis.board import Filters, board, compare_with_peers
from portal.kpis.board_rows import load
from portal.kpis.models_returns import KpiReturn
from portal.kpis.presentation import Line, lines_of
from portal.people.scopes import Scope
from portal.web import clock, or_404
from scoring.kpis import Rating
from scoring.stages import KpiReturnStage

TAG = "KPIs"
PARTS = ("numerator", "denominator", "comment")


class FigureSchema(Told):
    """One KPI of a return: what stands, corrected or as it was given."""

    kpi = fields.String()
    name = fields.String()
    numerator = Exact(allow_none=True)
    denominator = Exact(allow_none=True)
    comment = fields.String()
    value = Exact(allow_none=True, digits=4)
    target = Exact(allow_none=True)
    rating = fields.String(
        allow_none=True, metadata={"enum": [*(one.value for one in Rating), None]}
    )
    corrected = fields.Boolean()


class ReturnLineSchema(Told):
    """What one organisation, branch or home reports of one period."""

    ref = fields.String()
    stage = fields.String(metadata={"enum": [one.value for one in KpiReturnStage]})
    provider = fields.Nested(NamedSchema)
    agreement = fields.Nested(AgreementSchema)
    lots = fields.List(fields.String())
    frequency = fields.String()
    starts_on = fields.Date()
    ends_on = fields.Date()
    due_on = fields.Date()
    late = fields.Boolean()
    sent_at = Moment(allow_none=True)
    accepted_at = Moment(allow_none=True)


class ReturnSchema(ReturnLineSchema):
    """The same with its figures. What is not sent yet is the provider's own: no figure then."""

    kpis = fields.List(fields.String(), metadata={"description": "The KPIs that are asked for"})
    figures = fields.List(fields.Nested(FigureSchema))


class ReturnsQuery(PagedQuery):
    """What the list is narrowed to."""

    state = one_of(queries.STATES, load_default="")
    agreement = word(20, load_default="", metadata={"description": "Its reference"})
    words = word(load_default="", metadata={"description": "Of the provider's name"})


class BoardQuery(FormQuery):
    """What the board is narrowed to, as on its page."""

    agreement = word(20, load_default="", metadata={"description": "Its reference"})
    lot = word(20, load_default="", metadata={"description": "The code of a lot"})
    kpi = word(60, load_default="", metadata={"description": "The key of a KPI"})
    period = word(20, load_default="", metadata={"description": "Its first day, as 2027-04-01"})
    rating = one_of([*(one.value for one in Rating), "none"], load_default="")
    words = word(load_default="", metadata={"description": "Of the provider's name"})


class SentFigureSchema(Asked):
    """One KPI. A part that is left out stays as it is; null empties it."""

    kpi = word(60, required=True, metadata={"description": "Its key"})
    numerator = Figure(allow_none=True)
    denominator = Figure(allow_none=True)
    comment = text(MOST_COMMENT)


class FiguresSchema(Asked):
    """Figures to write into a return, all of them or none."""

    figures = fields.List(
        fields.Nested(SentFigureSchema), required=True, validate=validate.Length(1, 100)
    )


class SubmitSchema(Asked):
    """What goes with a return."""

    answer = text(
        MOST_COMMENT, metadata={"description": "To the council's question, if one is open"}
    )


@reads(
    "/kpi-board",
    TableSchema,
    tag=TAG,
    asks=BoardQuery,
    scope=Scope.KPIS_READ,
    permission=Permission.KPI_BOARD,
    csv=True,
)
def kpi_board(query: dict[str, Any]) -> Any:
    """Every provider and KPI with its last value, target, rating, trend and peers."""
    form, on = query.pop("format"), on_today()
    found = load(current_viewer(), on)
    made = board(found, Filters(**query), on)
    compare_with_peers(made.rows, found)
    chosen = {name: value for name, value in query.items() if value}
    return answer(board_table.table(made, chosen, on), form)


@reads(
    "/kpi-returns",
    a_list(ReturnLineSchema, "ReturnLine"),
    tag=TAG,
    asks=ReturnsQuery,
    scope=Scope.KPIS_READ,
    permission=Permission.KPI_READ,
)
def kpi_returns(query: dict[str, Any]) -> dict[str, Any]:
    """The returns that you may see, the last due first."""
    cursor = query.pop("cursor", None)
    narrowed = queries.Narrowed(**query)
    return paged(
        queries.returns_page(current_viewer(), narrowed, on_today(), cursor=cursor), line_told
    )


@reads(
    "/kpi-returns/<ref>",
    ReturnSchema,
    tag=TAG,
    scope=Scope.KPIS_READ,
    permission=Permission.KPI_READ,
)
def kpi_return(_query: dict[str, Any], ref: str) -> dict[str, Any]:
    """One return with its figures, exact values and ratings."""
    return _told(_one(ref))


@writes(
    "/kpi-returns/<ref>/figures",
    ReturnSchema,
    tag=TAG,
    method="PATCH",
    asks=FiguresSchema,
    if_match=True,
    scope=Scope.KPIS_WRITE,
    permission=Permission.KPI_ENTER,
)
def save_figures(sent: dict[str, Any], ref: str) -> Any:
    """Write figures into a return. They are judged when it is submitted."""
    one = _as_it_was_read(ref)
    told = {figure["kpi"]: _figures(figure) for figure in sent["figures"]}
    actions.save_figures(one, told, actor=current_viewer(), now=clock())
    return lambda: _told(_one(ref))


@writes(
    "/kpi-returns/<ref>/submit",
    ReturnSchema,
    tag=TAG,
    asks=SubmitSchema,
    if_match=True,
    scope=Scope.KPIS_WRITE,
    permission=Permission.KPI_SUBMIT,
)
def submit(sent: dict[str, Any], ref: str) -> Any:
    """Send a return to the councils of the contract."""
    one = _as_it_was_read(ref)
    actions.submit(one, sent.get("answer", ""), actor=current_viewer(), now=clock())
    return lambda: _told(_one(ref))


def _figures(sent: dict[str, Any]) -> Figures:
    given = {name: sent[name] for name in PARTS if name in sent}
    return Figures(**given, given=frozenset(given))


def _as_it_was_read(ref: str) -> KpiReturn:
    one = _one(ref)
    expect(ReturnSchema, _told(one))
    return one


def _one(ref: str) -> KpiReturn:
    found: KpiReturn = or_404(queries.kpi_return(ref, current_viewer()))
    return found


def line_told(one: KpiReturn) -> dict[str, Any]:
    """A return as `ReturnLineSchema` has it."""
    plan = one.plan
    return {
        "ref": one.ref,
        "stage": one.stage.value,
        "provider": named(plan.provider),
        "agreement": agreement_told(plan.agreement),
        "lots": sorted(part.agreement_lot.code for part in plan.lots),
        "frequency": one.frequency.value,
        "starts_on": one.period_starts_on,
        "ends_on": one.period_ends_on,
        "due_on": one.due_on,
        "late": bool(policy.is_late(one, on_today())),
        "sent_at": one.sent_at,
        "accepted_at": one.accepted_at,
    }


def _told(one: KpiReturn) -> dict[str, Any]:
    readable = queries.may_read_figures(current_viewer(), one)
    lines = lines_of(one, {}) if readable else []
    figures = [_figure(line) for line in lines]
    return line_told(one) | {"kpis": list(one.kpi_keys), "figures": figures}


def _figure(line: Line) -> dict[str, Any]:
    figure = line.figure
    numerator, denominator = figure.standing if figure else (None, None)
    return {
        "kpi": line.kpi.key,
        "name": line.kpi.name,
        "numerator": numerator,
        "denominator": denominator,
        "comment": figure.comment if figure else "",
        "value": line.value,
        "target": line.kpi.target,
        "rating": line.rating.value if line.rating else None,
        "corrected": bool(figure and figure.correction),
    }
