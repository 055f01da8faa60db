"""Who records placement choices, and who reads them. Placements are never a partner's."""

from portal.access import Decision, Permission, Role, Viewer, allowed, denied

READERS = (Role.COMMISSIONER, Role.FINANCE, Role.AUDITOR)


def may_choose(viewer: Viewer, council_id: int) -> Decision:
    """A commissioner of the council records and corrects its choices."""
    own = viewer.councils_as(Role.COMMISSIONER)
    if not viewer.may(Permission.PLACEMENT_CHOOSE) or council_id not in own:
        return denied("Only commissioners of this council record its placement choices.")
    return allowed


def reading_councils(viewer: Viewer) -> frozenset[int]:
    """The councils whose choices somebody reads."""
    if not viewer.may(Permission.PLACEMENT_CHOICE_READ):
        return frozenset()
    return frozenset().union(*(viewer.councils_as(role) for role in READERS))
