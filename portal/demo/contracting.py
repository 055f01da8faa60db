"""An older fostering contract, entered by hand: extensions, a suspension that was lifted, promises, uplifts."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.contracts import (
    actions_entering,
    actions_packages,
    actions_promises,
    actions_stopping,
    actions_terms,
    actions_uplifts,
)
from portal.contracts.actions_entering import Entered, RateEntered
from portal.contracts.actions_packages import Typed
from portal.contracts.models import Contract
from portal.contracts.models_terms import EntryKind
from portal.contracts.models_uplifts import UpliftMethod, UpliftRequest
from portal.contracts.queries import promises_of_provider
from portal.db import db
from portal.demo.cast import Cast
from portal.documents.queries import clean_versions
from scoring.contract_terms import months_after
from scoring.uplifts import of_percent

PROVIDER = "kestrel"
RATES = {
    "Weekly fee, child aged 0 to 4": 79_500,
    "Weekly fee, child aged 5 to 9": 84_250,
    "Weekly fee, child aged 10 to 15": 91_000,
    "Weekly fee, young person aged 16 or 17": 96_400,
}
LOOKS = (
    ("support-and-move-on", True, "Four support plans that we read follow the pathway plan."),
    ("staffing", False, "On two of five evenings one worker was alone, as the rota shows."),
)
PROMISES = (
    (
        "Carers in Luton",
        "We will approve two new fostering households in Luton in each year of the contract.",
        True,
        "The agency’s return names two households, approved in spring.",
    ),
    (
        "Reviews of carers",
        "Every foster carer is reviewed within twelve months of the review before.",
        False,
        "Three of nineteen reviews were late. The agency has been asked for a plan.",
    ),
    (
        "Voice of children",
        "A children’s panel meets four times a year and its minutes go to the councils.",
        None,
        "",
    ),
)


def keep_a_contract(cast: Cast, clock: Any) -> None:
    """Six years ago it began: 4 years, and three options of a year, of which two are taken."""
    contract = _enter(cast, clock)
    _suspend_and_lift(cast, clock, contract)
    _look_at_promises(cast, clock, contract)
    _look_at_bids(cast, clock)
    _uplifts(cast, clock, contract)
    _review_packages(cast, clock, contract)
    db.session.commit()


def _enter(cast: Cast, clock: Any) -> Contract:
    first = months_after(clock(176).date(), -72)
    last = months_after(first, 48) - timedelta(days=1)
    entered = Entered(
        title=f"Fostering placements, {first.year} to {last.year}",
        council_slugs=["luton", "bedford-borough", "central-bedfordshire"],
        starts_on=first,
        ends_on=last,
        rates=[RateEntered(item, "week", pence) for item, pence in RATES.items()],
        agreement_title=f"Fostering framework of {first.year}",
        lot_code="F1",
        lot_title="Fostering placements",
        months=(12, 12, 12),
        notice_months=5,
        taken=1,
        value_pence=4_200_000_00,
        uplift_index="CPIH",
        uplift_month=9,
        uplift_cap_bp=400,
    )
    entry = actions_entering.propose(
        EntryKind.CONTRACT,
        cast.providers[PROVIDER],
        entered,
        council=cast.councils["luton"],
        reason="It began before the portal.",
        actor=cast.viewer("Amina Hussain"),
        now=clock(-300),
    )
    made = actions_entering.confirm(entry, actor=cast.viewer("Peter Lyons"), now=clock(-299))
    actions_terms.decide_extension(
        made.options[1],
        extended=True,
        reason="Children are settled with its carers, and its reviews are good.",
        actor=cast.viewer("Amina Hussain"),
        now=clock(-290),
    )
    db.session.commit()
    return made if isinstance(made, Contract) else db.session.get_one(Contract, made.id)


def _suspend_and_lift(cast: Cast, clock: Any, contract: Contract) -> None:
    (placed,) = actions_stopping.suspend(
        [contract],
        council=None,
        from_on=clock(-150).date(),
        reason="An allegation against a carer is being looked into by the designated officer.",
        actor=cast.viewer("Amina Hussain"),
        now=clock(-150),
    )
    actions_stopping.lift(
        placed,
        contract,
        lifted_on=clock(-118).date(),
        reason="The inquiry has ended. The agency has changed how it matches.",
        actor=cast.viewer("Amina Hussain"),
        now=clock(-119),
    )
    db.session.commit()


def _look_at_promises(cast: Cast, clock: Any, contract: Contract) -> None:
    officer = cast.viewer("Amina Hussain")
    library = clean_versions(contract.provider_id, officer)
    shown = [one for one in library if one.document.type_key == "statement-of-purpose"]
    for question, text, kept, evidence in PROMISES:
        promise = actions_promises.add_promise(
            contract, question, text, actor=officer, now=clock(-280)
        )
        if kept is not None:
            actions_promises.look_at(
                promise,
                kept=kept,
                evidence=evidence,
                looked_on=clock(-60).date(),
                documents=shown if kept else [],
                actor=officer,
                now=clock(-60),
            )


def _look_at_bids(cast: Cast, clock: Any) -> None:
    """What a bid for the list promised: one thing was seen to be so, and one was not."""
    officer = cast.viewer("Amina Hussain")
    made = promises_of_provider(cast.providers["oakbridge"].id, officer)
    for key, kept, evidence in LOOKS:
        promise = next((one for one in made if one.question_key == key), None)
        if promise is not None:
            actions_promises.look_at(
                promise,
                kept=kept,
                evidence=evidence,
                looked_on=clock(-30).date(),
                actor=officer,
                now=clock(-30),
            )


def _uplifts(cast: Cast, clock: Any, contract: Contract) -> None:
    """One that was granted in part, one that was refused, and one that waits."""
    first = _ask(
        cast, clock, contract, 600, days=-250, reason="Pay of supervising social workers has risen."
    )
    _decide(
        cast,
        clock,
        first,
        350,
        days=-240,
        reason="Within the rule, and what other agencies were given.",
    )
    second = _ask(
        cast,
        clock,
        contract,
        300,
        days=-100,
        reason="Recruiting carers costs more than a year ago.",
    )
    _decide(
        cast, clock, second, None, days=-92, reason="The rates rose within the last twelve months."
    )
    _ask(
        cast,
        clock,
        contract,
        320,
        days=-5,
        reason="The minimum allowance for carers rises in April.",
    )


def _ask(
    cast: Cast, clock: Any, contract: Contract, share_bp: int, *, days: int, reason: str
) -> UpliftRequest:
    made = actions_uplifts.ask(
        contract,
        method=UpliftMethod.PERCENTAGE,
        share=of_percent(share_bp),
        working="",
        items=sorted({one.item for one in actions_uplifts.rates_held(contract)}),
        from_on=clock(days + 30).date(),
        reason=reason,
        actor=cast.admin_of(PROVIDER),
        now=clock(days),
    )
    db.session.commit()
    return made


def _decide(
    cast: Cast, clock: Any, request: UpliftRequest, share_bp: int | None, *, days: int, reason: str
) -> None:
    said: dict[str, Any] = {
        "share": None if share_bp is None else of_percent(share_bp),
        "from_on": None if share_bp is None else clock(days + 20).date(),
        "reason": reason,
    }
    officer, finance = cast.viewer("Amina Hussain"), cast.viewer("Claire Dunmore")
    actions_uplifts.recommend(request, **said, actor=officer, now=clock(days))
    actions_uplifts.decide(request, **said, actor=finance, now=clock(days + 1))
    db.session.commit()


PACKAGES = (
    ("PLC-0117", "12", 84_250, 2_200, "15", "1:1", "15", "1:1", 1_407_000, ""),
    (
        "PLC-0123",
        "12",
        91_000,
        2_200,
        "20",
        "1:2",
        "12",
        "1:2",
        1_356_000,
        "Visits fell away after the first weeks.",
    ),
    ("PLC-0131", "6.5", 96_400, 2_400, "10", "1:1", "10", "1:3", 782_600, "Three in one group."),
)


def _review_packages(cast: Cast, clock: Any, contract: Contract) -> None:
    """Three placements of a quarter; the review is not concluded yet."""
    officer, now = cast.viewer("Amina Hussain"), clock(-12)
    review = actions_packages.start(
        contract,
        cast.councils["luton"],
        clock(-110).date(),
        clock(-20).date(),
        actor=officer,
        now=now,
    )
    for placement, weeks, core, hour, agreed, ratio, given, given_ratio, paid, note in PACKAGES:
        typed = Typed(
            placement=placement,
            weeks=Decimal(weeks),
            core_pence=core,
            hour_pence=hour,
            agreed_hours=Decimal(agreed),
            agreed_ratio=ratio,
            delivered_hours=Decimal(given),
            delivered_ratio=given_ratio,
            paid_pence=paid,
            note=note,
        )
        actions_packages.save_line(review, typed, actor=officer, now=now)
    db.session.commit()
