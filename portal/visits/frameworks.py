"""Which framework a council visits on, and how its words are read."""

from collections.abc import Sequence

from sqlalchemy import exists, select

from portal.content.kinds import Kind
from portal.content.models import ContentVersion
from portal.content.queries import SHIPPED, newest, scale as read_scale
from portal.db import db
from portal.people.models import Council
from portal.visits.models import Visit
from scoring.rules import RuleBroken
from scoring.scales import Scale
from scoring.terms import Panel
from scoring.visits import MATTERS_OF_THE_LAW, Framework

KEY = "other-arrangements"
_FRAMEWORKS: dict[str, Framework] = {}  # by the hash of the text; a process meets a handful


def of_council(council: Council) -> ContentVersion:
    """The council's own version where it made one, else the newest that ships with the portal.

    A council that went back to the shipped words follows them again, newer ones too.

    Raises:
        RuleBroken: `visit:no-framework`, before any content was taken in.
    """
    return _of(Kind.VISIT_FRAMEWORK, KEY, council)


def scale_version(key: str, council: Council) -> ContentVersion:
    """A scale that a framework names, the council's own first."""
    return _of(Kind.SCALE, key, council)


def _of(kind: Kind, key: str, council: Council) -> ContentVersion:
    own = newest(kind, key, source=council.ref)
    found = own if own and not _was_shipped(own) else newest(kind, key, source=SHIPPED)
    if found is None:
        raise RuleBroken("visit:no-framework", "Ask an administrator to load the content first.")
    return found


def _was_shipped(own: ContentVersion) -> bool:
    """Whether a council's version says what some shipped one says."""
    shipped = exists().where(
        ContentVersion.kind == own.kind,
        ContentVersion.key == own.key,
        ContentVersion.source == SHIPPED,
        ContentVersion.sha256 == own.sha256,
    )
    return bool(db.session.scalar(select(shipped)))


def versions_of(council: Council) -> Sequence[ContentVersion]:
    """Every version of its own that a council made, the oldest first."""
    wanted = select(ContentVersion).where(
        ContentVersion.kind == Kind.VISIT_FRAMEWORK.value,
        ContentVersion.key == KEY,
        ContentVersion.source == council.ref,
    )
    return db.session.scalars(wanted.order_by(ContentVersion.version)).all()


def same_matters(visit: Visit, other: Visit) -> frozenset[str]:
    """The matters that mean the same on both visits.

    Those of the regulations do wherever they are asked; a council's own only to that council.
    """
    both = frozenset(framework(visit).matters) & frozenset(framework(other).matters)
    of_one = visit.council_id == other.council_id
    return both if of_one else both & frozenset(MATTERS_OF_THE_LAW)


def rules_of(version: ContentVersion) -> Framework:
    """What rules ask of a framework; read once for each text."""
    if version.sha256 not in _FRAMEWORKS:
        _FRAMEWORKS[version.sha256] = Framework.from_content(version.body)
    return _FRAMEWORKS[version.sha256]


def framework(visit: Visit) -> Framework:
    """The rules of the framework that a visit was planned on."""
    return rules_of(visit.framework_version)


def scale_of(visit: Visit, panel: Panel) -> Scale:
    """The scale of officers or of young people on a visit."""
    young = panel is Panel.YOUNG
    return read_scale(visit.young_scale_version if young else visit.officer_scale_version)
