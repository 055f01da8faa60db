"""Time, expenses and vouchers of young people, as their Participation Officer keeps them."""

from typing import Any

from flask import Response, redirect, request, url_for

from forms import choice
from forms.young import EntryForm, LogFilterForm, PayForm, StrikeForm
from portal import settings, tables
from portal.access import Permission, current_viewer, needs
from portal.days import today
from portal.people import queries_young
from portal.tables import Column, Kind, Table
from portal.web import carried_out, clock, date_text, done, or_404, page, pounds, words_of_address
from portal.young import actions, queries
from portal.young.models import YoungEntry
from portal.young.queries import Narrowing
from portal.young.views import bp
from scoring.younglog import EntryKind, hours_words

KINDS = {EntryKind.TIME: "Time", EntryKind.EXPENSE: "Expense", EntryKind.VOUCHER: "Voucher"}


@bp.get("/young-people/log/")
@needs(Permission.YOUNG_LOOK_AFTER)
def log() -> Response:
    viewer = current_viewer()
    form, wanted = _narrowed()
    found, total = queries.log_page(
        viewer, wanted, cursor=request.args.get("from"), size=settings.get("list_page_size")
    )
    return page(
        "young/log.html",
        filters=form,
        found=found,
        total=total,
        sums=queries.sums(viewer, wanted),
        hours_words=hours_words,
        kinds=KINDS,
        address={name: text for name, text in words_of_address("from", "kind").items() if text},
    )


@bp.get("/young-people/log.<kind>")
@needs(Permission.YOUNG_LOOK_AFTER)
def log_file(kind: str) -> Response:
    _, wanted = _narrowed()
    return tables.download(_table(queries.log(current_viewer(), wanted)), kind)


def _table(entries: Any) -> Table:
    columns = (
        Column("on", "Day", Kind.DATE),
        Column("alias", "Alias"),
        Column("kind", "What"),
        Column("what", "For"),
        Column("minutes", "Minutes", Kind.WHOLE, total=True),
        Column("pence", "Amount", Kind.MONEY, total=True),
        Column("paid_on", "Paid on", Kind.DATE),
    )
    rows = [
        {
            "on": one.on,
            "alias": one.person.name,
            "kind": KINDS[one.kind],
            "what": one.what,
            "minutes": one.minutes,
            "pence": one.pence,
            "paid_on": one.paid_on,
        }
        for one in entries
    ]
    rules = ["Minutes are of time only, amounts of expenses and vouchers only."]
    title = "Time, expenses and vouchers of Young Commissioners"
    return Table("young-log", title, columns, rows, as_at=today(clock()), rules=rules)


@bp.route("/young-people/log/new", methods=["GET", "POST"])
@needs(Permission.YOUNG_LOOK_AFTER)
def new_entry() -> Any:
    viewer, form = current_viewer(), EntryForm()
    young = {one.person.ref: one.person for one in queries_young.young_people(viewer)}
    form.person.choices = [choice(ref, one.name) for ref, one in young.items()]
    form.on.latest = today(clock())

    def act() -> None:
        kind = EntryKind(form.kind.data)
        amounts = (
            {"minutes": form.whole_minutes}
            if kind is EntryKind.TIME
            else {"pence": form.amount.data or 0}
        )
        person = young[form.person.data]
        actions.write_down(
            person, kind, form.on.data, form.what.data, **amounts, actor=viewer, now=clock()
        )

    if carried_out(form, act):
        done("It is written down.")
        return redirect(url_for(".log"))
    return page("young/entry.html", form=form)


@bp.route("/young-people/log/pay", methods=["GET", "POST"])
@needs(Permission.YOUNG_LOOK_AFTER)
def pay() -> Any:
    viewer, form = current_viewer(), PayForm()
    waiting = {one.ref: one for one in queries.log(viewer, Narrowing(unpaid=True))}
    form.entries.choices = [choice(ref, _line(one)) for ref, one in waiting.items()]
    form.paid_on.latest = today(clock())

    def act() -> None:
        chosen = [waiting[ref] for ref in form.entries.data]
        actions.pay(chosen, form.paid_on.data, actor=viewer, now=clock())

    if carried_out(form, act):
        done("The day is written down.")
        return redirect(url_for(".log"))
    return page("young/pay.html", form=form)


def _line(one: YoungEntry) -> str:
    return f"{one.person.name}: {one.what}, {date_text(one.on)}, {pounds(one.pence)}"


@bp.route("/young-people/log/<ref>/strike-out", methods=["GET", "POST"])
@needs(Permission.YOUNG_LOOK_AFTER)
def strike_out(ref: str) -> Any:
    entry: YoungEntry = or_404(queries.entry(ref, current_viewer()))
    form = StrikeForm()

    def act() -> None:
        actions.strike_out(entry, form.reason.data, actor=current_viewer(), now=clock())

    if carried_out(form, act):
        done("It is struck out. You can write down the right one.")
        return redirect(url_for(".log"))
    amount = hours_words(entry.minutes) if entry.minutes else pounds(entry.pence)
    return page(
        "young/strike_out.html", form=form, entry=entry, kind=KINDS[entry.kind], amount=amount
    )


def _narrowed() -> tuple[LogFilterForm, Narrowing]:
    """The filters of the address; nonsense in it narrows nothing."""
    form = LogFilterForm()
    form.person.choices = [
        choice(one.person.ref, one.person.name)
        for one in queries_young.young_people(current_viewer())
    ]
    form.what.choices = [choice(kind.value, words) for kind, words in KINDS.items()]
    if not form.validate():
        for field in form:
            if field.errors:
                field.data, field.errors = None, ()
    return form, Narrowing(
        person=form.person.data or "",
        kind=EntryKind(form.what.data) if form.what.data else None,
        unpaid=form.paid.data == "no",
        from_on=form.from_on.data,
        until_on=form.until_on.data,
    )
