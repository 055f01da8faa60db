"""Who may change rates, and why not."""

from portal.access import Decision, Permission, Role, Viewer, allowed, denied


def may_import_spot_rates(viewer: Viewer, council_id: int) -> Decision:
    """A council's spot rates are brought in by its own finance people."""
    if not viewer.may(Permission.RATE_IMPORT) or council_id not in viewer.councils_as(Role.FINANCE):
        return denied("Only finance people of this council bring in its spot rates.")
    return allowed
