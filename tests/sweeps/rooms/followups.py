"""Where the pages of the room `followups` lie in the story."""

from typing import Any

from sqlalchemy import select

from portal.db import db
from portal.followups.models import FollowUp, FollowUpStep
from portal.followups.models_forums import Forum
from portal.followups.models_plan import ActionPlan, PlanReview
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


def _forums(*names: str, **more: Any) -> Find:
    words = {"held": "Autumn", "to come": "Workshop"}
    return lambda records: {
        name: {"ref": records.one(Forum, Forum.title.contains(words[name])).ref, **more}
        for name in names
    }


def _plan(_records: Records) -> dict[str, Values]:
    return {"Luton's": {"ref": db.session.scalars(select(ActionPlan)).one().ref}}


def _reviews(**more: Any) -> Find:
    def find(_records: Records) -> dict[str, Values]:
        review = db.session.scalars(select(PlanReview)).one()
        line = review.lines[0].follow_up.ref if "action_ref" in more else None
        extra = more | ({"action_ref": line} if line else {})
        return {"finished": {"ref": review.plan.ref, "review_ref": review.ref, **extra}}

    return find


PLACES: dict[str, Find] = {
    "followups.index_file": lambda _: {"csv": {"kind": "csv"}},
    "followups.show": _both,
    "followups.note": _both,
    "followups.answer": _both,
    "followups.decide": _decisions,
    "followups.evidence": _evidence,
    "followups.forum": _forums("held", "to come"),
    "followups.edit_forum": _forums("to come"),
    "followups.invite_to_forum": _forums("to come"),
    "followups.reply_to_forum": _forums("to come"),
    "followups.record_forum": _forums("held", "to come"),
    "followups.forum_action": _forums("held"),
    "followups.cancel_forum": _forums("to come"),
    "followups.minutes_file": _forums("held"),
    "followups.minutes_pdf": _forums("held"),
    "followups.attendance_file": _forums("held", kind="csv"),
    "followups.plan": _plan,
    "followups.plan_file": lambda records: {
        name: {**found, "kind": "csv"} for name, found in _plan(records).items()
    },
    "followups.start_review": _plan,
    "followups.review": _reviews(),
    "followups.look_at": _reviews(action_ref=True),
    "followups.finish_review": _reviews(),
    "followups.review_file": _reviews(kind="csv"),
}
