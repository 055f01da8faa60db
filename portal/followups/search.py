"""What a search finds in this room: follow-ups and forums that the viewer may see anyway."""

from collections.abc import Iterator, Sequence

from flask import url_for
from sqlalchemy import func, select

from portal.access import Viewer
from portal.db import db
from portal.followups import listing, queries, queries_forums as forums
from portal.followups.models_forums import Forum
from portal.followups.queries import Narrowing
from portal.followups.words import KINDS, STAGES
from portal.web import Hit, date_text


def search(viewer: Viewer, words: Sequence[str], limit: int) -> Iterator[Hit]:
    """The newest that hold every one of the words, at most `limit` of each kind."""
    wanted = queries.narrowed(viewer, Narrowing(words=" ".join(words)))
    for one in db.session.scalars(queries.newest(wanted, limit)):
        note = f"{listing.about(one)}, {STAGES[one.stage].lower()}, due {date_text(one.due_on)}"
        yield Hit(one.text, url_for("followups.show", ref=one.ref), KINDS[one.kind], note)
    found = select(Forum).where(forums.visible(viewer))
    for word in words:
        text = func.lower(Forum.title + " " + Forum.agenda + " " + Forum.minutes)
        found = found.where(text.contains(word, autoescape=True))
    for forum in db.session.scalars(found.order_by(Forum.held_at.desc()).limit(limit)):
        address = url_for("followups.forum", ref=forum.ref)
        yield Hit(forum.title, address, "Forum", date_text(forum.held_at))
