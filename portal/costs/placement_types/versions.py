"""Which version of the mapping of placement types a council uses."""

from dataclasses import dataclass

from sqlalchemy import and_, or_, select

from portal.content.kinds import Kind
from portal.content.models import ContentVersion
from portal.content.queries import SHIPPED
from portal.db import db
from portal.people.models import Council
from scoring.placement_types import Mapping903
from scoring.rules import RuleBroken

STANDARD = "standard"


@dataclass(frozen=True, slots=True)
class Used:
    """A mapping ready to be asked, and the hash of its version."""

    sha256: str
    mapping: Mapping903


def version_of(council: Council) -> ContentVersion:
    """The council's own newest mapping, or the one that is shipped.

    Raises:
        RuleBroken: `types:none`, when the shipped content was never taken in.
    """
    return db.session.get_one(ContentVersion, _number(council)[0])


def sha256_of(council: Council) -> str:
    """The hash of the version that a council uses. One statement."""
    return _number(council)[1]


def used_by(council: Council) -> Used:
    """The mapping that a council uses; it is read whole only where it is not known yet."""
    number, sha256 = _number(council)
    if sha256 not in _kept:
        version = db.session.get_one(ContentVersion, number)
        _kept[sha256] = Mapping903.from_content(version.body)
    return Used(sha256, _kept[sha256])


def mapping_of(council: Council) -> Mapping903:
    """The mapping that a council uses, ready to be asked."""
    return used_by(council).mapping


_kept: dict[str, Mapping903] = {}


def _number(council: Council) -> tuple[int, str]:
    own = ContentVersion.key == council.slug
    shipped = and_(ContentVersion.key == STANDARD, ContentVersion.source == SHIPPED)
    found = db.session.execute(
        select(ContentVersion.id, ContentVersion.sha256)
        .where(ContentVersion.kind == Kind.PLACEMENT_TYPES.value, or_(own, shipped))
        .order_by(own.desc(), ContentVersion.version.desc())
        .limit(1)
    ).first()
    if found is None:
        raise RuleBroken(
            "types:none", "The types of placement are not taken in yet. Ask your administrator."
        )
    return found.id, found.sha256
