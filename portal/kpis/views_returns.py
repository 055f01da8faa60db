"""Returns: the list, one of them, filling it in, its evidence, submitting and taking back."""

from typing import Any

from flask import Response, redirect, request, url_for

from forms import choice
from forms.kpis import ConfirmForm, EvidenceForm, ReturnsForm, SubmitReturnForm
from portal import paging, tables
from portal.access import Permission, Viewer, current_viewer, needs
from portal.days import today
from portal.documents import receiving, serving
from portal.followups import queries as follow_ups
from portal.kpis import actions_returns as actions, following, policy, queries, returns_table
from portal.kpis.models_returns import KpiReturn
from portal.kpis.presentation import lines_of
from portal.kpis.sets import kpi_set
from portal.kpis.views import bp
from portal.people.queries import names_of
from portal.web import carried_out, clock, done, or_404, page


@bp.get("/returns")
@needs(Permission.KPI_READ)
def returns() -> Response:
    viewer, on = current_viewer(), today(clock())
    form = _returns_form(viewer)
    found = queries.returns_page(
        viewer, _narrowed(form), on, sort=request.args.get("sort"), cursor=request.args.get("from")
    )
    return page(
        "kpis/returns.html", form=form, found=found, counts=queries.counts(viewer, on), on=on
    )


@bp.get("/returns.<kind>")
@needs(Permission.KPI_READ)
def returns_file(kind: str) -> Response:
    viewer, on = current_viewer(), today(clock())
    narrowed = _narrowed(_returns_form(viewer))
    agreement = queries.title_of(narrowed.agreement, viewer)
    found = paging.whole(lambda at: queries.returns_page(viewer, narrowed, on, cursor=at))
    return tables.download(returns_table.table(found, narrowed, agreement, on), kind)


def _returns_form(viewer: Viewer) -> ReturnsForm:
    form = ReturnsForm()
    form.state.choices = [choice(key, words) for key, words in queries.STATES.items()]
    form.agreement.choices = [choice(one.ref, one.title) for one in queries.agreements(viewer)]
    return form


def _narrowed(form: ReturnsForm) -> queries.Narrowed:
    return queries.Narrowed(form.state.data or "", form.agreement.data or "", form.words.data or "")


@bp.get("/returns/<ref>")
@needs(Permission.KPI_READ)
def show_return(ref: str) -> Response:
    viewer, on = current_viewer(), today(clock())
    one = own_or_404(ref)
    readable = queries.may_read_figures(viewer, one)
    councils = queries.councils_of(one.plan)
    ids = frozenset(council.id for council in councils)
    return page(
        "kpis/return.html",
        one=one,
        lines=lines_of(one, queries.earlier_figures(one)) if readable else [],
        readable=readable,
        councils=councils,
        people=names_of(_people_in(one)),
        late=policy.is_late(one, on),
        raised=follow_ups.of_source(following.SOURCE, ref, viewer),
        may_enter=policy.may_enter(viewer, one, on),
        may_submit=policy.may_submit(viewer, one, on),
        may_withdraw=policy.may_withdraw(viewer, one),
        may={verb: policy.may_decide(viewer, one, verb, ids) for verb in DECISIONS},
    )


DECISIONS = ("accept", "query", "correct")


@bp.route("/returns/<ref>/submit", methods=["GET", "POST"])
@needs(Permission.KPI_SUBMIT)
def submit_return(ref: str) -> Any:
    viewer, now, one = current_viewer(), clock(), own_or_404(ref)
    policy.may_submit(viewer, one, today(now)).or_refuse("kpi:submit-refused")
    form = SubmitReturnForm().fit(one.open_query)
    found = actions.findings(one)
    answer = form.answer.data if "answer" in form else ""
    if not found and carried_out(form, lambda: actions.submit(one, answer, actor=viewer, now=now)):
        done("Your return is submitted. You can take it back until the council checks it.")
        return redirect(url_for(".show_return", ref=ref))
    lines = lines_of(one, queries.earlier_figures(one))
    return page("kpis/submit.html", form=form, one=one, lines=lines, findings=found)


@bp.route("/returns/<ref>/withdraw", methods=["GET", "POST"])
@needs(Permission.KPI_SUBMIT)
def withdraw_return(ref: str) -> Any:
    viewer, now, one = current_viewer(), clock(), own_or_404(ref)
    policy.may_withdraw(viewer, one).or_refuse("kpi:withdraw-refused")
    form = ConfirmForm()
    if carried_out(form, lambda: actions.withdraw(one, actor=viewer, now=now)):
        done("Your return is a draft again.")
        return redirect(url_for(".show_return", ref=ref))
    return page("kpis/withdraw.html", form=form, one=one)


@bp.route("/returns/<ref>/evidence", methods=["GET", "POST"])
@needs(Permission.KPI_ENTER)
def add_evidence(ref: str) -> Any:
    viewer, now = current_viewer(), clock()
    form = EvidenceForm()
    staged = receiving.take_in(form)  # before the first statement, which takes the write lock
    one = own_or_404(ref)
    policy.may_enter(viewer, one, today(now)).or_refuse("kpi:enter-refused")
    asked = kpi_set(one.kpi_set).of(one.kpi_keys)
    form.kpi.choices = [choice(kpi.key, kpi.name) for kpi in asked]

    def act() -> None:
        if staged is not None:
            actions.add_evidence(one, staged, form.kpi.data or "", actor=viewer, now=now)

    if staged is not None and carried_out(form, act):
        done(f"{staged.name} is added. It is being checked for viruses.")
        return redirect(url_for(".show_return", ref=ref, _anchor="evidence"))
    if request.method == "POST":
        form.validate()
    if form.refused is not None:
        form.refuse_file(form.refused)
    return page("kpis/evidence.html", form=form, one=one)


@bp.get("/evidence/<ref>/file")
@needs(Permission.KPI_READ)
def evidence_file(ref: str) -> Response:
    return serving.send(or_404(queries.evidence(ref, current_viewer())).version)


@bp.route("/evidence/<ref>/take-out", methods=["GET", "POST"])
@needs(Permission.KPI_ENTER)
def take_out_evidence(ref: str) -> Any:
    viewer, now = current_viewer(), clock()
    kept = or_404(queries.evidence(ref, viewer))
    one = kept.of_return
    policy.may_enter(viewer, one, today(now)).or_refuse("kpi:enter-refused")
    form = ConfirmForm()
    if carried_out(form, lambda: actions.take_out_evidence(kept, actor=viewer, now=now)):
        done("The file is taken out.")
        return redirect(url_for(".show_return", ref=one.ref, _anchor="evidence"))
    return page("kpis/take_out.html", form=form, kept=kept, one=one)


def own_or_404(ref: str) -> KpiReturn:
    """The return, for those who may read it."""
    one: KpiReturn = or_404(queries.kpi_return(ref, current_viewer()))
    return one


def _people_in(one: KpiReturn) -> list[int | None]:
    """Everybody whom the page of a return names."""
    corrections = [made for figure in one.figures for made in figure.corrections]
    return [
        one.sent_by_id,
        one.accepted_by_id,
        *(asked.asked_by_id for asked in one.queries),
        *(made.corrected_by_id for made in corrections),
    ]
