"""Home pages, the published list, the register, and the trail."""

from datetime import timedelta

from flask import Blueprint, Response, make_response, render_template, request

from portal import audit, settings, tables
from portal.access import Permission, Role, current_viewer, needs, public
from portal.audit import Event
from portal.contracts import queries as contracts
from portal.contracts.models import ListMembership
from portal.days import today
from portal.evaluation.waiting import young_cards
from portal.register import home, line, listing, queries
from portal.register.actions_exceptions import is_of_use
from portal.register.actions_homes import may_correct
from portal.tables import Column, Kind, Table
from portal.visits.young import cards as visit_cards
from portal.web import clock, page

bp = Blueprint("register", __name__)


@bp.get("/")
@public
def front() -> Response:
    viewer = current_viewer()
    if viewer.is_anonymous:
        return page("register/front.html", open_rounds=home.open_rounds(clock()))
    if home.is_young(viewer):
        cards = [*visit_cards(viewer, clock()), *young_cards(viewer)]
        return page("register/young_home.html", cards=sorted(cards, key=lambda card: card.done))
    return page(
        "register/home.html",
        due=queries.due(viewer, clock()),
        yesterday=clock() - timedelta(days=1),
        subjects=home.subjects(viewer),
    )


@bp.get("/accredited-providers")
@public
def public_list() -> Response:
    lot, words = _narrowed()
    found, places = queries.public_page(
        today(clock()), words=words, lot_code=lot, cursor=request.args.get("from")
    )
    return page(
        "register/public_list.html",
        found=found,
        held=places,
        lots=queries.lots_on_lists(),
        lot=lot,
        words=words,
    )


def _narrowed() -> tuple[str, str]:
    """The lot and the words that a list of providers is narrowed to."""
    return request.args.get("lot", ""), request.args.get("words", "").strip()


@bp.get("/accredited-providers.<kind>")
@public
def public_list_file(kind: str) -> Response:
    lot, words = _narrowed()
    places = queries.public_places(today(clock()), words=words, lot_code=lot)
    return tables.download(_public_table(places, lot, words), kind)


def _public_table(places: list[ListMembership], lot: str, words: str) -> Table:
    columns = [
        Column("provider", "Provider", Kind.TEXT),
        Column("lot", "Lot", Kind.TEXT),
        Column("title", "What it is", Kind.TEXT),
        Column("councils", "Councils", Kind.TEXT),
        Column("starts_on", "From", Kind.DATE),
        Column("ends_on", "Until", Kind.DATE),
    ]
    rows = [
        {
            "provider": place.provider.name,
            "lot": place.agreement_lot.code,
            "title": place.agreement_lot.title,
            "councils": ", ".join(sorted(part.council.name for part in place.councils)),
            "starts_on": place.starts_on,
            "ends_on": place.ends_on,
        }
        for place in places
    ]
    return Table(
        "accredited-providers",
        "Accredited providers",
        columns,
        rows,
        source="The published list",
        as_at=today(clock()),
        filters={"Lot": lot or "all", "Name": words or "all"},
    )


@bp.get("/register/<ref>")
@needs(Permission.REGISTER_READ)
def provider(ref: str) -> Response:
    on, viewer = today(clock()), current_viewer()
    file = queries.provider_file(ref, viewer, on)
    known = line.evidence(file.provider, viewer)
    return page(
        "register/provider.html",
        file=file,
        on=on,
        may_correct=may_correct(viewer, file.ground, on),
        may_except=viewer.may(Permission.PLACEMENT_EXCEPT)
        and is_of_use(file.ground.held, viewer.councils_as(Role.COMMISSIONER), on),
        homes=listing.home_lines(file.homes, viewer, {file.provider.id: file.ground}, clock()),
        contracts=[
            one for one in contracts.contracts(viewer) if one.provider_id == file.provider.id
        ],
        known=line.part_of(
            known, request.args.get("kind", ""), everything=bool(request.args.get("all"))
        ),
    )


@bp.get("/trail")
@needs(Permission.TRAIL_READ)
def trail() -> Response:
    chosen = {key: request.args.get(key, "") for key in ("event", "subject", "chain", "actor")}
    found, names = queries.trail_page(current_viewer(), cursor=request.args.get("from"), **chosen)
    return page(
        "register/trail.html",
        found=found,
        names=names,
        chosen=chosen,
        events=sorted(event.value for event in Event),
        event_words=event_words,
        head=audit.head(),
    )


def event_words(event: str) -> str:
    """An act as people say it: letter:looked-at is “Letter looked at”."""
    return event.replace("-", " ").replace(":", " ").capitalize()


@bp.get("/trail/verification")
@needs(Permission.TRAIL_READ)
def verification() -> Response:
    printed = request.args.get("printed", "").strip().lower()
    return page(
        "register/verification.html",
        faults=list(audit.verify()),
        head=audit.head(),
        printed=printed,
        number=audit.number_of(printed) if printed else None,
    )


@bp.get("/accessibility")
@public
def accessibility() -> Response:
    return page("pages/accessibility.html")


@bp.get("/privacy")
@public
def privacy() -> Response:
    return page("pages/privacy.html")


@bp.get("/cookies")
@public
def cookies() -> Response:
    return page("pages/cookies.html")


@bp.get("/accent.css")
@public
def accent() -> Response:
    """The accent colour as a stylesheet, since the page itself may carry no style."""
    css = make_response(render_template("accent.css", accent=settings.get("accent_colour")))
    css.mimetype = "text/css"
    css.headers["Cache-Control"] = "public, max-age=3600"
    return css
