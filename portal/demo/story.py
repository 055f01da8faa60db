"""The story, in the order in which it happened: five openings of one list, and fostering tenders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select

from portal import queue
from portal.content.actions import load_defaults
from portal.days import LONDON
from portal.db import db
from portal.demo import (
    caring,
    clarifying,
    contracting,
    costing,
    following,
    frameworks,
    gathering,
    homes,
    judging,
    library,
    measuring,
    outcomes,
    own_kpis,
    pricing,
    reckoning,
    rehearsing,
    replacing,
    turning,
    visiting,
)
from portal.demo.bidding import apply
from portal.demo.cast import SYSTEM, Cast, gather
from portal.evaluation import queries as evaluation
from portal.people.models import Council
from portal.rounds import actions as rounds
from portal.rounds.models import Agreement, Round
from scoring import restating
from scoring.contract_terms import ExtensionTerms
from scoring.terms import Panel
from scoring.uplifts import UpliftRule

TEMPLATE = "apl-16plus"
TENDER = "fostering-tender"
UPLIFTS = {TEMPLATE: UpliftRule("CPIH", 10, 300), TENDER: UpliftRule("CPIH", 9, 400)}
EXTENSIONS = {TEMPLATE: ExtensionTerms((24,), 6), TENDER: ExtensionTerms((12, 12), 6)}


def is_told() -> bool:
    """Whether this database has a story already."""
    return db.session.scalar(select(Council.id).limit(1)) is not None


@dataclass(slots=True)
class Clock:
    """Days before and after today, at an hour of the day in London."""

    now: datetime

    def __call__(self, days: int, hour: int = 10) -> datetime:
        day = self.now.astimezone(LONDON).date() + timedelta(days=days)
        return datetime.combine(day, time(hour), tzinfo=LONDON)


def tell(now: datetime) -> None:
    """Tell everything up to now."""
    clock = Clock(now)
    load_defaults(actor=SYSTEM, now=clock(-470))
    db.session.commit()
    cast = gather(clock(-465))
    first = _concluded(cast, clock)
    _in_evaluation(cast, clock, first.agreement)
    _waiting(cast, clock, first.agreement)
    _open(cast, clock, first.agreement)
    _draft(cast, clock, first.agreement)
    _priced_tender(cast, clock)
    tender = _tender(cast, clock)
    _next_tender(cast, clock, tender)
    turning.tell(cast, clock)
    replacing.tell(cast, clock)
    kept = homes.tell(cast, clock)
    library.tell(cast, clock, kept)
    outcomes.tell(cast, clock)
    following.follow_up(cast, clock)
    gathering.gather(cast, clock)
    caring.care(cast, clock)
    measuring.measure(cast, first.agreement, now)
    visiting.visit(cast, clock, kept)
    costing.bring_in_placements(cast, clock(-20, 9))
    contracting.keep_a_contract(cast, clock)
    frameworks.keep_one(cast, clock)
    own_kpis.write(cast, clock)
    reckoning.reckon(cast, clock)
    queue.run_all(now)


def _round(
    cast: Cast,
    title: str,
    lots: Sequence[str],
    *,
    published: datetime,
    deadline: datetime,
    agreement: Agreement | None = None,
    template: str = TEMPLATE,
    list_title: str | None = None,
    in_points: bool = False,
) -> Round:
    officer = cast.viewer("Amina Hussain")
    before = published - timedelta(days=7)
    bid_round = rounds.create_from_template(
        template,
        agreement=agreement,
        list_title=list_title,
        title=title,
        lot_codes=lots,
        actor=officer,
        now=before,
    )
    rounds.change_uplift_rule(bid_round, UPLIFTS[template], actor=officer, now=before)
    rounds.change_details(
        bid_round,
        bid_round.title,
        bid_round.summary,
        bid_round.contact_email,
        blind=bid_round.blind,
        list_years=bid_round.list_years,
        extension_terms=EXTENSIONS[template],
        actor=officer,
        now=before,
    )
    if in_points:
        stated = restating.in_points(bid_round.scheme.body)
        rounds.change_content(bid_round, "scheme", stated, actor=officer, now=before)
    questions = deadline - timedelta(days=10)
    rounds.change_timetable(bid_round, published, questions, deadline, actor=officer, now=before)
    notice = f"2026/S 000-{bid_round.id:06d}"
    rounds.publish(bid_round, notice, before, actor=officer, now=published)
    db.session.commit()
    return bid_round


def _concluded(cast: Cast, clock: Clock) -> Round:
    """The first opening of the list: five bids, one of them not compliant, one not admitted."""
    lots = ["1A", "2A", "3A", "1B", "2B", "3B"]
    bid_round = _round(
        cast,
        "16+ list, first opening",
        lots,
        published=clock(-450),
        deadline=clock(-415, 12),
    )
    bids = {
        "harbour": ["1A", "2A", "2B"],
        "oakbridge": ["1A", "2A", "2B"],
        "northgate": ["1A", "2A", "2B"],
        "willow": ["1A", "2A"],
        "brightpath": ["1A"],
        "cedar": ["2B"],
    }
    for days, (key, wanted) in enumerate(bids.items()):
        apply(cast, bid_round, key, wanted, clock(-430 + days))
    judging.open_round(cast, bid_round, clock(-415, 13))
    reason = "The accounts are for one year only, and no forecast for this year was given."
    judging.check_bids(cast, bid_round, clock(-411), {("cedar", "document:accounts"): reason})
    judging.seat_panel(cast, bid_round, clock(-408), pairs=["Pair 1"])
    judging.declare_all(cast, bid_round, judging.panel_names(["Pair 1"]), clock(-407))
    for bid in evaluation.bids(bid_round):
        for who in (*judging.EVALUATORS, "Pair 1"):
            judging.score(cast, bid, who, clock(-400))
        for panel in Panel:
            judging.agree(cast, bid, panel, clock(-392), ["Pair 1"])
    judging.award(cast, bid_round, clock(-391))
    return bid_round


def _in_evaluation(cast: Cast, clock: Clock, agreement: Agreement) -> None:
    """A second opening, being scored: one bid is ready to be moderated, the others are not."""
    bid_round = _round(
        cast,
        "16+ list, summer opening",
        ["2A", "3A", "2B", "3B"],
        published=clock(-60),
        deadline=clock(-24, 12),
        agreement=agreement,
    )
    for days, (key, wanted) in enumerate(
        {"cedar": ["2B", "3B"], "willow": ["2A", "3B"], "brightpath": ["2A", "3A"]}.items()
    ):
        apply(cast, bid_round, key, wanted, clock(-40 + days))
    judging.open_round(cast, bid_round, clock(-24, 13))
    clarifying.ask_a_bidder(cast, bid_round, "willow", clock, -23)
    judging.check_bids(cast, bid_round, clock(-21), {})
    pairs = ["Pair 1", "Pair 2"]
    judging.seat_panel(cast, bid_round, clock(-18), pairs=pairs)
    ready = [name for name in judging.panel_names(pairs) if name not in {"River", "Skye"}]
    judging.declare_all(cast, bid_round, ready, clock(-17))
    judging.declare_all(cast, bid_round, ["River", "Skye"], clock(-16))
    rehearsing.tell(cast, bid_round, clock(-15))
    by_name = {bid.provider.name: bid for bid in evaluation.bids(bid_round)}
    cedar, willow = by_name["Cedar House Support"], by_name["Willow and Stone Housing"]
    for who in (*judging.EVALUATORS, *pairs):
        judging.score(cast, cedar, who, clock(-10))
    for who in ("Daniel Reyes", "Hannah Bright", "Pair 1"):
        judging.score(cast, willow, who, clock(-8))
    judging.score(cast, willow, "Owen Marsh", clock(-3), submit=False, part=0.5)


def _waiting(cast: Cast, clock: Clock, agreement: Agreement) -> None:
    """A third opening whose deadline has passed: two officers can open it."""
    lots = ["1A", "2A"]
    bid_round = _round(
        cast,
        "16+ list, autumn opening",
        lots,
        published=clock(-40),
        deadline=clock(-1, 12),
        agreement=agreement,
    )
    apply(cast, bid_round, "northgate", ["1A"], clock(-6))
    apply(cast, bid_round, "brightpath", ["1A", "2A"], clock(-5))
    apply(cast, bid_round, "cedar", ["2A"], clock(-4), submit=False, part=0.4)


def _open(cast: Cast, clock: Clock, agreement: Agreement) -> None:
    """A fourth opening that providers can apply for: one has submitted, one is in the middle."""
    lots = ["1A", "2A", "3A", "1B", "2B", "3B"]
    bid_round = _round(
        cast,
        "16+ list, winter opening",
        lots,
        published=clock(-12),
        deadline=clock(23, 12),
        agreement=agreement,
    )
    apply(cast, bid_round, "oakbridge", ["3A", "2B"], clock(-3))
    apply(cast, bid_round, "harbour", ["1A", "2A"], clock(-2), submit=False, part=0.6)
    clarifying.ask_the_council(cast, bid_round, clock)


def _draft(cast: Cast, clock: Clock, agreement: Agreement) -> None:
    """A fifth opening that is being prepared."""
    rounds.create_from_template(
        TEMPLATE,
        agreement=agreement,
        title="16+ list, spring opening",
        actor=cast.viewer("Amina Hussain"),
        now=clock(-1, 9),
    )
    db.session.commit()


def _priced_tender(cast: Cast, clock: Clock) -> None:
    """A fostering tender in points whose prices are open: ranked, a low price explained and kept."""
    lots = ["F1", "F3"]
    bid_round = _round(
        cast,
        "Fostering tender 2026",
        lots,
        published=clock(-120),
        deadline=clock(-80, 12),
        template=TENDER,
        list_title="Fostering framework of 2026",
        in_points=True,
    )
    bids = {"kestrel": lots, "lantern": ["F1"], "saltmarsh": ["F1"]}
    for days, (key, wanted) in enumerate(bids.items()):
        apply(cast, bid_round, key, wanted, clock(-90 + days))
    judging.open_round(cast, bid_round, clock(-80, 13))
    judging.check_bids(cast, bid_round, clock(-76), {})
    pairs = ["Pair 1", "Pair 2"]
    judging.seat_panel(cast, bid_round, clock(-72), pairs=pairs)
    judging.declare_all(cast, bid_round, judging.panel_names(pairs), clock(-71))
    for bid in evaluation.bids(bid_round):
        for who in (*judging.EVALUATORS, *pairs):
            judging.score(cast, bid, who, clock(-60))
    judging.meet_and_agree(cast, bid_round, clock(-50), pairs)
    pricing.open_prices(cast, bid_round, clock(-48))
    pricing.explain_and_keep(cast, bid_round, "saltmarsh", clock(-47))


def _tender(cast: Cast, clock: Clock) -> Round:
    """A fostering tender of four councils that is open: one agency has submitted, one is writing."""
    bid_round = _round(
        cast,
        "Fostering tender 2027",
        ["F1", "F2", "F3", "F4", "F5"],
        published=clock(-15),
        deadline=clock(31, 12),
        template=TENDER,
    )
    apply(cast, bid_round, "kestrel", ["F1", "F3", "F4"], clock(-4))
    apply(cast, bid_round, "lantern", ["F1", "F2", "F5"], clock(-2), submit=False, part=0.6)
    return bid_round


def _next_tender(cast: Cast, clock: Clock, tender: Round) -> None:
    """Its re-opening for two lots is being prepared, from the first one, with weights of its own."""
    officer = cast.viewer("Amina Hussain")
    now = clock(-1, 11)
    draft = rounds.create_from_round(
        tender, title="Fostering tender, re-opening of two lots", actor=officer, now=now
    )
    rounds.change_lots(draft, ["F2", "F5"], actor=officer, now=now)
    db.session.commit()
