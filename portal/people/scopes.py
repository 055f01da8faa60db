"""What a token may be used for: the holder's own permissions, cut down to the parts that are ticked."""

from enum import StrEnum

from portal.access import Permission, Viewer

P = Permission


class Scope(StrEnum):
    """A part of the interface, as `resource:verb`. A scope never gives what its holder may not do."""

    ROUNDS_READ = "rounds:read"
    RESULTS_READ = "results:read"
    PROVIDERS_READ = "providers:read"
    CONTRACTS_READ = "contracts:read"
    COSTS_READ = "costs:read"
    COSTS_WRITE = "costs:write"
    KPIS_READ = "kpis:read"
    KPIS_WRITE = "kpis:write"
    HOMES_READ = "homes:read"
    HOMES_WRITE = "homes:write"
    VISITS_READ = "visits:read"
    DOCUMENTS_READ = "documents:read"
    FOLLOW_UPS_READ = "follow-ups:read"
    FOLLOW_UPS_WRITE = "follow-ups:write"
    CALENDAR_READ = "calendar:read"

    @property
    def permissions(self) -> frozenset[P]:
        """What is asked of its holder; who has none of them has no use for the scope."""
        return _PERMISSIONS[self]

    @property
    def title(self) -> str:
        """What it allows, in a few words."""
        return _TITLES[self]


_TITLES = {
    Scope.ROUNDS_READ: "Read rounds and their lots",
    Scope.RESULTS_READ: "Read results and releases of rounds that are opened",
    Scope.PROVIDERS_READ: "Read the register of providers",
    Scope.CONTRACTS_READ: "Read contracts, places on lists and rates",
    Scope.COSTS_READ: "Read reports of costs and comparisons of rates",
    Scope.COSTS_WRITE: "Send files of placements and costs",
    Scope.KPIS_READ: "Read KPI returns and the board",
    Scope.KPIS_WRITE: "Write figures into KPI returns",
    Scope.HOMES_READ: "Read homes and what is free in them",
    Scope.HOMES_WRITE: "Say what is free in homes",
    Scope.VISITS_READ: "Read reports of visits",
    Scope.DOCUMENTS_READ: "Read which documents there are and when they run out",
    Scope.FOLLOW_UPS_READ: "Read recommendations and actions",
    Scope.FOLLOW_UPS_WRITE: "Answer and close recommendations and actions",
    Scope.CALENDAR_READ: "Read the calendar",
}

_PERMISSIONS = {
    Scope.ROUNDS_READ: frozenset({P.ROUND_READ}),
    Scope.RESULTS_READ: frozenset({P.RESULT_READ}),
    Scope.PROVIDERS_READ: frozenset({P.REGISTER_READ}),
    Scope.CONTRACTS_READ: frozenset({P.CONTRACT_READ}),
    Scope.COSTS_READ: frozenset({P.COST_READ, P.RATE_COMPARE}),
    Scope.COSTS_WRITE: frozenset({P.COST_IMPORT}),
    Scope.KPIS_READ: frozenset({P.KPI_READ, P.KPI_BOARD}),
    Scope.KPIS_WRITE: frozenset({P.KPI_ENTER, P.KPI_SUBMIT}),
    Scope.HOMES_READ: frozenset({P.HOME_KEEP, P.REGISTER_READ}),
    Scope.HOMES_WRITE: frozenset({P.HOME_KEEP}),
    Scope.VISITS_READ: frozenset({P.VISIT_READ}),
    Scope.DOCUMENTS_READ: frozenset({P.DOCUMENT_READ}),
    Scope.FOLLOW_UPS_READ: frozenset({P.FOLLOW_UP_READ}),
    Scope.FOLLOW_UPS_WRITE: frozenset({P.FOLLOW_UP_ANSWER, P.FOLLOW_UP_RAISE}),
    Scope.CALENDAR_READ: frozenset({P.CALENDAR_READ}),
}


def of_use_to(viewer: Viewer) -> list[Scope]:
    """The scopes that allow this person anything, in the order of this page."""
    return [one for one in Scope if one.permissions & viewer.permissions]
