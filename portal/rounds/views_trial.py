"""Try the scheme before it is published. A trial lives in its address and is kept nowhere."""

from typing import Any

from flask import Response, request, url_for

from forms import choice
from forms.rounds_scheme import trial_form
from portal import charts, tables
from portal.access import Permission, current_viewer, needs
from portal.content import queries as content
from portal.rounds import checks, queries, trying
from portal.rounds.models import Round
from portal.rounds.views import bp
from portal.web import or_404, page, words_of_address
from scoring.rules import RuleBroken, errors
from scoring.trial import Trial


@bp.get("/council/rounds/<ref>/try")
@needs(Permission.ROUND_READ)
def trial(ref: str) -> Response:
    bid_round = queries.own_round(ref, current_viewer())
    wrong = _wrong(bid_round)
    form = _form(bid_round)
    tried = None if wrong else _tried(bid_round, form)
    return page(
        "rounds/trial.html",
        form=form,
        round=bid_round,
        wrong=wrong,
        bids=trying.BIDS,
        parts=trying.parts_of(bid_round),
        score_name=trying.score_name,
        **(_shown(bid_round, form.lot.data, tried) if tried else {"tried": None}),
    )


@bp.get("/council/rounds/<ref>/try/<table>.<kind>")
@needs(Permission.ROUND_READ)
def trial_file(ref: str, table: str, kind: str) -> Response:
    bid_round = queries.own_round(ref, current_viewer())
    form = _form(bid_round)
    tried: Trial = or_404(None if _wrong(bid_round) else _tried(bid_round, form))
    made = {
        "ranking": lambda: trying.ranking(bid_round, form.lot.data, tried),
        "weights": lambda: trying.shifts(bid_round, tried),
    }
    return tables.download(or_404(made.get(table))(), kind)


def _wrong(bid_round: Round) -> list[Any]:
    """What must be put right before a trial says anything."""
    return errors(checks.findings_of_scheme(bid_round, bid_round.scheme.body, beside=False))


def _form(bid_round: Round) -> Any:
    lots = [choice(lot.code, f"{lot.code}: {lot.title}") for lot in bid_round.lots]
    first = request.args.get("lot") or (bid_round.lots[0].code if bid_round.lots else "")
    values = {"lot": first, **trying.made_up(bid_round, first)}

    def parts(bid: str) -> list[Any]:
        return [
            (trying.score_name(bid, one), one.criterion.title, one.scale)
            for one in trying.parts_of(bid_round)
        ]

    priced = content.scheme(bid_round.scheme).price is not None
    typed = request.args if len(request.args) > 1 else None
    form = trial_form(lots, trying.BIDS, parts, values, priced=priced, formdata=typed)
    if typed is None:
        form.process(formdata=None, data=values)
    return form


def _tried(bid_round: Round, form: Any) -> Trial | None:
    """The trial of what stands in the form; what is wrong with it is shown there."""
    if not form.validate():
        return None
    numbers = {name: value for name, value in form.data.items() if name[:2] in {"s-", "p-"}}
    try:
        return trying.trial_of(bid_round, form.lot.data, numbers)
    except RuleBroken as broken:
        form.add_rule_error(broken)
        return None


def _shown(bid_round: Round, lot: str, tried: Trial) -> dict[str, Any]:
    kept = words_of_address("ref", "table", "kind")
    return {
        "tried": tried,
        "ranking": trying.ranking(bid_round, lot, tried),
        "shifts": trying.shifts(bid_round, tried),
        "outliers": trying.outliers(tried),
        "left_out": trying.left_out(tried),
        "chart": charts.picture(trying.bars(bid_round, lot, tried)),
        "files": {
            table: url_for("rounds.trial_file", ref=bid_round.ref, table=table, kind="KIND", **kept)
            for table in ("ranking", "weights")
        },
    }
