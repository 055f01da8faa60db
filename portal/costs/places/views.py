"""Blocks of places: on record, put on record, taken back."""

from typing import Any

from flask import redirect, request, url_for
from werkzeug.exceptions import NotFound

from forms import choice
from forms.cost_blocks import BlockBackForm, BlockForm
from portal import paging, settings
from portal.access import Permission, Role, current_viewer, needs
from portal.costs.actions_taking_back import take_back
from portal.costs.placement_types import versions as types
from portal.costs.places import actions, queries
from portal.costs.places.actions import BlockTold
from portal.costs.views import bp
from portal.db import db
from portal.people.models import Council
from portal.people.queries import councils_as
from portal.web import carried_out, clock, done, page


@bp.get("/costs/blocks")
@needs(Permission.PLACEMENT_COST_READ)
def blocks() -> Any:
    viewer = current_viewer()
    found = paging.paginate(
        db.session,
        queries.visible(viewer),
        queries.BY_DAY,
        cursor=request.args.get("from"),
        size=settings.get("list_page_size"),
    )
    titles = {
        council.id: types.mapping_of(council).types
        for council in {one.council for one in found.items}
    }
    return page("costs/blocks.html", found=found, titles=titles)


@bp.route("/costs/blocks/new", methods=["GET", "POST"])
@needs(Permission.COST_IMPORT)
def new_block() -> Any:
    own = {one.slug: one for one in councils_as(Role.FINANCE, current_viewer())}
    if not own:
        raise NotFound
    form = _form(own)
    if carried_out(form, lambda: _record(form, own)):
        done("The block is on record. Its voids stand in the report.")
        return redirect(url_for(".blocks"))
    return page("costs/block_new.html", form=form)


def _form(own: dict[str, Council]) -> BlockForm:
    providers = queries.providers_to_choose(current_viewer())
    mappings = [types.mapping_of(one) for one in own.values()]
    bought = {
        key: one.title
        for mapping in mappings
        for key, one in mapping.types.items()
        if one.group == "external"
    }
    return BlockForm().fit(
        [choice(one.slug, one.name) for one in own.values()],
        [choice(one.ref, one.name) for one in providers],
        [choice(key, title) for key, title in bought.items()],
    )


def _record(form: BlockForm, own: dict[str, Council]) -> None:
    council = own[form.council.data] if "council" in form else next(iter(own.values()))
    providers = {one.ref: one for one in queries.providers_to_choose(current_viewer())}
    told = BlockTold(
        form.type.data,
        form.places.data,
        form.weekly.data,
        form.from_on.data,
        form.until_on.data,
        form.source.data,
    )
    actions.record(
        council, providers[form.provider.data], told, actor=current_viewer(), now=clock()
    )


@bp.route("/costs/blocks/<ref>/take-back", methods=["GET", "POST"])
@needs(Permission.COST_IMPORT)
def block_back(ref: str) -> Any:
    viewer = current_viewer()
    block = queries.one_block(ref, viewer)
    form = BlockBackForm()
    if carried_out(form, lambda: take_back(block, form.reason.data, actor=viewer, now=clock())):
        done("The block counts no more.")
        return redirect(url_for(".blocks"))
    return page("costs/block_back.html", form=form, block=block)
