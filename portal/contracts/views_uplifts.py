"""Uplifts: asking, recommending, deciding."""

from fractions import Fraction
from functools import partial
from typing import Any

from flask import Response, redirect, request, url_for

from forms import choice
from forms.contracts import ReasonForm
from forms.uplifts import (
    INDEX,
    REFUSE,
    WHOLE,
    AskUpliftForm,
    UpliftDecisionForm,
    UpliftFileForm,
    UpliftsForm,
)
from portal import paging, tables
from portal.access import Permission, current_viewer, needs
from portal.contracts import (
    actions_uplifts,
    policy_uplifts,
    presentation,
    presentation_uplifts,
    queries_held,
    queries_uplifts,
)
from portal.contracts.models_uplifts import UpliftMethod, UpliftRequest
from portal.contracts.policy import Agreed
from portal.contracts.views import agreed, bp
from portal.days import today
from portal.documents import actions as documents, receiving, scans, serving
from portal.documents.actions import StagedFile
from portal.web import carried_out, clock, done, or_404, page, pounds
from scoring.text import natural
from scoring.uplifts import of_index, of_percent, rate_on

EVIDENCE = "uplift-evidence"


def _request(ref: str) -> UpliftRequest:
    found: UpliftRequest = or_404(queries_uplifts.request(ref, current_viewer()))
    return found


def _by() -> dict[str, Any]:
    return {"actor": current_viewer(), "now": clock()}


@bp.get("/uplifts")
@needs(Permission.CONTRACT_READ)
def uplifts() -> Response:
    state = request.args.get("state", "")
    found = queries_uplifts.page_of(current_viewer(), state=state, cursor=request.args.get("from"))
    return page("contracts/uplifts.html", form=UpliftsForm(), found=found, state=state)


@bp.get("/uplifts.<form>")
@needs(Permission.CONTRACT_READ)
def uplifts_file(form: str) -> Response:
    state, viewer = request.args.get("state", ""), current_viewer()
    found = paging.whole(lambda at: queries_uplifts.page_of(viewer, state=state, cursor=at))
    table = presentation_uplifts.list_table(found, today(clock()), state)
    return tables.download(table, form)


@bp.get("/uplifts/<ref>")
@needs(Permission.CONTRACT_READ)
def uplift(ref: str) -> Response:
    return page("contracts/uplift.html", **_facts(_request(ref)))


def _facts(found: UpliftRequest) -> dict[str, Any]:
    viewer = current_viewer()
    titles = queries_held.item_titles(found.held)
    return {
        "one": found,
        "held": found.held,
        "lines": presentation_uplifts.lines(found, titles, today(clock())),
        "steps": presentation_uplifts.steps(found, for_provider=not viewer.council_ids),
        "files": queries_uplifts.documents(found),
        "rule": presentation.uplift_words(found.held),
        "may": {
            "recommend": policy_uplifts.may_recommend(viewer, found),
            "decide": policy_uplifts.may_decide(viewer, found),
            "withdraw": policy_uplifts.may_withdraw(viewer, found),
            "add": policy_uplifts.may_add_document(viewer, found),
        },
    }


@bp.route("/contracts/<ref>/uplifts/new", methods=["GET", "POST"])
@needs(Permission.UPLIFT_ASK)
def ask_uplift(ref: str) -> Any:
    form = AskUpliftForm()
    staged = receiving.take_in(form)  # before the first statement, which takes the write lock
    found = agreed(ref)
    policy_uplifts.may_ask(current_viewer(), found, today(clock())).or_refuse("uplift:not-allowed")
    form.items.choices = _items(found)
    made: list[UpliftRequest] = []
    if form.refused is None and carried_out(form, lambda: made.append(_ask(form, found, staged))):
        done("Your request is sent. The commissioners have been told by mail.")
        return redirect(url_for(".uplift", ref=made[0].ref))
    _say_refused(form)
    return page(
        "contracts/ask_uplift.html",
        form=form,
        held=found,
        rule=presentation.uplift_words(found),
        scanner=scans.words(),
    )


def _items(found: Agreed) -> list[Any]:
    titles, on = queries_held.item_titles(found), today(clock())
    rates = actions_uplifts.rates_held(found)
    holding = {one.item: rate_on(rates, one.item, on) for one in rates}
    return [
        choice(item, f"{presentation.item_words(item, titles)}: {pounds(one.pence)}")
        for item, one in sorted(holding.items(), key=lambda one: natural(one[0]))
        if one is not None
    ]


def _ask(form: AskUpliftForm, found: Agreed, staged: StagedFile | None) -> UpliftRequest:
    share, working = _asked(form, found)
    made = actions_uplifts.ask(
        found,
        method=UpliftMethod(form.method.data),
        share=share,
        working=working,
        items=form.items.data,
        from_on=form.from_on.data,
        reason=form.reason.data,
        **_by(),
    )
    if staged is not None:
        _keep(made, staged.name, staged)
    return made


def _asked(form: AskUpliftForm, found: Agreed) -> tuple[Fraction, str]:
    if form.method.data != INDEX:
        return of_percent(form.percent.data), ""
    before, after = form.index_before.data, form.index_after.data
    name = found.uplift_index or "Index"
    return of_index(before, after), f"{name} from {before.normalize():f} to {after.normalize():f}"


def _say_refused(form: Any) -> None:
    if form.refused is not None:
        form.validate()
        form.refuse_file(form.refused)


def _keep(one: UpliftRequest, title: str, staged: StagedFile) -> None:
    """The file, kept for this request alone: it is no paper of the library."""
    documents.add_version(
        one.held.provider, EVIDENCE, title, staged, None, bound_to=one.ref, **_by()
    )


@bp.route("/uplifts/<ref>/documents", methods=["GET", "POST"])
@needs(Permission.UPLIFT_ASK)
def uplift_documents(ref: str) -> Any:
    form = UpliftFileForm()
    staged = receiving.take_in(form)
    found = _request(ref)
    policy_uplifts.may_add_document(current_viewer(), found).or_refuse("uplift:not-allowed")
    if form.refused is None and carried_out(form, partial(_add, form, found, staged)):
        done("The document is added.")
        return redirect(url_for(".uplift", ref=ref))
    _say_refused(form)
    scanner = scans.words()
    return page(
        "contracts/uplift_file.html", form=form, one=found, held=found.held, scanner=scanner
    )


def _add(form: UpliftFileForm, found: UpliftRequest, staged: StagedFile | None) -> None:
    if staged is not None:
        _keep(found, form.title.data, staged)


@bp.get("/uplifts/<ref>/documents/<version>")
@needs(Permission.CONTRACT_READ)
def uplift_document(ref: str, version: str) -> Response:
    """A file of the evidence, for whoever reads the request."""
    found = queries_uplifts.documents(_request(ref))
    return serving.send(or_404(next((one for one in found if one.ref == version), None)))


@bp.route("/uplifts/<ref>/recommend", methods=["GET", "POST"])
@needs(Permission.CONTRACT_EDIT)
def recommend_uplift(ref: str) -> Any:
    found = _request(ref)
    policy_uplifts.may_recommend(current_viewer(), found).or_refuse("uplift:not-allowed")
    form = UpliftDecisionForm(from_on=max(today(clock()), found.asked.from_on or today(clock())))
    if carried_out(form, lambda: actions_uplifts.recommend(found, **_said(form, found), **_by())):
        done("Your recommendation is with finance.")
        return redirect(url_for(".uplift", ref=ref))
    return page("contracts/uplift_recommend.html", form=form, **_facts(found))


@bp.route("/uplifts/<ref>/decide", methods=["GET", "POST"])
@needs(Permission.UPLIFT_DECIDE)
def decide_uplift(ref: str) -> Any:
    found = _request(ref)
    policy_uplifts.may_decide(current_viewer(), found).or_refuse("uplift:not-allowed")
    recommended = found.newest("recommend")
    day = recommended.from_on if recommended else None
    form = UpliftDecisionForm(from_on=max(today(clock()), day or today(clock())))
    if carried_out(form, lambda: actions_uplifts.decide(found, **_said(form, found), **_by())):
        done("The decision is recorded. The provider has been told by mail.")
        return redirect(url_for(".uplift", ref=ref))
    return page("contracts/uplift_decide.html", form=form, **_facts(found))


def _said(form: UpliftDecisionForm, found: UpliftRequest) -> dict[str, Any]:
    share: Fraction | None = None
    if form.outcome.data == WHOLE:
        share = found.asked.share
    elif form.outcome.data != REFUSE:
        share = of_percent(form.percent.data)
    day = None if share is None else form.from_on.data
    return {"share": share, "from_on": day, "reason": form.reason.data}


@bp.route("/uplifts/<ref>/<verb>", methods=["GET", "POST"])
@needs(Permission.CONTRACT_READ)
def uplift_step(ref: str, verb: str) -> Any:
    """Send it back to the commissioner, or take one's own request back: with a reason."""
    acts = {"send-back": actions_uplifts.send_back, "take-back": actions_uplifts.withdraw}
    found, act = _request(ref), or_404(acts.get(verb))
    check = policy_uplifts.may_decide if verb == "send-back" else policy_uplifts.may_withdraw
    check(current_viewer(), found).or_refuse("uplift:not-allowed")
    form = ReasonForm()
    if carried_out(form, lambda: act(found, reason=form.reason.data, **_by())):
        done("Done. It stays on record.")
        return redirect(url_for(".uplift", ref=ref))
    return page("contracts/uplift_step.html", form=form, one=found, held=found.held, verb=verb)
