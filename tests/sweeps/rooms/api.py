"""Where the records of the interface for programs lie in the story: those that the pages show."""

from portal.providers.models_settings import Setting
from tests.sweeps.records import Find, libraries, one, rounds
from tests.sweeps.rooms import contracts, costs, followups, kpis, visits
from tests.sweeps.rooms.providers import HOME

EVERY_STATE = ("draft", "open", "scoring", "concluded")

PLACES: dict[str, Find] = {
    "api.one_round": rounds(*EVERY_STATE),
    "api.results": rounds("open", "scoring", "concluded", "priced"),
    "api.release": rounds("open", "concluded", kind="award"),
    "api.provider": libraries(),
    "api.documents": libraries(),
    "api.contract": contracts.PLACES["contracts.show"],
    "api.cost_report": one(key="unit-costs"),
    "api.cost_table": one(key="unit-costs", name="unit-costs"),
    "api.cost_batch": costs.PLACES["costs.cost_batch"],
    "api.take_costs": one(batch=costs.NO_BATCH),
    "api.discard_costs": one(batch=costs.NO_BATCH),
    "api.follow_up": followups.PLACES["followups.show"],
    "api.close": followups.PLACES["followups.show"],
    "api.answer": followups.PLACES["followups.show"],
    "api.kpi_return": kpis.returns(),
    "api.save_figures": kpis.returns("own draft"),
    "api.submit": kpis.returns("own draft"),
    "api.say_what_is_free": lambda records: {
        "own": {"ref": records.one(Setting, Setting.name == HOME).ref}
    },
    "api.visit": visits.visits("agreed", "sent", "final"),
}
