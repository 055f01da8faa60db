"""The outbox: mail that a real installation would have sent."""

from flask import Blueprint, Response, request
from sqlalchemy import select

from portal.access import public
from portal.db import db
from portal.mail import Mail, sent_to
from portal.paging import Sorting, paginate
from portal.web import or_404, page

bp = Blueprint("demo", __name__)
NEWEST_FIRST = Sorting({"at": Mail.queued_at}, default="-at", unique=Mail.ref)


@bp.get("/demo/outbox")
@public
def outbox() -> Response:
    words = request.args.get("to", "").strip()
    found = paginate(db.session, sent_to(words), NEWEST_FIRST, cursor=request.args.get("from"))
    return page("demo/outbox.html", found=found, to=words)


@bp.get("/demo/outbox/<ref>")
@public
def mail(ref: str) -> Response:
    found = or_404(db.session.scalar(select(Mail).where(Mail.ref == ref)))
    return page("demo/mail.html", mail=found)
