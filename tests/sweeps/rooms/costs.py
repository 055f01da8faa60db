"""Where the pages of the room `costs` lie in the story."""

from tests.sweeps.records import Find, one, spot_rates

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
}
