"""Recording a placement choice in two steps, and correcting the record."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound

from forms import choice
from forms.cost_choices import ConsideredForm, WhoForm, choice_form
from portal.access import Permission, current_viewer, needs
from portal.contracts import queries as contracts
from portal.costs.choices import actions, queries
from portal.costs.choices.actions import ChoiceTold
from portal.costs.choices.facts import Fact, facts_on
from portal.costs.choices.models import PlacementChoice
from portal.costs.choices.queries import facts_shown
from portal.costs.of_lots.priced import likes_of
from portal.costs.of_lots.views import asked_here
from portal.costs.queries import lots_with_choice
from portal.costs.views import bp
from portal.web import carried_out, clock, done, page
from scoring.choices import Considered


@bp.get("/placement-choices/new")
@needs(Permission.PLACEMENT_CHOOSE)
def new_choice() -> Any:
    """Which lot, which day, and who was considered."""
    if not contracts.agreements(current_viewer()):
        return page("costs/choice_new.html", form=None)
    asked = asked_here()
    form = WhoForm()
    for name, value in {**asked.address, "on": asked.on}.items():
        form[name].data = value
    lots = lots_with_choice(contracts.agreements(asked.viewer))
    form.lot.choices = [choice(address, words) for address, words in lots]
    form.like.choices = [choice(one.address, one.words) for one in likes_of(asked.lot)]
    facts = facts_on(asked)
    who = _who(facts, [])
    return page("costs/choice_new.html", form=form, asked=asked, facts=facts, who=who)


def _who(facts: Sequence[Fact], chosen: Sequence[str]) -> ConsideredForm:
    """Everybody who holds the lot, with what is known of each."""
    form = ConsideredForm(MultiDict())
    form.considered.choices = [
        choice(one["provider"], one["name"], hint=_hint(one)) for one in facts
    ]
    form.considered.data = list(chosen)
    return form


def _hint(fact: Fact) -> str:
    """What a commissioner looks at first, in one line."""
    shown = queries.hint_of(facts_shown(fact))
    return f"Suspended: no new placements. {shown}" if fact["suspended"] else shown


@bp.route("/placement-choices/record", methods=["GET", "POST"])
@needs(Permission.PLACEMENT_CHOOSE)
def record_choice() -> Any:
    """Whom, why, why not the others: with the facts of the day beside it."""
    viewer, asked = current_viewer(), asked_here()
    councils = queries.councils_to_choose_for(viewer)
    facts = _considered(facts_on(asked), request.args.getlist("considered"))
    if not facts or not councils:
        return redirect(url_for(".new_choice", **asked.address))
    form = choice_form(_names(facts), [choice(one.slug, one.name) for one in councils])
    made: list[PlacementChoice] = []

    def act() -> None:
        named = form["council"].data if "council" in form else councils[0].slug
        council = next(one for one in councils if one.slug == named)
        made.append(actions.record(council, asked, _told(form, facts), actor=viewer, now=clock()))

    if carried_out(form, act):
        done("The choice is recorded, with the facts of that day.")
        return redirect(url_for(".show_choice", ref=made[0].ref))
    return _page(form, facts, back=url_for(".new_choice", **asked.address), asked=asked)


@bp.route("/placement-choices/<ref>/correct", methods=["GET", "POST"])
@needs(Permission.PLACEMENT_CHOOSE)
def correct_choice(ref: str) -> Any:
    """A further version of the record, on the same facts."""
    viewer = current_viewer()
    one = queries.one_choice(ref, viewer)
    before = {line["provider"]: line for line in one.newest.considered}
    wanted = request.args.getlist("considered") or list(before)
    facts = _considered(one.facts, wanted)
    if not facts or one.taken_back:
        raise NotFound
    form = choice_form(_names(facts), [], corrects=True, told=_on_record(one))
    if carried_out(
        form,
        lambda: actions.correct(
            one, _told(form, facts), form["correction"].data, actor=viewer, now=clock()
        ),
    ):
        done("The record is corrected. What it said before stays below.")
        return redirect(url_for(".show_choice", ref=ref))
    who = _who(one.facts, wanted)
    return _page(form, facts, back=url_for(".show_choice", ref=ref), one=one, who=who)


def _page(form: Any, facts: Sequence[Fact], **more: Any) -> Any:
    lines = [(one, queries.hint_of(facts_shown(one))) for one in facts]
    return page("costs/choice_record.html", form=form, lines=lines, **{"one": None, **more})


def _considered(facts: Sequence[Fact], refs: Sequence[str]) -> list[Fact]:
    return [one for one in facts if one["provider"] in refs]


def _names(facts: Sequence[Fact]) -> list[tuple[str, str]]:
    return [(one["provider"], one["name"]) for one in facts]


def _told(form: Any, facts: Sequence[Fact]) -> ChoiceTold:
    return ChoiceTold(
        form["reference"].data,
        [
            Considered(
                one["provider"],
                (form[one["provider"]].data or "") if one["provider"] in form else "",
                _tenths(form[f"miles_{one['provider']}"].data),
            )
            for one in facts
        ],
        form["chosen"].data,
        form["why"].data,
        (form["why_alone"].data or "") if "why_alone" in form else "",
    )


def _tenths(miles: Decimal | None) -> int | None:
    return None if miles is None else int(miles * 10)


def _on_record(one: PlacementChoice) -> dict[str, Any]:
    last = one.newest
    told: dict[str, Any] = {
        "reference": last.reference,
        "chosen": last.chosen_ref,
        "why": last.why,
        "why_alone": last.why_alone,
    }
    for line in last.considered:
        tenths = line["distance_tenths"]
        told[line["provider"]] = line["why_not"]
        told[f"miles_{line['provider']}"] = None if tenths is None else Decimal(tenths) / 10
    return told
