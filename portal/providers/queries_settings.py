"""Settings of providers: for their own people, and for officers of councils."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from portal.access import Permission, Viewer
from portal.db import db
from portal.providers.models_settings import Setting


def setting(ref: str, viewer: Viewer) -> Setting | None:
    """One setting; a stranger finds none."""
    return db.session.scalar(_seen_by(viewer).where(Setting.ref == ref))


def settings_of(
    provider_ids: Iterable[int], viewer: Viewer, *, closed: bool = False
) -> Sequence[Setting]:
    """The settings of these providers by name; those that are closed only where asked for."""
    wanted = _seen_by(viewer).where(Setting.provider_id.in_(set(provider_ids)))
    if not closed:
        wanted = wanted.where(Setting.closed_on.is_(None))
    return db.session.scalars(wanted.order_by(Setting.name, Setting.id)).all()


def _seen_by(viewer: Viewer) -> Select[tuple[Setting]]:
    """An address at which young people live is not for everybody who is signed in."""
    statement = select(Setting).options(
        joinedload(Setting.provider), joinedload(Setting.registration)
    )
    if viewer.is_system or viewer.may(Permission.REGISTER_READ):
        return statement
    return statement.where(Setting.provider_id.in_(viewer.provider_ids))
