"""What a search finds in this room: follow-ups and forums that the viewer may see anyway."""

from collections.abc import Iterator

from flask import url_for
from sqlalchemy import func, select

from portal.access import Viewer
from portal.db import db
from portal.followups import listing, queries
from portal.followups import queries_forums as forums
from portal.followups.models_forums import Forum
from portal.followups.queries import Narrowing
from portal.followups.words import KINDS, STAGES
from portal.web import Hit, date_text

MOST = 20


def search(viewer: Viewer, words: str) -> Iterator[Hit]:
    """The newest that hold every one of the words, at most 20 of each kind."""
    if not words.strip():
        return
    wanted = queries.narrowed(viewer, Narrowing(words=words))
    for one in db.session.scalars(queries.newest(wanted, MOST)):
        note = f"{listing.about(one)}, {STAGES[one.stage].lower()}, due {date_text(one.due_on)}"
        yield Hit(one.text, url_for("followups.show", ref=one.ref), KINDS[one.kind], note)
    found = select(Forum).where(forums.visible(viewer))
    for word in words.lower().split():
        text = func.lower(Forum.title + " " + Forum.agenda + " " + Forum.minutes)
        found = found.where(text.contains(word, autoescape=True))
    for forum in db.session.scalars(found.order_by(Forum.held_at.desc()).limit(MOST)):
        address = url_for("followups.forum", ref=forum.ref)
        yield Hit(forum.title, address, "Forum", date_text(forum.held_at))
