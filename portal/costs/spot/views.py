"""Bringing in a council's spot rates: upload, look, take all or none."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import redirect, request, url_for
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from forms import choice
from forms.costs import SpotRatesForm, TakeForm
from portal import imports, paging, settings, tables
from portal.access import Permission, Role, Viewer, current_viewer, needs
from portal.contracts import actions as contract_actions, queries as contracts
from portal.contracts.models import Rate
from portal.costs.spot import actions, reading as spot
from portal.costs.views import bp
from portal.db import db
from portal.imports import Preview
from portal.paging import Sorting
from portal.people.models import Council
from portal.rounds.models import Agreement
from portal.storage import FileRefused
from portal.web import carried_out, clock, done, page

MOST_SHOWN = 20  # the rest of a preview is in its files
BY_DAY = Sorting({"from": Rate.from_on}, default="-from", unique=Rate.ref)


@bp.route("/costs/spot-rates", methods=["GET", "POST"])
@needs(Permission.RATE_IMPORT)
def spot_rates() -> Any:
    choices = _choices(current_viewer())
    form = SpotRatesForm().fit(
        [choice(one.slug, one.name) for one in choices.councils],
        [choice(one.ref, one.title) for one in choices.agreements],
    )
    if choices.agreements and form.validate_on_submit():
        council, agreement = choices.chosen(form)
        try:
            token = _laid_aside(form.file.data, council, agreement)
        except FileRefused as refused:
            form.refuse_file(refused)
        else:
            address = {"slug": council.slug, "ref": agreement.ref, "token": token}
            return redirect(url_for(".spot_preview", **address))
    return page(
        "costs/spot_rates.html", form=form, choices=choices, headings=spot.HEADINGS, **_on_record()
    )


def _laid_aside(upload: Any, council: Council, agreement: Agreement) -> str:
    """Read the file without the write lock, and keep what was read until it is taken."""
    imports.sweep(clock())
    with db.reading() as session:
        about = spot.known(agreement, council.id, session)
    preview = spot.read(BytesIO(upload.read()), about, upload.filename or "")
    return imports.keep(preview, bound_to=_bound_to(council, agreement), now=clock())


def _bound_to(council: Council, agreement: Agreement) -> str:
    return f"{current_viewer().ref}|{council.slug}|{agreement.ref}"


@bp.get("/costs/spot-rates/template.<kind>")
@needs(Permission.RATE_IMPORT)
def spot_template(kind: str) -> Any:
    if kind == "csv":
        made = tables.csv_bytes(spot.template(), about=False)
        return tables.attachment(made, "spot-rates.csv", "text/csv; charset=utf-8")
    if kind == "xlsx":
        return tables.download(spot.template(), kind)
    raise NotFound


@bp.route("/costs/spot-rates/<slug>/<ref>/<token>", methods=["GET", "POST"])
@needs(Permission.RATE_IMPORT)
def spot_preview(slug: str, ref: str, token: str) -> Any:
    council, agreement = _choices(current_viewer()).named(slug, ref)
    preview = _preview(council, agreement, token)
    form, taken = TakeForm(), []
    if carried_out(form, lambda: taken.append(_take(preview, agreement, council))):
        imports.drop(token)
        done(_words(taken[0], len(preview.rows)))
        return redirect(url_for(".spot_rates"))
    about = spot.known(agreement, council.id)
    names = spot.provider_names(row.values["provider"] for row in preview.rows)
    return page(
        "costs/spot_preview.html",
        form=form,
        council_name=council.name,
        agreement=agreement,
        preview=preview,
        table_of=spot.preview_table(preview, about, names),
        most=MOST_SHOWN,
        new=sum(not about.is_on_record(row.values) for row in preview.rows),
        rejected=imports.rejected_table(preview),
        address={"slug": slug, "ref": ref, "token": token},
    )


def _take(preview: Preview, agreement: Agreement, council: Council) -> int:
    return actions.take_spot_rates(preview, agreement, council, actor=current_viewer(), now=clock())


def _words(new: int, rows: int) -> str:
    if not new:
        return "Nothing was new: every rate of this file was on record already."
    there = f", {rows - new} were there already" if rows > new else ""
    return f"{_spot_rates_of(new)} on record{there}."


@bp.get("/costs/spot-rates/<slug>/<ref>/<token>/rejected.<kind>")
@needs(Permission.RATE_IMPORT)
def spot_rejected(slug: str, ref: str, token: str, kind: str) -> Any:
    council, agreement = _choices(current_viewer()).named(slug, ref)
    preview = _preview(council, agreement, token)
    return tables.download(imports.rejected_table(preview), kind)


@bp.route("/costs/spot-rates/<slug>/files/<file>/take-back", methods=["GET", "POST"])
@needs(Permission.RATE_IMPORT)
def spot_take_back(slug: str, file: str) -> Any:
    """A file that was wrong: its rates go off the record again, all of them."""
    viewer, choices = current_viewer(), _choices(current_viewer())
    council = choices.council(slug)
    rates = db.session.scalars(contracts.spot_rates_of_file(council.id, file)).all()
    form = TakeForm()
    if rates and carried_out(
        form,
        lambda: contract_actions.take_back_spot_rates(council, file, actor=viewer, now=clock()),
    ):
        done(f"{_spot_rates_of(len(rates))} off the record again.")
        return redirect(url_for(".spot_rates"))
    if not rates:
        raise NotFound
    return page(
        "costs/spot_take_back.html",
        form=form,
        council_name=council.name,
        rates=rates,
        card=choices.card,
        most=MOST_SHOWN,
    )


def _spot_rates_of(number: int) -> str:
    return "1 spot rate is" if number == 1 else f"{number} spot rates are"


def _preview(council: Council, agreement: Agreement, token: str) -> Preview:
    bound_to = _bound_to(council, agreement)
    return imports.take(token, spot.KEY, bound_to=bound_to, now=clock())


@dataclass(frozen=True, slots=True)
class _Choices:
    """The councils that this person works on money for, and the lists of those councils."""

    councils: list[Council]
    agreements: list[Agreement]
    card: dict[str, Any]

    def chosen(self, form: SpotRatesForm) -> tuple[Council, Agreement]:
        """What the form names; what there is only one of is not asked."""
        slug = form.council.data if "council" in form else self.councils[0].slug
        ref = form.agreement.data if "agreement" in form else self.agreements[0].ref
        return self.named(slug, ref)

    def council(self, slug: str) -> Council:
        """Raises NotFound for a council that is not this person's."""
        for council in self.councils:
            if council.slug == slug:
                return council
        raise NotFound

    def named(self, slug: str, ref: str) -> tuple[Council, Agreement]:
        """Raises NotFound for a council or list that is not this person's."""
        for council in self.councils:
            for agreement in self.agreements:
                if (council.slug, agreement.ref) == (slug, ref):
                    return council, agreement
        raise NotFound


def _choices(viewer: Viewer) -> _Choices:
    with db.reading() as session:
        mine = select(Council).where(Council.id.in_(viewer.councils_as(Role.FINANCE)))
        councils = list(session.scalars(mine.order_by(Council.name)))
        agreements = list(contracts.agreements(viewer, session))
        card = {}
        for one in agreements:
            card |= spot.rate_card(one, session)
    return _Choices(councils, agreements, card)


def _on_record() -> dict[str, Any]:
    """A page of the spot rates that this person's councils agreed."""
    mine = contracts.spot_rates_on_record(current_viewer().councils_as(Role.FINANCE))
    found = paging.paginate(
        db.session,
        mine,
        BY_DAY,
        cursor=request.args.get("from"),
        size=settings.get("list_page_size"),
    )
    return {"found": found}
