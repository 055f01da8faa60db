"""Services and what Ofsted says of them, in words for pages that stand below the content room.

The full scales with their meanings are content; a test holds the two together.
"""

from portal.providers.models import ServiceKind

SERVICES = {
    ServiceKind.SUPPORTED_ACCOMMODATION: "Supported accommodation (16 and over)",
    ServiceKind.FOSTERING: "Fostering agency",
}

NOT_INSPECTED = "registered"

OUTCOMES: dict[ServiceKind, dict[str, str]] = {
    ServiceKind.SUPPORTED_ACCOMMODATION: {
        NOT_INSPECTED: "Registered, not yet inspected",
        "1": "Outcome 1",
        "2": "Outcome 2",
        "3": "Outcome 3",
    },
    ServiceKind.FOSTERING: {
        NOT_INSPECTED: "Registered, not yet inspected",
        "outstanding": "Outstanding",
        "good": "Good",
        "requires-improvement": "Requires improvement to be good",
        "inadequate": "Inadequate",
    },
}


def outcome_words(service: ServiceKind, outcome: str) -> str:
    return OUTCOMES[service].get(outcome, outcome)
