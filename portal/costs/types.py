"""Which version of the mapping of placement types a council uses."""

from portal.content import queries as content
from portal.content.kinds import Kind
from portal.content.models import ContentVersion
from portal.content.queries import SHIPPED
from portal.people.models import Council
from scoring.placement_types import Mapping903
from scoring.rules import RuleBroken

STANDARD = "standard"


def version_of(council: Council) -> ContentVersion:
    """The council's own newest mapping, or the one that is shipped.

    Raises:
        RuleBroken: `types:none`, when the shipped content was never taken in.
    """
    found = content.newest(Kind.PLACEMENT_TYPES, council.slug) or content.newest(
        Kind.PLACEMENT_TYPES, STANDARD, source=SHIPPED
    )
    if found is None:
        raise RuleBroken(
            "types:none", "The types of placement are not taken in yet. Ask your administrator."
        )
    return found


def mapping_of(council: Council) -> Mapping903:
    """The mapping that a council uses, ready to be asked."""
    version = version_of(council)
    return _read(version.sha256, version)


_kept: dict[str, Mapping903] = {}


def _read(sha256: str, version: ContentVersion) -> Mapping903:
    if sha256 not in _kept:
        _kept[sha256] = Mapping903.from_content(version.body)
    return _kept[sha256]
