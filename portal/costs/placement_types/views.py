"""The mapping of placement types: what is in use, what a change would change, and its versions."""

from collections.abc import Callable
from typing import Any

from flask import redirect, request, url_for
from werkzeug.exceptions import NotFound

from forms import choice
from forms.cost_types import CodeChangeForm, UseTypesForm, WordChangeForm
from portal import tables
from portal.access import Permission, current_viewer, needs
from portal.content import queries as content
from portal.content.kinds import Kind
from portal.content.queries import SHIPPED
from portal.costs import policy
from portal.costs.placement_types import versions as types
from portal.costs.placement_types.actions import publish_types
from portal.costs.placement_types.shown import changes_table, codes_table, types_table
from portal.costs.reports.asking import Asked
from portal.costs.reports.views import asked_for
from portal.costs.views import bp
from portal.web import carried_out, clock, done, page
from scoring.mapping_changes import Body, with_code, with_word
from scoring.placement_types import Mapping903
from scoring.rules import RuleBroken

TABLES: dict[str, Callable[[Asked], Any]] = {"codes": codes_table, "types": types_table}


@bp.get("/costs/types")
@needs(Permission.COST_READ)
def placement_types() -> Any:
    asked = asked_for()
    used = types.version_of(asked.council)
    return page(
        "costs/types.html",
        asked=asked,
        tables=[make(asked) for make in TABLES.values()],
        used=used,
        versions=content.versions(Kind.PLACEMENT_TYPES, asked.council.slug),
        code_form=_with_types(CodeChangeForm(), "type", asked),
        word_form=_with_types(WordChangeForm(), "kind", asked),
        may_change=bool(policy.may_bring_in(current_viewer(), asked.council.id)),
    )


@bp.get("/costs/types/<name>.<kind>")
@needs(Permission.COST_READ)
def placement_types_file(name: str, kind: str) -> Any:
    if name not in TABLES:
        raise NotFound
    return tables.download(TABLES[name](asked_for()), kind)


@bp.route("/costs/types/change", methods=["GET", "POST"])
@needs(Permission.COST_IMPORT)
def change_types() -> Any:
    """What a change would change, and the way to make it."""
    asked = asked_for()
    policy.may_bring_in(current_viewer(), asked.council.id).or_refuse("types:refused")
    if request.method == "GET" and not set(request.args) - {"council"}:  # nothing is asked for
        return redirect(url_for(".placement_types", council=asked.council.slug))
    used = types.version_of(asked.council)
    try:
        body, words = _wanted(used.body, asked)
    except RuleBroken as broken:
        again = _asked_again(asked, broken)
        return page("costs/types_change.html", asked=asked, broken=broken, form=again)
    form = UseTypesForm(seen=used.sha256)
    if carried_out(
        form,
        lambda: publish_types(
            asked.council,
            body,
            seen=form.seen.data or "",
            used=used,
            actor=current_viewer(),
            now=clock(),
        ),
    ):
        done("The types are changed, for all years. Every report follows.")
        return redirect(url_for(".placement_types", council=asked.council.slug))
    table = None if asked.is_empty else changes_table(asked, Mapping903.from_content(body))
    return page(
        "costs/types_change.html", asked=asked, form=form, table=table, words=words, broken=None
    )


def _wanted(body: Body, asked: Asked) -> tuple[Body, str]:
    """The mapping that the address asks for, and the change in words.

    Raises:
        RuleBroken: `types:…`.
    """
    args = request.args
    kind = args.get("type", "")
    if args.get("version") == SHIPPED:
        shipped = content.newest(Kind.PLACEMENT_TYPES, types.STANDARD, source=SHIPPED)
        return dict(
            shipped.body if shipped else {}
        ), "The types that come with the portal are used again."
    if args.get("version", "").isdecimal():
        number = int(args["version"])
        earlier = content.content(Kind.PLACEMENT_TYPES, asked.council.slug, number)
        return dict(earlier.body), f"Version {number} is used again."
    if "word" in args:
        kind = args.get("kind", "")
        made = with_word(body, args["word"], kind)
        return made, f"“{args['word'].strip()}” in a ledger means {asked.title_of(kind)}."
    providers = args.get("providers", "").replace(",", " ").split()
    made = with_code(body, args.get("place", ""), providers, kind)
    who = (
        f"with {', '.join(one.upper() for one in providers)}" if providers else "with any provider"
    )
    return made, f"{args['place'].strip().upper()} {who} leads to {asked.title_of(kind)}."


def _asked_again(asked: Asked, broken: RuleBroken) -> Any:
    """What was asked for, to be mended where it was typed; None for an earlier version."""
    if "version" in request.args:
        return None
    is_word = "word" in request.args
    form = _with_types(
        *((WordChangeForm(), "kind") if is_word else (CodeChangeForm(), "type")), asked
    )
    form.add_rule_error(broken)
    return form


def _with_types(form: Any, name: str, asked: Asked) -> Any:
    form[name].choices = [choice(key, one.title) for key, one in asked.mapping.types.items()]
    return form
