"""Where the pages of the room `followups` lie in the story."""

from portal.followups.models import FollowUp, FollowUpStep
from tests.sweeps.records import Find, Records, Values


def _of(provider: str) -> Find:
    words = {"own": "fire risk", "another's": "boiler", "closed": "rota"}[provider]
    return lambda records: {provider: {"ref": _ref(records, words)}}


def _ref(records: Records, words: str) -> str:
    found: str = records.one(FollowUp, FollowUp.text.contains(words)).ref
    return found


def _both(records: Records) -> dict[str, Values]:
    return _of("own")(records) | _of("another's")(records)


def _decisions(records: Records) -> dict[str, Values]:
    return {
        "close": {"ref": _ref(records, "fire risk"), "verb": "close"},
        "send back": {"ref": _ref(records, "boiler"), "verb": "send-back"},
        "reopen": {"ref": _ref(records, "rota"), "verb": "reopen"},
    }


def _evidence(records: Records) -> dict[str, Values]:
    step = records.one(FollowUpStep, FollowUpStep.document_version_id.is_not(None))
    return {"another's": {"ref": step.follow_up.ref, "step_ref": step.ref}}


PLACES: dict[str, Find] = {
    "followups.index_file": lambda _: {"csv": {"kind": "csv"}},
    "followups.show": _both,
    "followups.note": _both,
    "followups.answer": _both,
    "followups.decide": _decisions,
    "followups.evidence": _evidence,
}
