"""Files of placements for tests, brought in by the same verbs as the pages use.

luton = a_costing_council()
bring_in(luton, "ledger.csv", A_LEDGER)                  # checked and taken
bring_in(luton, ("2020.csv", EPISODES), ("2020-h.csv", HEADERS))
"""

import io
from datetime import UTC, date, datetime

from portal.access import Viewer
from portal.content import actions as content
from portal.content.kinds import Kind
from portal.content.loading import DEFAULTS, checked as checked_content, read
from portal.content.queries import SHIPPED, newest
from portal.costs.imports import actions, mappings
from portal.costs.imports.actions import Sent
from portal.costs.imports.hashing import ChildHasher
from portal.costs.imports.reading import clean
from portal.db import db
from tests.factories.people import a_council

SYSTEM = Viewer.system()
NOW = datetime(2027, 5, 3, 9, tzinfo=UTC)
HEAD = "placement_ref,child,provider,placement_type,start,end,weekly_cost"


def a_costing_council(slug="luton"):
    """A council, with the types of placement taken in."""
    if newest(Kind.PLACEMENT_TYPES, "standard") is None:
        for name in ("councils", "placement-types", "published-table-luton-figure-10"):
            body = read((DEFAULTS / f"{name}.yaml").read_text())
            content._add(checked_content(body), source=SHIPPED, actor=SYSTEM, now=NOW)
    council = a_council(slug)
    db.session.commit()
    return council


def checked(council, *files, as_at=date(2027, 5, 3), actor=SYSTEM, now=NOW, **more):
    """Files as they stand after their check: (name, bytes or text) each."""
    read = [
        (
            name,
            clean(
                io.BytesIO(_bytes(content)),
                ChildHasher(council),
                mappings.finder(council),
                name=name,
            ),
        )
        for name, content in files
    ]
    sent = [Sent(one.kind, name, one.sha256) for name, one in read]
    made = actions.receive(council, sent, as_at=as_at, actor=actor, now=now, **more)
    for one, (_, file) in zip(made, read, strict=True):
        actions.check(one, file.columns, file.chunks, actor=actor)
    db.session.commit()
    return made


def bring_in(council, *files, **more):
    """Check files and take them."""
    made = checked(council, *files, **more)
    actions.take(made, actor=more.get("actor", SYSTEM), now=more.get("now", NOW))
    db.session.commit()
    return made


def a_ledger(*rows, head=HEAD):
    """A ledger with these lines."""
    return "\n".join([head, *rows]) + "\n"


def _bytes(content):
    return content.encode() if isinstance(content, str) else content
