"""Which framework a council visits on, and how its words are read."""

from portal.content.kinds import Kind
from portal.content.models import ContentVersion
from portal.content.queries import SHIPPED, newest
from portal.content.queries import scale as read_scale
from portal.people.models import Council
from portal.visits.models import Visit
from scoring.rules import RuleBroken
from scoring.scales import Scale
from scoring.terms import Panel
from scoring.visits import Framework

KEY = "other-arrangements"
_FRAMEWORKS: dict[str, Framework] = {}  # by the hash of the text; a process meets a handful


def of_council(council: Council) -> ContentVersion:
    """The council's own version where it made one, else the one that ships with the portal.

    Raises:
        RuleBroken: `visit:no-framework`, before any content was taken in.
    """
    return _of(Kind.VISIT_FRAMEWORK, KEY, council)


def scale_version(key: str, council: Council) -> ContentVersion:
    """A scale that a framework names, the council's own first."""
    return _of(Kind.SCALE, key, council)


def _of(kind: Kind, key: str, council: Council) -> ContentVersion:
    found = newest(kind, key, source=council.ref) or newest(kind, key, source=SHIPPED)
    if found is None:
        raise RuleBroken("visit:no-framework", "Ask an administrator to load the content first.")
    return found


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
