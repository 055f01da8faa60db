"""Where the pages of the room `visits` lie in the story."""

from typing import Any

from sqlalchemy import select

from portal.db import db
from portal.providers.models_settings import Setting
from portal.visits.models import Visit
from portal.visits.models_entries import VisitAside, VisitPhoto
from portal.visits.models_report import VisitFact, VisitRecommendation
from scoring.stages import VisitStage
from tests.sweeps.records import Find, Records, Values

STAGES = {
    "confirmed": VisitStage.CONFIRMED,
    "today": VisitStage.UNDER_WAY,
    "scores in": VisitStage.SCORES_IN,
    "agreed": VisitStage.AGREED,
    "sent": VisitStage.WITH_PROVIDER,
    "answered": VisitStage.PROVIDER_RESPONDED,
    "final": VisitStage.ACTIONS_OPEN,
    "closed": VisitStage.CLOSED,
    "given up": VisitStage.GIVEN_UP,
}


def _visit(stage: VisitStage) -> Visit:
    found = db.session.scalars(select(Visit).where(Visit.stage == stage).order_by(Visit.id))
    visit = found.first()
    assert visit is not None, stage
    return visit


def visits(*names: str, **more: Any) -> Find:
    """Visits by how far they have come."""
    return lambda _: {name: {"ref": _visit(STAGES[name]).ref, **more} for name in names}


def _planned(home: str) -> Values:
    wanted = select(Visit).join(Visit.setting).where(Setting.name == home)
    [visit] = db.session.scalars(wanted.where(Visit.stage == VisitStage.PLANNED))
    return {"ref": visit.ref}


def _asides(records: Records) -> dict[str, Values]:
    aside = records.one(VisitAside, VisitAside.late.is_(False))
    return {"today": {"ref": aside.visit.ref, "aside": aside.ref}}


def _sheets(records: Records) -> dict[str, Values]:
    visit = _visit(VisitStage.SCORES_IN)
    labels = {one.title: one.ref for one in visit.sheets}
    return {
        "officer": {"ref": visit.ref, "sheet": labels["Daniel Reyes"]},
        "pair": {"ref": visit.ref, "sheet": labels["Pair 1"]},
    }


def _comments(records: Records) -> dict[str, Values]:
    return {"scores in": {**_sheets(records)["pair"], "place": "score:1a"}}


def _facts(records: Records) -> dict[str, Values]:
    fact = records.one(VisitFact, VisitFact.text.contains("Sundays"))
    return {"answered": {"ref": fact.visit.ref, "fact": fact.ref}}


def _recommendations(records: Records) -> dict[str, Values]:
    made = records.one(VisitRecommendation, VisitRecommendation.text.contains("bus times"))
    return {"answered": {"ref": made.visit.ref, "made": made.ref}}


def _photos(records: Records) -> dict[str, Values]:
    photo = records.one(VisitPhoto, VisitPhoto.caption.contains("oven"))
    return {"today": {"ref": photo.visit.ref, "photo": photo.ref}}


def _waited_for(records: Records) -> dict[str, Values]:
    visit = _visit(VisitStage.UNDER_WAY)
    sheets = {one.title: one.ref for one in visit.sheets}
    return {
        "officer": {"ref": visit.ref, "sheet": sheets["Amina Hussain"]},
        "pair": {"ref": visit.ref, "sheet": sheets["Pair 1"]},
    }


PLACES: dict[str, Find] = {
    "visits.show": visits("confirmed", "today", "final", "given up"),
    "visits.change": lambda _: {"planned": _planned("Oakbridge Court")},
    "visits.team": visits("today", "final"),
    "visits.end": lambda _: {
        "planned": _planned("Oakbridge Court"),
        **visits("scores in", "agreed", "given up")(_),
    },
    "visits.excuse": _waited_for,
    "visits.begin": visits("confirmed", "today"),
    "visits.collect": visits("today"),
    "visits.give_back": _sheets,
    "visits.agree": visits("today", "scores in", "final"),
    "visits.agree_matter": visits("scores in", matter="1a"),
    "visits.judgement": visits("scores in", "agreed"),
    "visits.recommend": visits("scores in"),
    "visits.take_back": _recommendations,
    "visits.agreed": visits("scores in"),
    "visits.reopen": visits("agreed"),
    "visits.send": visits("agreed"),
    "visits.answer_fact": _facts,
    "visits.more_time": visits("sent", "answered"),
    "visits.finish": visits("sent", "answered"),
    "visits.close": visits("final"),
    "visits.report": visits("agreed", "sent", "final"),
    "visits.report_pdf": visits("final"),
    "visits.young_comments": visits("scores in"),
    "visits.young_comment": _comments,
    "visits.sign_off": visits("scores in"),
    "visits.together": visits("scores in"),
    "visits.together_on": visits("scores in", matter="1a"),
    "visits.provider_visit": visits("confirmed", "today", "sent", "closed"),
    "visits.provider_pdf": visits("confirmed", "closed"),
    "visits.confirm": lambda _: {"planned": _planned("Oakbridge Court")},
    "visits.comment": visits("sent", "answered"),
    "visits.take_back_comment": _facts,
    "visits.respond": visits("sent"),
    "visits.phone_visit": visits("confirmed", "today", "given up"),
    "visits.phone_entry": visits("today", part="score", key="1a"),
    "visits.phone_send": visits("today"),
    "visits.phone_state": visits("today"),
    "visits.phone_entries": visits("today"),
    "visits.phone_photos": visits("today"),
    "visits.phone_choices": visits("today"),
    "visits.phone_choose": _asides,
    "visits.photo": _photos,
    "visits.photo_remove": _photos,
    "visits.framework_matter": lambda _: {"1a": {"key": "1a"}},
    "visits.framework_drop": lambda _: {"1a": {"key": "1a"}},
    "visits.picture_file": lambda _: {"csv": {"kind": "csv"}},
}

BY_RULE: dict[str, Find] = {"/visits/phone/<ref>/at/<part>": visits("today", part="care")}
