"""An open framework that another portal awarded: its dates come from what officers recorded."""

from datetime import timedelta
from typing import Any

from portal.contracts import actions_entering, actions_frameworks, queries_frameworks
from portal.contracts.actions_entering import Entered, RateEntered
from portal.contracts.models_terms import EntryKind
from portal.db import db
from portal.demo.cast import Cast
from scoring.contract_terms import THE_ACT_BEGAN, last_day, months_after

PROVIDER = "kestrel"
TITLE = "Parent and child placements"
NEXT_AWARD = 545  # days from now: the first reminder goes out within the week


def keep_one(cast: Cast, clock: Any) -> None:
    """Awarded once, so that it is to be awarded again within three years of that day."""
    awarded = max(months_after(clock(NEXT_AWARD).date(), -36), THE_ACT_BEGAN)
    begins = awarded + timedelta(days=30)
    officer, second = cast.viewer("Amina Hussain"), cast.viewer("Peter Lyons")
    entered = Entered(
        title=f"{TITLE}, from {begins.year}",
        council_slugs=["luton", "bedford-borough"],
        starts_on=begins,
        ends_on=last_day(begins, 48),
        rates=[RateEntered("Weekly fee, parent and child", "week", 148_500)],
        agreement_title=f"{TITLE} framework",
        lot_code="PC1",
        lot_title=TITLE,
        months=(24, 24),
        notice_months=6,
        taken=0,
        value_pence=620_000_00,
    )
    entry = actions_entering.propose(
        EntryKind.CONTRACT,
        cast.providers[PROVIDER],
        entered,
        council=cast.councils["luton"],
        reason="It was awarded on another portal.",
        actor=officer,
        now=clock(-40),
    )
    made = actions_entering.confirm(entry, actor=second, now=clock(-39))
    agreement = made.agreement_lot.agreement
    found = queries_frameworks.framework(agreement.ref, officer)
    if found is None:
        raise LookupError("its own officers see an agreement")
    actions_frameworks.record_award(
        found,
        awarded,
        f"Contract award notice of {awarded:%d %B %Y}, on the councils’ former portal",
        actor=officer,
        now=clock(-38),
    )
    db.session.commit()
