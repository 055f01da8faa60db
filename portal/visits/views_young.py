"""Young people agree among themselves; their Participation Officer reads what they wrote and signs off."""

from typing import Any

from flask import Response, redirect, url_for

from forms.visits import RATHER_NOT, CommentCheckForm, YoungAgreeForm
from portal.access import Permission, Viewer, current_viewer, needs
from portal.db import db
from portal.visits import (
    actions_report,
    actions_sheets,
    actions_young,
    comments,
    finding,
    frameworks,
    policy,
)
from portal.visits.models import Visit
from portal.visits.models_entries import CheckOutcome
from portal.visits.telling import score_words, title_of
from portal.visits.views import bp
from portal.web import carried_out, clock, done, or_404, page
from scoring.scales import Scale
from scoring.sheets import Mark
from scoring.terms import Panel

NOT_SHOWN = "They wrote more. You cannot read it now."


@bp.get("/<ref>/comments")
@needs(Permission.VISIT_SIGN_OFF)
def young_comments(ref: str) -> Response:
    visit = finding.supported(ref)
    return page(
        "visits/comments.html",
        visit=visit,
        comments=[(one, title_of(visit, one.entry.place)) for one in comments.to_read(visit)],
        together=_together(visit),
        waits=next((one.message for one in comments.before_sign_off(visit)), ""),
        signed=comments.sign_off_of(visit),
    )


def _together(visit: Visit) -> list[tuple[str, str]]:
    """The matters for which young people wrote something together, and what."""
    said = comments.said_together(actions_report.agreed_scores(visit))
    matters = visit.framework_version.body["matters"]
    return [(one["title"], said[one["key"]]) for one in matters if one["key"] in said]


@bp.route("/<ref>/comments/<sheet>/<place>", methods=["GET", "POST"])
@needs(Permission.VISIT_SIGN_OFF)
def young_comment(ref: str, sheet: str, place: str) -> Any:
    viewer, visit = current_viewer(), finding.supported(ref)
    found = or_404(
        next(
            (
                one
                for one in comments.to_read(visit)
                if one.entry.sheet is not None
                and one.entry.sheet.ref == sheet
                and one.entry.place == place
            ),
            None,
        )
    )
    check = found.check
    form = CommentCheckForm(
        data={"outcome": check.outcome.value, "reason": check.reason} if check else {}
    )
    if carried_out(
        form,
        lambda: actions_young.check_comment(
            found.entry,
            visit,
            CheckOutcome(form.outcome.data),
            form.reason.data or "",
            actor=viewer,
            now=clock(),
        ),
    ):
        done("Your decision is kept.")
        return redirect(_next_to_read(visit))
    title = title_of(visit, place)
    return page("visits/comment.html", form=form, visit=visit, comment=found, title_of=title)


def _next_to_read(visit: Visit) -> str:
    """The next words that nobody has looked at come by themselves; after the last one all of them."""
    following = next((one for one in comments.to_read(visit) if one.check is None), None)
    if following is None or following.entry.sheet is None:
        return url_for(".young_comments", ref=visit.ref)
    sheet, place = following.entry.sheet.ref, following.entry.place
    return url_for(".young_comment", ref=visit.ref, sheet=sheet, place=place)


@bp.post("/<ref>/sign-off")
@needs(Permission.VISIT_SIGN_OFF)
def sign_off(ref: str) -> Any:
    visit = finding.supported(ref)
    actions_young.sign_off(visit, actor=current_viewer(), now=clock())
    db.session.commit()
    done("You have signed their view off.")
    return redirect(url_for(".young_comments", ref=ref))


@bp.get("/phone/<ref>/together")
@needs(Permission.VISIT_TAKE_PART)
def together(ref: str) -> Response:
    visit = finding.own(ref)
    policy.may_agree_young(current_viewer(), visit).or_refuse("visit-agreed:refused")
    agreed = {one.matter: one for one in _young_agreed(visit)}
    scale = frameworks.scale_of(visit, Panel.YOUNG)
    matters = [
        (one, score_words(agreed[one["key"]].value, agreed[one["key"]].abstained, scale))
        if one["key"] in agreed
        else (one, "")
        for one in visit.framework_version.body["matters"]
    ]
    return page("visits/phone/together.html", visit=visit, matters=matters)


@bp.route("/phone/<ref>/together/<matter>", methods=["GET", "POST"])
@needs(Permission.VISIT_TAKE_PART)
def together_on(ref: str, matter: str) -> Any:
    viewer, visit = current_viewer(), finding.own(ref)
    policy.may_agree_young(viewer, visit).or_refuse("visit-agreed:refused")
    content = or_404(
        next((one for one in visit.framework_version.body["matters"] if one["key"] == matter), None)
    )
    kept = {one.matter: one for one in _young_agreed(visit)}.get(matter)
    scale = frameworks.scale_of(visit, Panel.YOUNG)
    form = YoungAgreeForm(data=_typed(kept)).fit(scale)
    if carried_out(
        form,
        lambda: actions_young.agree(
            visit,
            matter,
            Mark(form.score, form.reason.data or "", form.abstained),
            seen_revision=form.seen_revision,
            actor=viewer,
            now=clock(),
        ),
    ):
        return redirect(url_for(".together", ref=ref))
    given = _given(visit, matter, scale, viewer)
    return page(
        "visits/phone/together_on.html", visit=visit, matter=content, form=form, given=given
    )


def _given(visit: Visit, matter: str, scale: Scale, viewer: Viewer) -> list[tuple[str, str, str]]:
    """Who said what of a matter: whose sheet, the score, and the words.

    The words of the others come when the Participation Officer has looked at them and let them go.
    """
    spoken = comments.by_sheet_and_matter(visit)
    found = []
    for sheet in comments.young_sheets(visit):
        mark = actions_sheets.marks_on(sheet, visit).get(matter)
        if mark is None:
            continue
        words, comment = mark.reason, spoken.get((sheet.id, matter))
        own = any(one.person_id == viewer.person_id for one in sheet.people)
        if not own and comment is not None and not comment.is_cleared:
            words = NOT_SHOWN
        found.append((sheet.title, score_words(mark.value, mark.abstained, scale), words))
    return found


def _young_agreed(visit: Visit) -> list[Any]:
    return [one for one in actions_report.agreed_scores(visit) if one.panel is Panel.YOUNG]


def _typed(kept: Any) -> dict[str, Any]:
    if kept is None:
        return {"revision": ""}
    value = RATHER_NOT if kept.abstained else str(kept.value)
    return {"value": value, "reason": kept.reason, "revision": str(kept.revision)}
