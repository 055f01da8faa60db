"""Which form of a pack is wanted."""

from forms import PortalForm, RadiosField, Required, choice

FULL, REDACTED = "full", "redacted"


class PackForm(PortalForm):
    """Full, or redacted for a request for information."""

    form = RadiosField(
        "Which form do you need?",
        [Required("Choose a form")],
        choices=[
            choice(FULL, "Full", "Everything, with names and prices: for a court or an auditor"),
            choice(
                REDACTED,
                "Redacted",
                "Without names of people, texts and prices: for a Freedom of Information request",
            ),
        ],
    )


class OwnPackForm(PortalForm):
    """One bidder's own form; there is nothing to fill in."""
