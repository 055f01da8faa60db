"""Where the pages of the room `contracts` lie in the story."""

from typing import Any

from portal.contracts.models import Contract
from portal.contracts.models_frameworks import FrameworkAward
from portal.contracts.models_packages import PackageReview
from portal.contracts.models_terms import HandEntry
from portal.contracts.models_uplifts import UpliftRequest
from scoring.stages import UpliftStage
from tests.sweeps.records import Find, Records, one

ENTERED = "by hand"


def _contract(records: Records) -> Contract:
    """The older fostering contract of Luton, Bedford and Central Bedfordshire."""
    found: Contract = records.first(Contract, Contract.entry_ref != "")
    return found


def _held(**more: Any) -> Find:
    return lambda records: {ENTERED: {"ref": _contract(records).ref, **more}}


def _option(number: int) -> Find:
    """One of its extensions: the second is decided on, the third is not."""

    def found(records: Records) -> dict[str, dict[str, Any]]:
        contract = _contract(records)
        return {ENTERED: {"ref": contract.ref, "option": contract.options[number - 1].ref}}

    return found


def _uplift(**more: Any) -> Find:
    """The request that waits for a recommendation."""
    return lambda records: {
        "waiting": {
            "ref": records.first(UpliftRequest, UpliftRequest.stage == UpliftStage.ASKED).ref,
            **more,
        }
    }


def _decided(records: Records) -> dict[str, dict[str, Any]]:
    """The request that finance granted in part."""
    found = records.first(UpliftRequest, UpliftRequest.stage == UpliftStage.PARTLY_GRANTED)
    return {"decided": {"ref": found.ref}}


def _review(**more: Any) -> Find:
    """Luton's review of packages, which is still open."""
    return lambda records: {
        "Luton's": {"ref": records.first(PackageReview, PackageReview.id > 0).ref, **more}
    }


def _entry(records: Records) -> dict[str, dict[str, Any]]:
    return {"confirmed": {"ref": records.first(HandEntry, HandEntry.id > 0).ref}}


def _framework(**more: Any) -> Find:
    """The open framework whose award was recorded by hand."""

    def found(records: Records) -> dict[str, dict[str, Any]]:
        award = records.first(FrameworkAward, FrameworkAward.id > 0)
        named = dict.fromkeys(more, award.ref)
        return {"recorded": {"ref": award.agreement.ref, **named}}

    return found


PLACES: dict[str, Find] = {
    "contracts.index_file": one(form="csv"),
    "contracts.uplifts_file": one(form="csv"),
    "contracts.frameworks_file": one(form="csv"),
    "contracts.framework": _framework(),
    "contracts.new_award": _framework(),
    "contracts.withdraw_award": _framework(award=True),
    "contracts.show": lambda records: {
        "of nobody": {"ref": "CON-XXXXX-XXXXX"},
        **_held()(records),
    },
    "contracts.rates_file": _held(kind="csv"),
    "contracts.options": _held(),
    "contracts.decide": _option(3),
    "contracts.undo": _option(2),
    "contracts.suspend": _held(),
    "contracts.lift": lambda records: {
        "lifted": {
            "ref": _contract(records).ref,
            "suspension": _contract(records).suspensions[0].ref,
        }
    },
    "contracts.terminate": _held(),
    "contracts.deed": _held(),
    "contracts.take_back": _held(),
    "contracts.new_promise": _held(),
    "contracts.promise": lambda records: {
        ENTERED: {"ref": _contract(records).ref, "promise": _contract(records).promises[0].ref}
    },
    "contracts.ask_uplift": _held(),
    "contracts.uplift": _uplift(),
    "contracts.uplift_documents": _uplift(),
    "contracts.uplift_document": _uplift(version="VER-XXXXX-XXXXX"),
    "contracts.uplift_letter": _decided,
    "contracts.uplift_letter_file": _decided,
    "contracts.recommend_uplift": _uplift(),
    "contracts.decide_uplift": _uplift(),
    "contracts.uplift_step": _uplift(verb="send-back"),
    "contracts.new_review": _held(),
    "contracts.review": _review(),
    "contracts.review_file": _review(kind="csv"),
    "contracts.new_package": _review(),
    "contracts.package": _review(line="PKL-XXXXX-XXXXX"),
    "contracts.remove_package": _review(line="PKL-XXXXX-XXXXX"),
    "contracts.conclude_review": _review(),
    "contracts.reopen_review": _review(),
    "contracts.entry": _entry,
    "contracts.withdraw_entry": _entry,
}
