"""A draft is made and edited, one small page for each part of it."""

from datetime import datetime, time, timedelta
from typing import Any

from flask import Response, flash, redirect, url_for

from forms import choice
from forms.rounds import (
    NEW_AGREEMENT,
    CouncilsForm,
    DetailsForm,
    LotsForm,
    NewRoundForm,
    TimetableForm,
)
from forms.uplifts import UpliftRuleForm
from portal.access import Permission, Viewer, current_viewer, needs
from portal.content import queries as shelf
from portal.content.schemas import Kind
from portal.days import LONDON
from portal.db import db
from portal.rounds import actions, checks, policy, presentation, queries
from portal.rounds.actions_editing import dates_findings
from portal.rounds.models import Regime, Round
from portal.rounds.views import bp
from portal.web import carried_out, clock, date_text, done, page
from scoring.contract_terms import ExtensionTerms, read_extensions, written_extensions
from scoring.rules import RuleBroken

OTHER_AGREEMENT = (
    "An earlier round can only be repeated for the list that it belongs to. Choose that list."
)


@bp.route("/council/rounds/new", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def create() -> Response:
    viewer = current_viewer()
    form = _new_round_form(viewer)
    made: list[Round] = []
    if carried_out(form, lambda: made.append(_create(form, viewer))):
        done("The draft is made. Only the commissioners of its councils can see it.")
        return redirect(url_for("rounds.board", ref=made[0].ref))
    return page("rounds/new.html", form=form)


@bp.route("/council/rounds/<ref>/details", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def details(ref: str) -> Response:
    bid_round = to_edit(ref)
    form = DetailsForm(obj=bid_round, data=_extensions(bid_round))
    form.regime.choices = [choice(one.value, one.title) for one in Regime]
    if bid_round.is_version:
        form.without_what_stays()
    kept = form.data | ({} if "title" in form else _kept(bid_round))
    if carried_out(
        form,
        lambda: actions.change_details(
            bid_round,
            kept["title"],
            form.summary.data,
            form.contact_email.data,
            blind=kept["blind"],
            list_years=kept["list_years"],
            regime=Regime(kept["regime"]),
            extension_terms=kept.get("extension_terms") or _terms(form),
            actor=current_viewer(),
            now=clock(),
        ),
    ):
        return _saved(ref)
    return page("rounds/details.html", form=form, round=bid_round)


@bp.route("/council/rounds/<ref>/timetable", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def timetable(ref: str) -> Response:
    bid_round, now = to_edit(ref), clock()
    form = TimetableForm(data=_dates(bid_round, now))
    if bid_round.is_version:
        del form.opens_at
    opens_at = form.opens_at.data if "opens_at" in form else bid_round.opens_at
    dates = (opens_at, form.questions_until_at.data, form.deadline_at.data)
    found = dates_findings(bid_round, *dates, now)
    if carried_out(
        form,
        lambda: actions.change_timetable(bid_round, *dates, actor=current_viewer(), now=now),
        lambda: found,
    ):
        for finding in found:
            flash(finding.message, "message")
        return _saved(ref)
    return page("rounds/timetable.html", form=form, round=bid_round)


@bp.route("/council/rounds/<ref>/lots", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def lots(ref: str) -> Response:
    bid_round = to_edit(ref)
    form = LotsForm(data={"lots": [lot.code for lot in bid_round.lots]})
    form.lots.choices = [
        choice(lot.code, f"{lot.code}: {lot.title}", hint=lot.description)
        for lot in bid_round.agreement.lots
    ]
    if carried_out(
        form,
        lambda: actions.change_lots(bid_round, form.lots.data, actor=current_viewer(), now=clock()),
    ):
        return _saved(ref)
    return page("rounds/lots.html", form=form, round=bid_round)


@bp.route("/council/rounds/<ref>/councils", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def councils(ref: str) -> Response:
    bid_round = to_edit(ref)
    policy.may_change_councils(current_viewer(), bid_round).or_refuse("round:edit-refused")
    taking_part = [part.council.slug for part in bid_round.councils]
    form = CouncilsForm(data={"councils": taking_part, "lead": bid_round.lead_council.slug})
    choices = queries.council_choices(current_viewer())
    form.councils.choices = [choice(one.council.slug, one.council.name) for one in choices]
    form.lead.choices = [
        choice(one.council.slug, one.council.name) for one in choices if one.may_lead
    ]
    if carried_out(
        form,
        lambda: actions.change_councils(
            bid_round, form.councils.data, form.lead.data, actor=current_viewer(), now=clock()
        ),
    ):
        return _saved(ref)
    return page("rounds/councils.html", form=form, round=bid_round)


@bp.route("/council/rounds/<ref>/uplifts", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def uplifts(ref: str) -> Response:
    bid_round = to_edit(ref)
    policy.may_change_uplifts(current_viewer(), bid_round).or_refuse("round:edit-refused")
    form = UpliftRuleForm.of(bid_round.uplift_rule)
    if carried_out(
        form,
        lambda: actions.change_uplift_rule(
            bid_round, form.rule(), actor=current_viewer(), now=clock()
        ),
    ):
        return _saved(ref)
    return page("rounds/uplifts.html", form=form, round=bid_round)


@bp.get("/council/rounds/<ref>/content")
@needs(Permission.ROUND_READ)
def content(ref: str) -> Response:
    viewer = current_viewer()
    bid_round = queries.own_round(ref, viewer)
    may_edit = bool(policy.may_edit(viewer, bid_round))
    return page(
        "rounds/content.html",
        round=bid_round,
        versions=checks.frozen_content(bid_round),
        names=checks.FROZEN,
        newer=queries.newer_content(bid_round) if may_edit else {},
        criteria=presentation.scheme_rows(bid_round),
        admission=presentation.admission(bid_round),
        price=presentation.price(bid_round),
        documents=presentation.documents,
    )


@bp.post("/council/rounds/<ref>/content")
@needs(Permission.ROUND_EDIT)
def newest_content(ref: str) -> Response:
    bid_round = to_edit(ref)
    changed = actions.use_newest_content(bid_round, actor=current_viewer(), now=clock())
    db.session.commit()
    done("The round uses the newest versions." if changed else "There was nothing newer.")
    return redirect(url_for("rounds.content", ref=ref))


def to_edit(ref: str) -> Round:
    viewer = current_viewer()
    bid_round = queries.own_round(ref, viewer)
    policy.may_edit(viewer, bid_round).or_refuse("round:edit-refused")
    return bid_round


def _kept(bid_round: Round) -> dict[str, Any]:
    """What a version of a published round says of itself as the round does."""
    names = ("title", "blind", "list_years", "regime", "extension_terms")
    return {name: getattr(bid_round, name) for name in names}


def _extensions(bid_round: Round) -> dict[str, Any]:
    terms = bid_round.extension_terms
    return {
        "extensions": written_extensions(terms.months),
        "notice_months": terms.notice_months,
    }


def _terms(form: DetailsForm) -> ExtensionTerms:
    return ExtensionTerms(read_extensions(form.extensions.data or ""), form.notice_months.data)


def _saved(ref: str) -> Response:
    done("Saved.")
    return redirect(url_for("rounds.board", ref=ref))


def _new_round_form(viewer: Viewer) -> NewRoundForm:
    form = NewRoundForm()
    form.template.choices = [
        choice(version.key, version.title, hint=version.body["summary"])
        for version in shelf.templates()
    ] + [
        choice(one.ref, f"As in “{one.title}”", hint=f"An earlier round of “{one.agreement.title}”")
        for one in queries.rounds_to_copy(viewer)
    ]
    form.agreement.choices = [choice(NEW_AGREEMENT, "A new list")] + [
        choice(
            one.ref, f"Another round of “{one.title}”", hint=f"Begun on {date_text(one.created_at)}"
        )
        for one in queries.agreements(viewer)
    ]
    form.lead.choices = [
        choice(one.council.slug, one.council.name)
        for one in queries.council_choices(viewer)
        if one.may_lead
    ]
    for field in (form.template, form.agreement, form.lead):
        if field.data is None and len(field.choices) == 1 and not form.is_submitted():
            field.data = field.choices[0].value
    return form


def _create(form: NewRoundForm, viewer: Viewer) -> Round:
    chosen = form.agreement.data
    if form.template.data.startswith("RND-"):
        source = queries.own_round(form.template.data, viewer)
        if chosen != source.agreement.ref:
            raise RuleBroken("round:other-agreement", OTHER_AGREEMENT, "agreement")
        return actions.create_from_round(
            source, title=form.title.data, lead_slug=form.lead.data, actor=viewer, now=clock()
        )
    if chosen == NEW_AGREEMENT:
        _refuse_second_of_a_name(form, viewer)
    return actions.create_from_template(
        form.template.data,
        agreement=None if chosen == NEW_AGREEMENT else queries.agreement(chosen, viewer),
        list_title=form.list_title.data,
        title=form.title.data,
        lead_slug=form.lead.data,
        actor=viewer,
        now=clock(),
    )


def _refuse_second_of_a_name(form: NewRoundForm, viewer: Viewer) -> None:
    """Two lists of one name cannot be told apart where their rates are compared."""
    given = shelf.content(Kind.ROUND_TEMPLATE, form.template.data).body["agreement"]["title"]
    title = form.list_title.data or given
    if title.casefold() in {one.title.casefold() for one in queries.agreements(viewer)}:
        message = f"You have a list “{title}” already. Give the new one a name of its own."
        raise RuleBroken("round:list-name-taken", message, "list_title")


def _dates(bid_round: Round, now: datetime) -> dict[str, datetime | None]:
    """The dates of a draft; while it has none, what is usual, to be changed."""
    if bid_round.deadline_at is not None:
        return {
            "opens_at": bid_round.opens_at,
            "questions_until_at": bid_round.questions_until_at,
            "deadline_at": bid_round.deadline_at,
        }
    today = now.astimezone(LONDON).date()
    noon = {"questions_until_at": 22, "deadline_at": 36}
    return {
        "opens_at": None,
        **{
            name: datetime.combine(today + timedelta(days=days), time(12), LONDON)
            for name, days in noon.items()
        },
    }
