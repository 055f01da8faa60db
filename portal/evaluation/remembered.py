"""What one request asks more than once: kept until something is written, or the transaction ends."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from sqlalchemy import event
from sqlalchemy.orm import Session

from portal.db import db

T = TypeVar("T")
_NAME = "evaluation"


def remembered(key: Hashable, read: Callable[[], T]) -> T:
    """The answer to a question of this transaction; read once."""
    kept = db.session.info.setdefault(_NAME, {})
    if key not in kept:
        kept[key] = read()
    return cast(T, kept[key])


def forget(session: Session, *_: Any) -> None:
    """Forget all of it: what was read may have changed."""
    session.info.pop(_NAME, None)


event.listen(Session, "after_flush", forget)
event.listen(Session, "after_bulk_update", lambda context: forget(context.session))
event.listen(Session, "after_bulk_delete", lambda context: forget(context.session))
event.listen(Session, "after_transaction_end", forget)
