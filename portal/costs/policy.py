"""Who works on a council's costs, and why not. Nothing here is ever a partner's."""

from portal.access import Decision, Permission, Role, Viewer, allowed, denied


def may_bring_in(viewer: Viewer, council_id: int) -> Decision:
    """Placements and costs are brought in by the council's own finance people, or by command."""
    if viewer.is_system:
        return allowed
    if not viewer.may(Permission.COST_IMPORT) or council_id not in viewer.councils_as(Role.FINANCE):
        return denied("Only finance people of this council bring in its placements and costs.")
    return allowed


def may_see_spells(viewer: Viewer, council_id: int) -> Decision:
    """What stands behind a figure is shown to the council's finance people alone."""
    if viewer.is_system:
        return allowed
    if not viewer.may(Permission.PLACEMENT_COST_READ):
        return denied("Only finance people see the placements behind a figure.")
    if council_id not in viewer.councils_as(Role.FINANCE):
        return denied("These are another council's placements.")
    return allowed


def sees_all_figures(viewer: Viewer, council_id: int) -> bool:
    """Whether small numbers are shown too: the report has not left the finance team."""
    return bool(may_see_spells(viewer, council_id))
