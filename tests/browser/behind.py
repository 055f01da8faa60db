"""What only repeats what was walked through already, done by the verbs that the pages call."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.access import Role
from portal.applications import actions_offers, queries as applications
from portal.applications.compliance import (
    actions as actions_compliance,
    queries as queries_compliance,
)
from portal.applications.models import Application, CheckOutcome
from portal.awards import actions as deciding, queries as awards
from portal.db import db
from portal.demo.papers import small_pdf
from portal.documents import actions as documents
from portal.evaluation import actions as evaluation, queries
from portal.evaluation.models import Interest, Part, Sheet
from portal.people import actions_young
from portal.people.models import Person
from portal.providers.models import ServiceKind
from portal.rounds.models import Round
from scoring.stages import SheetStage
from scoring.terms import Panel
from tests.browser.bidding import IN_ORDER
from tests.browser.live import Live
from tests.factories.applications import a_submitted, answer_the_rest
from tests.factories.evaluation import Evaluation
from tests.factories.people import a_council, a_person, viewer
from tests.factories.providers import a_provider, a_provider_admin
from tests.journeys.judging import AGREED, REASON, YOUNG_REASON

Scores = Callable[[str, str, str], int]  # scorer, bidder and question to a score


def an_evaluator(live: Live, name: str, council: str) -> None:
    """One more officer of another council who scores."""
    with live.inside():
        person = a_person(Role.EVALUATOR, council, name=name)
        live.town.people[name] = person.id


def a_young_commissioner(live: Live, alias: str) -> None:
    """One more alias, with consent and a card."""
    with live.inside():
        told: dict[str, Any] = {"actor": live.viewer("Sunita"), "now": live.now}
        person = actions_young.create_young_commissioner(alias, a_council("luton"), **told)
        day = live.now.date()
        actions_young.record_consent(person, "the young person", day, "To score.", **told)
        made = actions_young.make_card(person, **told)
        live.town.secrets[alias] = f"{made.token} {made.pin}"
    live.knows(alias)


def a_council_of(live: Live, slug: str, title: str, approver: str) -> None:
    """One more council, with somebody who approves for it."""
    with live.inside():
        a_council(slug, name=title)
        live.town.people[approver] = a_person(Role.APPROVER, slug, name=approver).id


def an_agency(live: Live, name: str, admin: str) -> None:
    """A fostering agency with an administrator."""
    with live.inside():
        there = a_provider(name, service=ServiceKind.FOSTERING)
        live.town.people[admin] = a_provider_admin(there, name=admin).id


def others_apply(live: Live, round_ref: str, bidders: dict[str, int]) -> None:
    """Further providers for one lot, each with its core price in pence."""
    for name, pence in bidders.items():
        prices = {"core-weekly-price": pence, "extra-support-hour": 2_000}
        another_applies(live, round_ref, name, "1A", prices)


def another_applies(
    live: Live, round_ref: str, name: str, lot: str, prices: Mapping[str, int | None]
) -> None:
    """One more provider, for one lot, with its prices in pence by item."""
    with live.inside():
        admin = viewer(a_provider_admin(a_provider(name)))
        a_submitted(_round(round_ref), by=admin, lots=[lot], now=live.now, prices=prices)


def write_the_rest(live: Live, name: str, application_ref: str) -> None:
    """Every question of the form that has no answer yet."""
    with live.inside():
        bid = applications.application(application_ref, live.viewer(name))
        answer_the_rest(bid, by=live.viewer(name), now=live.now)


def attach_the_rest(live: Live, name: str, application_ref: str) -> int:
    """Every further paper that is asked for now; returns how many."""
    with live.inside():
        told: dict[str, Any] = {"actor": live.viewer(name), "now": live.now}
        bid = applications.application(application_ref, told["actor"])
        copy = applications.working_copy_of(bid, live.now.date())
        lines = [
            line
            for line in copy.document_lines
            if line["required"]
            and line["stage"] == "submission"
            and line["key"] not in copy.attached
        ]
        for line in lines:
            staged = documents.stage_file(small_pdf(line["title"]), f"{line['key']}.pdf")
            paper = (line["type"], line["title"], staged, date(2029, 3, 31))
            version = documents.add_version(bid.provider, *paper, **told)
            actions_offers.attach_document(bid, line["key"], version, **told)
        return len(lines)


def decide_every_item(
    live: Live, round_ref: str, bidders: Sequence[str], *, conclude: bool = False
) -> None:
    """Weigh what is left to weigh in the compliance check of these bids."""
    with live.inside():
        told: dict[str, Any] = {"actor": live.viewer("Amina"), "now": live.now}
        checks = queries_compliance.checks_of(_round(round_ref), told["actor"], live.now)
        for check in checks:
            if check.application.provider.name in bidders:
                for item in check.undecided:
                    place = (item.lot_code, item.key, CheckOutcome.PASS, IN_ORDER)
                    actions_compliance.record_check(check.application, *place, **told)
                if conclude:
                    actions_compliance.conclude_compliance(check.application, **told)


def _round(ref: str) -> Round:
    return db.session.scalars(select(Round).where(Round.ref == ref)).one()


def _panel(live: Live, round_ref: str) -> Evaluation:
    """The panel as it was seated through the pages (`inside`)."""
    bid_round = _round(round_ref)
    bids = db.session.scalars(select(Application).order_by(Application.id)).unique()
    by_part: dict[Part, list[Person]] = {part: [] for part in Part}
    for member in queries.members(bid_round):
        by_part[member.part].append(member.person)
    pairs = [
        tuple(one.person for one in scorer.people)
        for scorer in queries.scorers(bid_round)
        if scorer.panel is Panel.YOUNG
    ]
    return Evaluation(
        round=bid_round,
        bids=list(bids),
        evaluators=by_part[Part.EVALUATOR],
        moderator=by_part[Part.MODERATOR][0],
        supporter=by_part[Part.SUPPORTER][0],
        pairs=pairs,
        lead=live.viewer("Amina"),
        now=live.now,
    )


def declare_no_interest(live: Live, round_ref: str, names: Sequence[str]) -> None:
    with live.inside():
        story = _panel(live, round_ref)
        for name in names:
            for bid in story.bids:
                story.declare(live.person(name), bid, Interest.NONE, "")


def score_the_rest(live: Live, round_ref: str, scores: Scores, *, but: str = "") -> None:
    """Every question without a score, and every sheet that is not in.

    Args:
        but: the address of a sheet that is filled and left to its scorer to submit.
    """
    with live.inside():
        story = _panel(live, round_ref)
        kept_out = queries.kept_out(story.round)
        for person in [*story.evaluators, *(pair[0] for pair in story.pairs)]:
            for bid in story.bids:
                if (person.id, bid.id) in kept_out:
                    continue
                sheet = story.sheet(bid, person)
                if sheet.stage is SheetStage.SUBMITTED:
                    continue
                _fill(story, sheet, person, scores)
                if not but.endswith(sheet.ref):
                    story.submit(bid, person)


def _fill(story: Evaluation, sheet: Sheet, person: Person, scores: Scores) -> None:
    bidder, is_young = sheet.application.provider.name, person in story.young
    for asked in queries.asked_on(sheet):
        if queries.score_of(sheet, asked.key) is None:
            value = 3 if is_young else scores(person.name, bidder, asked.question)
            reason = YOUNG_REASON if is_young else REASON
            story.give_one(sheet, person, asked, value, reason=reason)


def agree_the_rest(live: Live, round_ref: str, panel: Panel) -> int:
    """The middle score of every question that is not agreed yet; returns how many."""
    with live.inside():
        story = _panel(live, round_ref)
        rows = [row for row in queries.agenda(story.round, panel) if row.consensus is None]
        for row in rows:
            values = sorted(one.value for one in row.given if one.value is not None)
            reason = AGREED if panel is Panel.OFFICERS else "We all think so"
            story.agree(row.application, row.asked, values[len(values) // 2], reason=reason)
        return len(rows)


def sign_off_the_rest(live: Live, round_ref: str) -> None:
    """The Participation Officer's word on the other bids."""
    with live.inside():
        story = _panel(live, round_ref)
        signed = queries.sign_offs([bid.id for bid in story.bids])
        for bid in story.bids:
            if bid.id not in signed:
                evaluation.sign_off_young(bid, actor=viewer(story.supporter), now=live.now)


def approve(live: Live, round_ref: str, name: str, council: str) -> None:
    """One more council approves its part."""
    with live.inside():
        told: dict[str, Any] = {"actor": live.viewer(name), "now": live.now}
        found = awards.recommendation_of(_round(round_ref))
        deciding.approve(
            found, a_council(council), "ODR 2027/100", declared_no_interest=True, **told
        )
