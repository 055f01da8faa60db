"""Where the pages of the room `opening` lie in the story."""

from tests.sweeps.records import EVALUATED, Find, rounds

PLACES: dict[str, Find] = {
    "opening.show": rounds("open", *EVALUATED),
    "opening.begin": rounds("open", *EVALUATED),
    "opening.confirm": rounds("open", *EVALUATED),
    "opening.take_back": rounds("open", *EVALUATED),
    "opening.record": rounds("open", *EVALUATED),
    "opening.late_cases": rounds("open", *EVALUATED),
    "opening.late_case": rounds("sealed", case="LTC-NONE0-NONE0"),
}
