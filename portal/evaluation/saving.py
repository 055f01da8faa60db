"""Keeping a score: as it is typed, and when the button is pressed. For officers and pairs alike."""

from typing import Any

from forms.evaluation import RATHER_NOT, ScoreForm, YoungScoreForm
from portal.access import current_viewer
from portal.db import db
from portal.edits import EditConflict, Saved
from portal.evaluation import actions, queries, wording
from portal.evaluation.asked import Asked
from portal.evaluation.models import Score, Sheet
from portal.web import clock, time_text
from scoring.rules import RuleBroken
from scoring.sheets import Mark, check_typed
from scoring.terms import Panel


def asked_at(sheet: Sheet, question: str, lot: str) -> Asked | None:
    """The question of an address, if the sheet asks it."""
    return next((one for one in queries.asked_on(sheet) if one.key == (question, lot)), None)


def fitted(kind: type[ScoreForm], sheet: Sheet, asked: Asked, kept: Score | None) -> Any:
    """The form of one question, with what was kept."""
    form = kind(data=_typed(kind, kept))
    return form.fit(asked.scale, queries.reason_words(sheet.scorer.panel))


def _typed(kind: type[ScoreForm], kept: Score | None) -> dict[str, Any]:
    if kept is None:
        return {}
    value: Any = kept.value
    if kind is YoungScoreForm:
        value = RATHER_NOT if kept.abstained else None if value is None else str(value)
    return {"value": value, "reason": kept.reason, "revision": kept.revision}


def saved(form: ScoreForm, sheet: Sheet, asked: Asked, *, whole: bool) -> tuple[bool, Saved | None]:
    """Save what the button sent; what the other half of a pair saved meanwhile, if it differs.

    Args:
        whole: refuse a score that could not be submitted like this.
    """
    if not form.validate_on_submit():
        return False, None
    try:
        mark = _typed_mark(form)
        if whole:
            _check(mark, sheet, asked)
        _save(mark, sheet, asked, form.seen_revision)
    except EditConflict as conflict:
        db.session.rollback()
        form.add_rule_error(conflict)
        form.revision.data = conflict.theirs.revision  # pressing again keeps one's own
        return False, conflict.theirs
    except RuleBroken as broken:
        db.session.rollback()
        form.add_rule_error(_in_words(broken, sheet))
        return False, None
    db.session.commit()
    return True, None


def _in_words(broken: RuleBroken, sheet: Sheet) -> RuleBroken:
    if sheet.scorer.panel is not Panel.YOUNG:
        return broken
    return wording.for_young(broken, queries.reason_words(Panel.YOUNG))


def _typed_mark(form: ScoreForm) -> Mark:
    return Mark(form.score, form.reason.data, form.abstained)


def _check(mark: Mark, sheet: Sheet, asked: Asked) -> None:
    check_typed(mark, asked.scale, minimum_words=queries.reason_words(sheet.scorer.panel))


def _save(mark: Mark, sheet: Sheet, asked: Asked, seen_revision: int | None) -> Score:
    return actions.save_score(
        sheet,
        asked.question,
        asked.lot_code,
        value=mark.value,
        abstained=mark.abstained,
        reason=mark.reason,
        seen_revision=seen_revision,
        actor=current_viewer(),
        now=clock(),
    )


def autosaved(form: ScoreForm, sheet: Sheet, asked: Asked, kept: Score | None) -> Any:
    """Keep the fields that the page's script sent; the others stay as they are."""
    if not form.validate_on_submit():
        return _invalid(form)
    try:
        score = _save(_sent_mark(form, kept), sheet, asked, form.seen_revision)
    except EditConflict as conflict:
        db.session.rollback()
        return _conflict(conflict, asked)
    except RuleBroken as broken:
        db.session.rollback()
        return {"status": "refused", "message": broken.message}, 409
    db.session.commit()
    return {
        "status": "saved",
        "at": time_text(score.saved_at),
        "hidden": {"_revision": str(score.revision)},
    }


def _sent_mark(form: ScoreForm, kept: Score | None) -> Mark:
    sent = {field.short_name for field in form.changed_fields()}
    typed = _typed_mark(form)
    value, abstained = typed.value, typed.abstained
    if "value" not in sent:
        value, abstained = (kept.value, kept.abstained) if kept else (None, False)
    reason = typed.reason if "reason" in sent else kept.reason if kept else ""
    return Mark(value, reason, abstained)


def _invalid(form: ScoreForm) -> Any:
    errors = {field.name: " ".join(map(str, field.errors)) for field in form if field.errors}
    return {"status": "invalid", "errors": errors}, 422


def _conflict(conflict: EditConflict, asked: Asked) -> Any:
    value, abstained, reason = conflict.theirs.value
    said = "no score" if abstained or value is None else f"{value} – {asked.scale.label(value)}"
    return {
        "status": "conflict",
        "message": f"{conflict.message} It has this score: {said}.",
        "theirs": reason,
        "hidden": {"_revision": str(conflict.theirs.revision)},
    }, 409
