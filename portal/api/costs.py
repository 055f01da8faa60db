"""Reports of costs: any table of any report by one address, for Excel and Power BI."""

from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate

from portal.access import Permission, current_viewer
from portal.api.fields import Asked, Told, a_list, word
from portal.api.paging import whole
from portal.api.routes import address_of, reads
from portal.api.tables import FormQuery, TableSchema, answer
from portal.costs.reports import asking
from portal.costs.reports.asking import Wanted
from portal.costs.reports.kinds import KINDS, Kind, Report
from portal.people.scopes import Scope
from portal.tables import Table
from portal.web import or_404
from scoring.rules import RuleBroken
from scoring.years import year_named

TAG = "Costs"


class YearField(fields.String):
    """A financial year as people write it: 2025-26."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> Any:
        try:
            return year_named(str(super()._deserialize(value, attr, data, **more)))
        except RuleBroken as broken:
            raise ValidationError(broken.message) from None


_OF = {"description": "A financial year, such as 2025-26"}


class ReportFilters(Asked):
    """What a report is narrowed to, as on its page."""

    council = word(60, load_default="", metadata={"description": "Its short name; else your first"})
    from_year = YearField(load_default=None, metadata=_OF)
    to_year = YearField(load_default=None, metadata=_OF)
    as_at = fields.Date(
        load_default=None,
        validate=validate.Range(min=date(1990, 1, 1), max=date(2200, 1, 1)),
        metadata={"description": "The last day that counts, from 1990 on"},
    )
    provider = word(load_default="")
    lot = word(20, load_default="")


class TableQuery(FormQuery, ReportFilters):
    """Of what, and in which form."""


class ReportKindSchema(Told):
    """A kind of report."""

    key = fields.String()
    title = fields.String()
    answers = fields.String(metadata={"description": "The question that it answers"})
    address = fields.String()


class ReportTableSchema(Told):
    """A table of a report, and where it is."""

    key = fields.String()
    title = fields.String()
    address = fields.String()


class ReportSchema(Told):
    """A report: its tables, and what a reader must know first."""

    key = fields.String()
    title = fields.String()
    council = fields.String()
    warnings = fields.List(fields.String())
    tables = fields.List(fields.Nested(ReportTableSchema))


@reads(
    "/cost-reports",
    a_list(ReportKindSchema, "ReportKind"),
    tag=TAG,
    scope=Scope.COSTS_READ,
    permission=Permission.COST_READ,
)
def cost_reports(_query: dict[str, Any]) -> dict[str, Any]:
    """Which reports there are."""
    return whole(KINDS.values(), _kind)


@reads(
    "/cost-reports/<key>",
    ReportSchema,
    tag=TAG,
    asks=ReportFilters,
    scope=Scope.COSTS_READ,
    permission=Permission.COST_READ,
)
def cost_report(query: dict[str, Any], key: str) -> dict[str, Any]:
    """One report: which tables it has, and where they are."""
    made, council = _made(key, query)
    return {
        "key": made.key,
        "title": made.title,
        "council": council,
        "warnings": list(made.warnings),
        "tables": [
            {"key": one.key, "title": one.title, "address": _table_address(key, one.key)}
            for one in made.tables
        ],
    }


@reads(
    "/cost-reports/<key>/tables/<name>",
    TableSchema,
    tag=TAG,
    asks=TableQuery,
    scope=Scope.COSTS_READ,
    permission=Permission.COST_READ,
    csv=True,
)
def cost_table(query: dict[str, Any], key: str, name: str) -> Any:
    """One table of a report, with the figures of its page: the address for Excel and Power BI."""
    form = query.pop("format")
    table: Table = or_404(_made(key, query)[0].table(name))
    return answer(table, form)


def _made(key: str, query: dict[str, Any]) -> tuple[Report, str]:
    """The report and its council. What is not the viewer's, or has no figures yet, is not there."""
    kind: Kind = or_404(KINDS.get(key))
    wanted = Wanted(
        council=query["council"],
        first_year=query["from_year"],
        last_year=query["to_year"],
        as_at=query["as_at"],
        provider=query["provider"],
        lot=query["lot"],
    )
    asked = asking.Asked(wanted, current_viewer())
    or_404(None if asked.is_empty else asked)
    return kind.make(asked), asked.council.slug


def _kind(one: Kind) -> dict[str, str]:
    address = address_of(f"/api/v1/cost-reports/{one.key}")
    return {"key": one.key, "title": one.title, "answers": one.answers, "address": address}


def _table_address(key: str, name: str) -> str:
    return address_of(f"/api/v1/cost-reports/{key}/tables/{name}")
