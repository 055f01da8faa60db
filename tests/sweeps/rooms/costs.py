"""Where the pages of the room `costs` lie in the story."""

from portal.costs.budgets.models import CostBudget
from portal.costs.choices.models import PlacementChoice
from portal.costs.models import CostImport, FileKind, PublishedReport
from portal.costs.places.models import BlockPlaces
from portal.people.models import Council
from tests.sweeps.records import Find, Records, one, spot_rates

NO_BATCH, NO_MAPPING = "BAT-NONE0-NONE0", "MAP-NONE0-NONE0"


def ledger(**more: str) -> Find:
    """The ledger of Luton that counts."""

    def found(records: Records) -> dict[str, dict[str, str]]:
        luton = records.one(Council, Council.slug == "luton")
        mine = records.one(
            CostImport,
            (CostImport.kind == FileKind.LEDGER) & (CostImport.council_id == luton.id),
        )
        return {"Luton's ledger": {"batch": mine.batch, "ref": mine.ref, **more}}

    return found


def batch(records: Records) -> dict[str, dict[str, str]]:
    """The files that were sent with it."""
    return {name: {"batch": values["batch"]} for name, values in ledger()(records).items()}


def published(**more: str) -> Find:
    """The report that finance of Luton published."""

    def found(records: Records) -> dict[str, dict[str, str]]:
        return {
            "Luton's": {"ref": records.one(PublishedReport, PublishedReport.id > 0).ref, **more}
        }

    return found


def budgets(records: Records) -> dict[str, dict[str, str]]:
    """What Luton budgets."""
    return {"Luton's": {"ref": records.one(CostBudget, CostBudget.type == "overall").ref}}


def blocks(records: Records) -> dict[str, dict[str, str]]:
    """The block that Luton pays for."""
    return {"Luton's": {"ref": records.one(BlockPlaces, BlockPlaces.id > 0).ref}}


def choices(**more: str) -> Find:
    """The placement choice that a commissioner of Luton recorded."""

    def found(records: Records) -> dict[str, dict[str, str]]:
        return {
            "Luton's": {"ref": records.one(PlacementChoice, PlacementChoice.id > 0).ref, **more}
        }

    return found


def table(**more: str) -> Find:
    """A published table that is not there."""
    return one(ref="TAB-NONE0-NONE0", **more)


PLACES: dict[str, Find] = {
    "costs.rates_file": one(kind="csv"),
    "costs.chart_file": one(kind="svg"),
    "costs.spot_template": one(kind="csv"),
    "costs.spot_preview": spot_rates(),
    "costs.spot_rejected": spot_rates(kind="csv"),
    "costs.spot_take_back": lambda _records: {
        "Luton": {"slug": "luton", "file": "0" * 40},
        "Bedford": {"slug": "bedford-borough", "file": "0" * 40},
    },
    "costs.cost_columns": one(ref=NO_MAPPING),
    "costs.cost_batch": batch,
    "costs.cost_progress": batch,
    "costs.cost_discard": batch,
    "costs.cost_rejected": ledger(kind="csv"),
    "costs.cost_take_back": ledger(),
    "costs.cost_template": one(kind="csv"),
    "costs.report": one(key="unit-costs"),
    "costs.draw_report": one(key="forecast"),
    "costs.report_file": one(key="unit-costs", name="unit-costs", kind="csv"),
    "costs.report_chart": one(key="unit-costs", kind="svg"),
    "costs.block_back": blocks,
    "costs.budget_back": budgets,
    "costs.placement_types_file": one(name="codes", kind="csv"),
    "costs.choices_file": one(kind="csv"),
    "costs.show_choice": choices(),
    "costs.choice_file": choices(kind="csv"),
    "costs.choice_back": choices(),
    "costs.correct_choice": choices(),
    "costs.lot_report": one(key="value-for-money"),
    "costs.lot_report_file": one(key="value-for-money", name="value-for-money", kind="csv"),
    "costs.lot_report_chart": one(key="value-for-money", kind="svg"),
    "costs.spells_file": one(kind="csv"),
    "costs.what_if_file": one(kind="csv"),
    "costs.publish": one(key="unit-costs"),
    "costs.published_table": table(),
    "costs.table_columns": table(),
    "costs.table_rejected": table(kind="csv"),
    "costs.table_figures": table(kind="csv"),
    "costs.table_take_back": table(),
    "costs.published_report": published(),
    "costs.published_file": published(name="unit-costs", kind="csv"),
}
