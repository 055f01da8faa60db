"""What a council does with a return: accept it, ask about it, correct a figure."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask import redirect, request, url_for

from forms import choice
from forms.kpis import ConfirmForm, CorrectForm, QueryForm
from portal.access import Permission, current_viewer, needs
from portal.kpis import actions_checking as actions, policy, queries
from portal.kpis.models_returns import KpiReturn
from portal.kpis.presentation import Line, lines_of
from portal.kpis.sets import kpi_set
from portal.kpis.views import bp
from portal.kpis.views_returns import own_or_404
from portal.web import carried_out, clock, done, or_404, page


@bp.route("/returns/<ref>/accept", methods=["GET", "POST"])
@needs(Permission.KPI_CHECK)
def accept(ref: str) -> Any:
    one, form = _open(ref, "accept"), ConfirmForm()
    if carried_out(form, lambda: actions.accept(one, actor=current_viewer(), now=clock())):
        done("The return is accepted.")
        return redirect(url_for(".returns", state="to-check"))
    return page("kpis/accept.html", form=form, one=one, lines=_lines(one))


@bp.route("/returns/<ref>/query", methods=["GET", "POST"])
@needs(Permission.KPI_CHECK)
def query(ref: str) -> Any:
    one = _open(ref, "query")
    form = QueryForm(data={"kpi": request.args.get("kpi", "")})
    form.kpi.choices = [choice(kpi.key, kpi.name) for kpi in kpi_set(one.kpi_set).of(one.kpi_keys)]

    def act() -> None:
        key = form.kpi.data or ""
        actions.query(one, form.text.data, key, actor=current_viewer(), now=clock())

    if carried_out(form, act):
        done("The provider is asked. The return is theirs to change until they submit it again.")
        return redirect(url_for(".show_return", ref=ref))
    return page("kpis/query.html", form=form, one=one)


@bp.route("/returns/<ref>/figures/<key>/correct", methods=["GET", "POST"])
@needs(Permission.KPI_CHECK)
def correct(ref: str, key: str) -> Any:
    one = _open(ref, "correct")
    line = or_404(next((line for line in _lines(one) if line.kpi.key == key), None))
    form = CorrectForm(data=_stands(one, key)).fit(line.kpi)

    def act() -> None:
        actions.correct(
            one,
            key,
            _number(form, "numerator"),
            _number(form, "denominator"),
            form.reason.data,
            actor=current_viewer(),
            now=clock(),
        )

    if carried_out(form, act):
        done("The figure is corrected. What the provider gave stays beside it.")
        return redirect(url_for(".show_return", ref=ref, _anchor=f"kpi-{key}"))
    return page("kpis/correct.html", form=form, one=one, line=line)


def _open(ref: str, verb: str) -> KpiReturn:
    """The return, where this person may do this to it now."""
    one = own_or_404(ref)
    council_ids = queries.council_ids_of(one.plan)
    policy.may_decide(current_viewer(), one, verb, council_ids).or_refuse("kpi:not-allowed")
    return one


def _lines(one: KpiReturn) -> list[Line]:
    return lines_of(one, queries.earlier_figures(one))


def _stands(one: KpiReturn, key: str) -> dict[str, Decimal | None]:
    """The two numbers that count now, so that a correction changes only what is wrong."""
    figure = one.figure(key)
    numbers = figure.standing if figure else (None, None)
    parts = zip(("numerator", "denominator"), numbers, strict=True)
    return {
        name: None if number is None else Decimal(number.numerator) / number.denominator
        for name, number in parts
    }


def _number(form: CorrectForm, name: str) -> Fraction | None:
    typed = form[name].data if name in form else None
    return None if typed is None else Fraction(typed)
