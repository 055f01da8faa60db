"""The lists of returns and of who reports as files."""

from collections.abc import Sequence
from datetime import date

from portal.kpis import policy
from portal.kpis.models import KpiPlan
from portal.kpis.models_returns import KpiReturn
from portal.kpis.queries import STATES, Narrowed
from portal.tables import Column, Kind, Table
from scoring.stages import KpiReturnStage as Stage

STAGE_WORDS = {
    Stage.EXPECTED: "Not begun",
    Stage.DRAFT: "Being filled in",
    Stage.SUBMITTED: "To check",
    Stage.QUERIED: "Queried",
    Stage.ACCEPTED: "Accepted",
}
COLUMNS = (
    Column("period", "Period"),
    Column("provider", "Provider"),
    Column("unit", "Who"),
    Column("lots", "Lots"),
    Column("due_on", "Due", Kind.DATE),
    Column("stage", "Where it stands"),
    Column("late", "Late"),
)


def table(found: Sequence[KpiReturn], narrowed: Narrowed, agreement: str, on: date) -> Table:
    """The returns that the filters leave, the newest first; the agreement by its title."""
    rows = [
        {
            "period": one.period.words,
            "provider": one.plan.provider.name,
            "unit": one.unit.words,
            "lots": one.plan.lot_codes,
            "due_on": one.due_on,
            "stage": STAGE_WORDS[one.stage],
            "late": "Yes" if policy.is_late(one, on) else "No",
        }
        for one in found
    ]
    return Table(
        "kpi-returns",
        "KPI returns",
        COLUMNS,
        rows,
        source="KPI returns of the providers",
        as_at=on,
        filters={
            "State": STATES.get(narrowed.state, "all"),
            "Agreement": agreement or "all",
            "Words": narrowed.words or "all",
        },
    )


PLAN_COLUMNS = (
    Column("provider", "Provider"),
    Column("agreement", "Agreement"),
    Column("lots", "Lots"),
    Column("set", "KPI set"),
    Column("from_on", "From", Kind.DATE),
    Column("until_on", "Until", Kind.DATE),
)


def plans(found: Sequence[KpiPlan], agreement: str, on: date) -> Table:
    """Who reports on which KPIs, by provider."""
    rows = [
        {
            "provider": one.provider.name,
            "agreement": one.agreement.title,
            "lots": one.lot_codes,
            "set": f"{one.kpi_set.title}, version {one.kpi_set.version}",
            "from_on": one.from_on,
            "until_on": one.until_on,
        }
        for one in found
    ]
    return Table(
        "kpi-plans",
        "Who reports on which KPIs",
        PLAN_COLUMNS,
        rows,
        source="The portal",
        as_at=on,
        filters={"Agreement": agreement or "all"},
    )
