"""How officers and Young Commissioners of the demonstration check, score and agree."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from portal import queue
from portal.access import Viewer
from portal.applications.compliance import (
    actions as actions_compliance,
    queries as queries_compliance,
)
from portal.applications.models import Application, CheckOutcome
from portal.applications.opening import actions as actions_opening
from portal.awards import (
    actions as awards,
    actions_standstill as standstill,
    queries as award_queries,
)
from portal.db import db
from portal.demo.cast import Cast, provider_of, told
from portal.evaluation import actions, queries
from portal.evaluation.asked import Asked
from portal.evaluation.models import Interest, Part, Scorer, Sheet
from portal.evaluation.moderation.actions_meetings import close_meeting, open_meeting
from portal.evaluation.practice.actions import make_practice
from portal.evidence import actions as evidence
from portal.people.models import Person
from portal.rounds.models import Round
from scoring.pack import Form
from scoring.terms import Panel

EVALUATORS = ("Daniel Reyes", "Hannah Bright", "Owen Marsh")
PAIRS = {"Pair 1": ("Comet", "Maple"), "Pair 2": ("River", "Skye")}
QUALITY = {"strong": 5, "fair": 3, "thin": 2}
YOUNG_QUALITY = {"strong": 4, "fair": 3, "thin": 1}
WEIGHED = "Looked at with the provider's explanation; nothing here stands in the way of the list."


def open_round(cast: Cast, bid_round: Round, at: datetime) -> None:
    """Two officers open together."""
    actions_opening.begin_opening(bid_round, actor=cast.viewer("Amina Hussain"), now=at)
    later = at + timedelta(minutes=4)
    actions_opening.confirm_opening(bid_round, actor=cast.viewer("Peter Lyons"), now=later)
    db.session.commit()


def check_bids(
    cast: Cast, bid_round: Round, at: datetime, failing: dict[tuple[str, str], str]
) -> None:
    """Decide every item of the compliance check.

    Args:
        failing: reasons by (provider, item) where the story wants a failure.
    """
    officer = cast.viewer("Amina Hussain")
    names = {provider.id: key for key, provider in cast.providers.items()}
    for check in queries_compliance.checks_of(bid_round, officer, at):
        bid = check.application
        for item in check.items:
            reason = failing.get((names[bid.provider_id], item.key), "")
            outcome = CheckOutcome.FAIL if reason else CheckOutcome.PASS
            if reason or item.suggested is not CheckOutcome.PASS:
                actions_compliance.record_check(
                    bid, item.lot_code, item.key, outcome, reason or WEIGHED, actor=officer, now=at
                )
        actions_compliance.record_suggested_passes(bid, actor=officer, now=at)
        actions_compliance.conclude_compliance(bid, actor=officer, now=at)
        db.session.commit()


def seat_panel(cast: Cast, bid_round: Round, at: datetime, *, pairs: Sequence[str]) -> None:
    """Name the panel, make the pairs, and start."""
    officer = cast.viewer("Amina Hussain")
    parts = [(name, Part.EVALUATOR) for name in EVALUATORS]
    parts += [("Grace Okafor", Part.MODERATOR), ("Sunita Rao", Part.SUPPORTER)]
    parts += [(name, Part.YOUNG_COMMISSIONER) for pair in pairs for name in PAIRS[pair]]
    for name, part in parts:
        actions.add_member(bid_round, cast.people[name], part, actor=officer, now=at)
    for pair in pairs:
        two = [cast.people[name] for name in PAIRS[pair]]
        actions.make_scorer(bid_round, Panel.YOUNG, two, pair, actor=officer, now=at)
    make_practice(bid_round, f"Practice: {bid_round.title}", actor=officer, now=at)
    actions.start_evaluation(bid_round, actor=officer, now=at)
    db.session.commit()


def declare_all(cast: Cast, bid_round: Round, names: Sequence[str], at: datetime) -> None:
    """Nobody named has an interest in anybody."""
    for name in names:
        for bid in queries.bids(bid_round):
            actions.declare(bid, Interest.NONE, "", actor=cast.viewer(name), now=at)
    db.session.commit()


def panel_names(pairs: Sequence[str]) -> list[str]:
    """Everybody on the panel."""
    young = [name for pair in pairs for name in PAIRS[pair]]
    return [*EVALUATORS, "Grace Okafor", "Sunita Rao", *young]


def score(
    cast: Cast, bid: Application, who: str, at: datetime, *, submit: bool = True, part: float = 1.0
) -> None:
    """One scorer fills a sheet. `who` is an evaluator or a pair."""
    actor = cast.viewer(PAIRS[who][0] if who in PAIRS else who)
    sheet = _sheet(bid, who)
    asked = queries.asked_on(sheet)
    for one in asked[: round(len(asked) * part)]:
        value = _value(cast, bid, one, who)
        actions.save_score(
            sheet,
            one.question,
            one.lot_code,
            value=value,
            abstained=False,
            reason=_reason(one.panel, value),
            seen_revision=None,
            actor=actor,
            now=at,
        )
    if submit:
        actions.submit_sheet(sheet, actor=actor, now=at)
    db.session.commit()


def _sheet(bid: Application, label: str) -> Sheet:
    return db.session.scalars(
        select(Sheet)
        .join(Sheet.scorer)
        .where(Sheet.application_id == bid.id, Scorer.label == label)
    ).one()


def _value(cast: Cast, bid: Application, asked: Asked, who: str) -> int:
    """Scorers differ by a point here and there, always in the same way."""
    key = next(name for name, one in cast.providers.items() if one.id == bid.provider_id)
    told_of = provider_of(key)
    young = asked.panel is Panel.YOUNG
    wanted = YOUNG_QUALITY[told_of["young"]] if young else QUALITY[told_of["quality"]]
    wobble = sum(map(ord, f"{asked.question}{who}{key}")) % 4
    value = wanted + (-1 if wobble == 0 else 1 if wobble == 1 else 0)
    return max(1, min(asked.scale.highest, value))


def _reason(panel: Panel, value: int) -> str:
    words: str = told("writing.yaml")[panel.value][value]
    return words


def agree(cast: Cast, bid: Application, panel: Panel, at: datetime, pairs: Sequence[str]) -> None:
    """Record the consensus of a panel for every question of a bid: the middle of its scores."""
    if panel is Panel.OFFICERS:
        actor, present = cast.viewer("Grace Okafor"), [*EVALUATORS, "Grace Okafor"]
    else:
        present = [name for pair in pairs for name in PAIRS[pair]]
        actor = cast.viewer(present[0])
    people: list[Person] = [cast.people[name] for name in present]
    for row in queries.agenda(bid.round, panel):
        if row.application.id != bid.id or row.consensus is not None:
            continue
        given = sorted(value for value in row.values if value is not None)
        value = given[len(given) // 2]
        words = told("writing.yaml")["consensus"][panel.value]
        actions.record_consensus(
            bid,
            row.asked.question,
            row.asked.lot_code,
            value=value,
            reason=words.format(reason=_reason(panel, value)),
            present=people,
            actor=actor,
            now=at,
        )
    if panel is Panel.YOUNG:
        actions.sign_off_young(bid, actor=cast.viewer("Sunita Rao"), now=at)
    db.session.commit()


def meet_and_agree(cast: Cast, bid_round: Round, at: datetime, pairs: Sequence[str]) -> None:
    """Each panel meets and agrees every score; who was there stands in the minutes."""
    young = [name for pair in pairs for name in PAIRS[pair]]
    there = {
        Panel.OFFICERS: ("Grace Okafor", [*EVALUATORS, "Grace Okafor"]),
        Panel.YOUNG: ("Sunita Rao", young),
    }
    for panel, (keeper, names) in there.items():
        actor, people = cast.viewer(keeper), [cast.people[name] for name in names]
        held = open_meeting(bid_round, people, panel=panel, actor=actor, now=at)
        for bid in queries.bids(bid_round):
            agree(cast, bid, panel, at + timedelta(hours=1), pairs)
        close_meeting(held, actor=actor, now=at + timedelta(hours=3))
    db.session.commit()


def award(cast: Cast, bid_round: Round, at: datetime) -> None:
    """Recommend, approve by every council, write and release the letters, conclude."""
    moderator: Viewer = cast.viewer("Grace Okafor")
    actions.lock_quality(bid_round, actor=moderator, now=at)
    reason = (
        "Every provider that reached the published thresholds is admitted, as the scheme says. "
        "The reasons agreed by both panels are on record for each question."
    )
    recommendation = awards.recommend(
        bid_round, reason, actor=cast.viewer("Amina Hussain"), now=at + timedelta(days=2)
    )
    approvers = {
        "luton": "Martin Ashby",
        "central-bedfordshire": "Joan Fielding",
        "bedford-borough": "Tom Whitlock",
    }
    _challenge(cast, bid_round, at + timedelta(days=3))
    decided = at + timedelta(days=9)
    for number, (slug, name) in enumerate(approvers.items(), 1):
        awards.approve(
            recommendation,
            cast.councils[slug],
            f"ODR {decided:%Y}/{number:03d}",
            declared_no_interest=True,
            actor=cast.viewer(name),
            now=decided,
        )
    db.session.commit()
    queue.run_all(decided)
    for letter in award_queries.letters_of(bid_round):
        db.session.refresh(letter)
    released = decided + timedelta(days=1)
    awards.release_letters(bid_round, actor=cast.viewer("Martin Ashby"), now=released)
    notice = f"{released:%Y}/S 000-004321"
    standstill.enter_notice(
        bid_round, notice, released, actor=cast.viewer("Amina Hussain"), now=released
    )
    awards.conclude(bid_round, released.date(), actor=cast.viewer("Amina Hussain"), now=released)
    evidence.ask(bid_round, Form.FULL, actor=cast.viewer("Amina Hussain"), now=released)
    db.session.commit()


def _challenge(cast: Cast, bid_round: Round, at: datetime) -> None:
    """A challenge is recorded, and lifted by a second person the day after."""
    placed = standstill.place_hold(
        bid_round,
        claimant="A provider that did not apply in time",
        claim_reference="LBC-2026-17",
        notified_on=at.date(),
        reason="It asks to be let in although its application came after the deadline.",
        actor=cast.viewer("Amina Hussain"),
        now=at,
    )
    standstill.lift_hold(
        placed,
        "The provider has withdrawn its letter. The list will open again.",
        actor=cast.viewer("Martin Ashby"),
        now=at + timedelta(days=1),
    )
