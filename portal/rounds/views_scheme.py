"""The scheme of a draft, part by part; what is wrong stands beside the field, and is kept."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.exceptions import NotFound

from forms import choice
from forms.rounds_scheme import StatedForm, award_form, baskets_form, price_form, weights_form
from portal.access import Permission, current_viewer, needs
from portal.content import queries as shelf
from portal.content.rates import is_discount
from portal.rounds import actions, checks, policy, presentation, price_edit, queries, scheme_edit
from portal.rounds.models import Round
from portal.rounds.views import bp
from portal.rounds.views_editing import to_edit
from portal.rounds.wording import FORMULAS
from portal.web import carried_out, clock, done, page
from scoring import restating
from scoring.rules import Finding, RuleBroken


@bp.get("/council/rounds/<ref>/scheme")
@needs(Permission.ROUND_READ)
def scheme(ref: str) -> Response:
    viewer = current_viewer()
    bid_round = queries.own_round(ref, viewer)
    return page(
        "rounds/scheme_parts.html",
        round=bid_round,
        may_edit=policy.may_edit(viewer, bid_round),
        in_points=scheme_edit.in_points(bid_round.scheme.body),
        found=checks.scheme_findings(bid_round),
        criteria=presentation.scheme_rows(bid_round),
        admission=presentation.admission(bid_round),
        price=presentation.price(bid_round),
    )


@bp.route("/council/rounds/<ref>/scheme/weights", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def weights(ref: str) -> Response:
    bid_round = to_edit(ref)
    asked, body = bid_round.question_set.body, bid_round.scheme.body
    rows = scheme_edit.rows_of(body, asked)
    form = weights_form(rows, body, _scores(bid_round))
    changed = lambda: scheme_edit.with_weights(body, asked, form.data)  # noqa: E731
    if _saved(bid_round, form, changed):
        return _back(ref, "The weights are saved.")
    return page(
        "rounds/scheme_weights.html",
        form=form,
        round=bid_round,
        rows=rows,
        in_points=scheme_edit.in_points(body),
    )


@bp.route("/council/rounds/<ref>/scheme/stated", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def stated(ref: str) -> Response:
    """Say the same scheme in points, or in per cent: every part keeps its share of the whole."""
    bid_round = to_edit(ref)
    body = bid_round.scheme.body
    now_in = "points" if scheme_edit.in_points(body) else "basis-points"
    form = StatedForm(data={"stated": now_in})

    def keep() -> None:
        other = restating.in_points if form.stated.data == "points" else restating.in_shares
        actions.change_content(
            bid_round, "scheme", other(body), actor=current_viewer(), now=clock()
        )

    if carried_out(form, keep):
        return _back(
            ref,
            "The scheme is said in points."
            if form.stated.data == "points"
            else "The scheme is said in per cent.",
        )
    return page("rounds/scheme_stated.html", form=form, round=bid_round)


@bp.route("/council/rounds/<ref>/scheme/price", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def price(ref: str) -> Response:
    bid_round = to_edit(ref)
    card, body = bid_round.rate_card.body, bid_round.scheme.body
    lots = [lot.code for lot in bid_round.lots]
    formulas = [choice(one.value, title, hint=words) for one, (title, words) in FORMULAS.items()]
    discounts = [item for item in card["items"] if is_discount(item)]
    values = price_edit.price_values(body, card, lots)
    form = price_form(formulas, discounts, lots, values, in_points=scheme_edit.in_points(body))
    changed = lambda: price_edit.with_price(body, card, lots, form.data)  # noqa: E731
    clashes = lambda: list(price_edit.order_findings(card, form.data))  # noqa: E731
    if _saved(bid_round, form, changed, clashes):
        return _back(ref, "The price is saved.")
    return page(
        "rounds/scheme_price.html", form=form, round=bid_round, discounts=discounts, codes=lots
    )


@bp.route("/council/rounds/<ref>/scheme/baskets", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def baskets(ref: str) -> Response:
    bid_round = to_edit(ref)
    card, body = bid_round.rate_card.body, bid_round.scheme.body
    if not body.get("price"):
        return redirect(url_for("rounds.price", ref=ref))
    council = _council_asked(bid_round)
    codes = [lot.code for lot in bid_round.lots]
    lots = [(code, price_edit.comparable(card, code)) for code in codes]
    form = baskets_form(lots, _basket_values(body, codes, council))
    changed = lambda: price_edit.with_baskets(body, card, codes, form.data, council)  # noqa: E731
    if _saved(bid_round, form, changed):
        return _back(ref, "The baskets are saved.")
    return page(
        "rounds/scheme_baskets.html",
        form=form,
        round=bid_round,
        lots=lots,
        own_of=council,
        names={part.council.slug: part.council.name for part in bid_round.councils},
        each_council=bool(body["price"].get("each_council")),
        apart=price_edit.councils_apart(body),
    )


def _council_asked(bid_round: Round) -> str:
    """The council whose own baskets are asked for in the address; none for those of all."""
    slug = request.args.get("council", "")
    if slug and slug not in {part.council.slug for part in bid_round.councils}:
        raise NotFound
    return slug


@bp.route("/council/rounds/<ref>/scheme/award", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def award_rule(ref: str) -> Response:
    bid_round = to_edit(ref)
    body, codes = bid_round.scheme.body, [lot.code for lot in bid_round.lots]
    ties = _tie_choices(bid_round)
    form = award_form(codes, ties, scheme_edit.STEPS, scheme_edit.award_values(body, codes))
    changed = lambda: scheme_edit.with_award(body, codes, form.data)  # noqa: E731
    if _saved(bid_round, form, changed):
        return _back(ref, "How awards are made is saved.")
    return page("rounds/scheme_award.html", form=form, round=bid_round, codes=codes)


def _saved(
    bid_round: Round,
    form: Any,
    changed: Callable[[], Mapping[str, Any]],
    *more: Callable[[], list[Finding]],
) -> bool:
    """Whether a form was sent and its scheme kept; what does not hold together is on the form.

    Args:
        more: what else keeps it from being saved.
    """

    def keep() -> None:
        actions.change_content(bid_round, "scheme", changed(), actor=current_viewer(), now=clock())

    def wrong() -> list[Finding]:
        try:
            found = checks.findings_of_scheme(bid_round, changed(), beside=False)
        except RuleBroken as broken:
            if form.errors and broken.code.startswith("content:"):
                return []  # a gap in the content is what the empty field says already, in plain words
            raise
        return list(scheme_edit.on_page(found, set(form.data)))

    return carried_out(form, keep, wrong, *more)


def _basket_values(body: Mapping[str, Any], codes: list[str], council: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for code in codes:
        basket = price_edit.basket_of(body, code, council)
        values[f"method-{code}"] = basket["method"]
        for one in basket["items"]:
            values[f"b-{code}-{one['item']}"] = price_edit.decimal_of(one["weight"])
    return values


def _scores(bid_round: Round) -> dict[str, list[tuple[int, str]]]:
    """The scores that can be a minimum, by criterion."""
    scales = {one.key: shelf.scale(one) for one in (bid_round.officer_scale, bid_round.young_scale)}
    return {
        criterion: [(point.value, point.label) for point in scales[key].points]
        for criterion, key in scheme_edit.scales_by_criterion(bid_round.scheme.body).items()
        if key in scales
    }


def _tie_choices(bid_round: Round) -> list[Any]:
    rows = scheme_edit.rows_of(bid_round.scheme.body, bid_round.question_set.body)
    parts = [choice(f"criterion:{row.key}", f"More points for {row.title}") for row in rows]
    questions = [
        choice(f"question:{one.key}", f"The higher score for “{one.title}”")
        for row in rows
        for one in row.questions
        if one.weight
    ]
    return [
        choice("quality", "More points of quality"),
        choice("price", "The lower price"),
        *parts,
        *questions,
    ]


def _back(ref: str, words: str) -> Response:
    done(words)
    return redirect(url_for("rounds.scheme", ref=ref))
