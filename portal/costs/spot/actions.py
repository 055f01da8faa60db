"""Taking what a file of spot rates brings."""

from datetime import datetime

from portal.access import Viewer
from portal.contracts import actions as contracts
from portal.costs.spot import reading as spot
from portal.imports import Preview
from portal.people.models import Council
from portal.rounds.models import Agreement


def take_spot_rates(
    preview: Preview, agreement: Agreement, council: Council, *, actor: Viewer, now: datetime
) -> int:
    """Keep every row of a preview as it was shown, or none.

    Returns:
        How many rates are new; the same file twice brings none.

    Raises:
        RuleBroken: `rate:not-allowed`, `rate:unknown`, `rate:other-price`.
    """
    rates = spot.spot_rates(preview, agreement)
    return contracts.import_spot_rates(council, rates, preview.sha256, actor=actor, now=now)
