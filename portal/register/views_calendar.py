"""The calendar: what falls due, as pages, as a file, and as a feed for one's own programme."""

import calendar as months
from datetime import date, timedelta
from typing import Any

from flask import Response, current_app, redirect, request, url_for
from werkzeug.exceptions import NotFound

from forms import choice
from forms.calendar import CalendarForm, FeedForm
from portal import settings, tables
from portal.access import Permission, current_viewer, needs, public
from portal.days import today
from portal.people import pocket
from portal.register import actions_calendar, calendar, calendar_feed
from portal.register.calendar import AHEAD, Calendar
from portal.register.views import bp
from portal.web import carried_out, clock, done, page


@bp.get("/calendar")
@needs(Permission.CALENDAR_READ)
def show_calendar() -> Response:
    shown, month = _chosen()
    number = max(request.args.get("page", 1, type=int), 1)
    days, more = (shown.days, False) if month else shown.page(number)
    return page(
        "register/calendar.html",
        form=_form(shown),
        shown=shown,
        days=days,
        month=month,
        months=_beside(month or today(clock()).replace(day=1)),
        number=number,
        more=more,
        address=_narrowed(),
        today=today(clock()),
        kinds=calendar.words_of,
    )


@bp.get("/calendar.<form>")
@needs(Permission.CALENDAR_READ)
def calendar_file(form: str) -> Response:
    shown, _ = _chosen()
    chosen = _narrowed()
    return tables.download(
        calendar.table(shown, chosen.get("kind", ""), chosen.get("council", "")), form
    )


@bp.route("/calendar/address", methods=["GET", "POST"])
@needs(Permission.CALENDAR_READ)
def calendar_address() -> Any:
    """Make a secret address, or a new one; it is shown once."""
    form, viewer, made = FeedForm(), current_viewer(), []
    if carried_out(
        form, lambda: made.append(actions_calendar.make_feed(actor=viewer, now=clock()))
    ):
        pocket.put("calendar_address", made[0])
        return redirect(url_for(".calendar_address"))
    token = pocket.take("calendar_address")
    return page(
        "register/calendar_address.html",
        form=form,
        feed=calendar_feed.feed_of(viewer),
        address=_absolute(url_for(".calendar_of", token=token)) if token else "",
    )


@bp.route("/calendar/address/revoke", methods=["GET", "POST"])
@needs(Permission.CALENDAR_READ)
def revoke_calendar_address() -> Any:
    form, viewer = FeedForm(), current_viewer()
    if carried_out(form, lambda: actions_calendar.revoke_feed(actor=viewer, now=clock())):
        done("The address is switched off. Nobody can read your calendar by it.")
        return redirect(url_for(".calendar_address"))
    return page("register/calendar_revoke.html", form=form)


@bp.get("/calendar/of/<token>.ics")
@public
def calendar_of(token: str) -> Response:
    """The feed. Who has the address needs no password, so it shows no more than its person sees."""
    reader = calendar_feed.reader_of(token, clock())
    if reader.is_anonymous:
        raise NotFound
    name = f"{settings.get('product_name')}: what falls due"
    body = calendar_feed.written(reader, name, current_app.config["BASE_URL"], clock())
    return tables.attachment(body, "calendar.ics", "text/calendar; charset=utf-8")


def _absolute(address: str) -> str:
    return f"{current_app.config['BASE_URL'].rstrip('/')}{address}"


def _narrowed() -> dict[str, str]:
    """What the address narrows the calendar to."""
    named = ("month", "kind", "council")
    return {name: request.args[name] for name in named if request.args.get(name)}


def _chosen() -> tuple[Calendar, date | None]:
    """The stretch that the address asks for, and its month if it asks for one."""
    chosen, viewer = _narrowed(), current_viewer()
    month = _month(chosen.pop("month", ""))
    if month is not None:
        last = months.monthrange(month.year, month.month)[1]
        return calendar.calendar(viewer, month, month.replace(day=last), **chosen), month
    first = today(clock())
    return calendar.calendar(viewer, first, first + AHEAD, **chosen), None


def _month(text: str) -> date | None:
    """The first day of a month such as 2027-01; none for anything else."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return found if 2000 < found.year < 2100 else None


def _beside(month: date) -> dict[str, str]:
    """The months before and after, and this one, as an address names them."""
    before, after = month - timedelta(days=1), month + timedelta(days=32)
    return {"before": f"{before:%Y-%m}", "this": f"{month:%Y-%m}", "after": f"{after:%Y-%m}"}


def _form(shown: Calendar) -> CalendarForm:
    form = CalendarForm()
    form.kind.choices = [choice("", "Everything"), *_choices(shown.kinds)]
    form.council.choices = [choice("", "All councils"), *_choices(shown.councils)]
    if len(shown.councils) < 2:
        del form.council
    return form


def _choices(words: Any) -> list[Any]:
    return [choice(key, text) for key, text in words.items()]
