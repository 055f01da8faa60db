"""Who may publish content, and why not."""

from portal.access import Decision, Permission, Role, Viewer, allowed, denied


def may_load(viewer: Viewer) -> Decision:
    """The content that ships with the portal is taken in by the portal, or by who looks after it."""
    if viewer.is_system or viewer.holds(Role.ADMINISTRATOR):
        return allowed
    return denied("Only an administrator can take in the content that ships with the portal.")


def may_write_for_a_round(viewer: Viewer) -> Decision:
    """A round's own copy is written by whoever may change rounds."""
    if viewer.may(Permission.ROUND_EDIT):
        return allowed
    return denied("Only a commissioner can change what a round asks.")


def may_publish(viewer: Viewer, council_id: int) -> Decision:
    """A council's own version is published by one of its commissioners."""
    if not viewer.may(Permission.ROUND_EDIT):
        return denied("Only a commissioner can publish content.")
    if not viewer.holds(Role.COMMISSIONER, council_id):
        return denied("You can only publish content for your own council.")
    return allowed


def may_publish_for_costs(viewer: Viewer, council_id: int) -> Decision:
    """What costs are counted by is published by the council's finance people, or by command."""
    if viewer.is_system or council_id in viewer.councils_as(Role.FINANCE):
        return allowed
    return denied("Only finance people of this council change what its costs are counted by.")
