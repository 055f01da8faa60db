"""Evaluations for tests, told in the words of the field; panels, scores and agreements by the real verbs.

    story = an_evaluation(bids=2, evaluators=3, pairs=1)       # started, and everybody has declared
    story.with_all_sheets_in()                                  # every question a 3, every face a 3
    story.with_consensus()                                      # both panels agreed and signed off
    story.locked()                                              # with its results
    story.give(story.bids[0], story.evaluators[0], {"safeguarding": 5}); story.submit(…)

Bids are put down as the opening and the compliance check leave them. All of it needs an application
context (`session`); the clock of the pages is set to SCORING.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from portal.access import Role, Viewer
from portal.applications.models import Application, BidLot, PriceEnvelope, Submission
from portal.db import db
from portal.evaluation import actions, queries
from portal.evaluation.asked import Asked
from portal.evaluation.models import Consensus, Interest, Part, Result, Scorer, Sheet
from portal.people.models import Consent, Person
from portal.rounds.models import Round
from scoring.canonical import canonical_json, sha256_of
from scoring.stages import ApplicationLotStage, ApplicationStage, RoundStage
from scoring.terms import Panel
from tests.factories.people import LONG_AGO, a_person, viewer
from tests.factories.providers import a_provider, a_provider_admin
from tests.factories.replay import replayed
from tests.factories.rounds import AFTER_OPENING, WHILE_OPEN, a_round, an_officer

SCORING = AFTER_OPENING + timedelta(days=3)
PENCE = 1_234_567  # a price that no page of a scorer may show
REASON = "The answer meets what we asked for, with an example of last year."
YOUNG_REASON = "They say what they do and they mean it"
AGREED = "The panel agreed that the answer meets what was asked for."
_names = itertools.cycle(
    ["Oak", "Elm", "Ash", "Birch", "Cedar", "Larch", "Rowan", "Willow", "Holly", "Hazel"]
)


def an_opened_bid(
    bid_round: Round,
    name: str | None = None,
    *,
    lots: Sequence[str] = ("1A",),
    answers: Mapping[str, str] | None = None,
) -> Application:
    """A bid that passed the compliance check for these lots.

    Args:
        answers: by question key, where they differ from "<name> on <question>".
    """
    name = name or f"{next(_names)} House"
    provider = a_provider(name)
    by = a_provider_admin(provider)
    bid = Application(
        round=bid_round,
        provider=provider,
        stage=ApplicationStage.COMPLIANT,
        started_by_id=by.id,
        started_at=WHILE_OPEN,
        standing_number=1,
    )
    db.session.add(bid)
    db.session.flush()
    prices = canonical_json(
        {"rates": [{"item": "core-weekly-price", "lot": lot, "pence": PENCE} for lot in lots]}
    )
    content = canonical_json(_content(bid_round, name, lots, answers or {}, prices))
    submission = Submission(
        application_id=bid.id,
        number=1,
        content=content,
        sha256=sha256_of(content),
        received_at=WHILE_OPEN,
        submitted_by_id=by.id,
        trail_head="0" * 64,
    )
    db.session.add(submission)
    db.session.flush()
    db.session.add(
        PriceEnvelope(submission_id=submission.id, content=prices, sha256=sha256_of(prices))
    )
    for lot in bid_round.lots:
        if lot.code in lots:
            db.session.add(
                BidLot(application_id=bid.id, round_lot_id=lot.id, stage=ApplicationLotStage.PASSED)
            )
    db.session.flush()
    return bid


def _content(
    bid_round: Round, name: str, lots: Sequence[str], answers: Mapping[str, str], prices: str
) -> dict[str, Any]:
    given = []
    for section in bid_round.question_set.body["sections"]:
        for question in section["questions"]:
            for lot in lots if question.get("per_lot") else [""]:
                key = question["key"]
                text = answers.get(key, f"{name} on {key}{f' for {lot}' if lot else ''}.")
                given.append({"kind": question["kind"], "lot": lot, "question": key, "value": text})
    return {
        "answers": given,
        "documents": [],
        "format": "application-submission/1",
        "lots": list(lots),
        "prices_sha256": sha256_of(prices),
    }


def a_young_person(alias: str, council: str = "luton") -> Person:
    """A Young Commissioner with consent on record."""
    person = a_person(Role.YOUNG_COMMISSIONER, council, name=alias)
    db.session.add(
        Consent(
            person_id=person.id,
            given_by="the young person",
            given_on=LONG_AGO.date(),
            purpose="Scoring",
            recorded_by_id=person.id,
            recorded_at=LONG_AGO,
        )
    )
    db.session.flush()
    return person


@dataclass
class Evaluation:
    """A round with its bids and panel."""

    round: Round
    bids: list[Application]
    evaluators: list[Person]
    moderator: Person
    supporter: Person
    pairs: list[tuple[Person, Person]]
    lead: Viewer
    now: datetime = SCORING
    scorers: dict[str, Scorer] = field(default_factory=dict)

    @property
    def panel(self) -> list[Person]:
        young = [person for pair in self.pairs for person in pair]
        return [*self.evaluators, self.moderator, self.supporter, *young]

    @property
    def officers(self) -> list[Person]:
        return [*self.evaluators, self.moderator]

    @property
    def young(self) -> list[Person]:
        return [person for pair in self.pairs for person in pair]

    def declare(
        self, person: Person, bid: Application, interest: Interest, detail: str | None = None
    ) -> None:
        """One interest, or none."""
        if detail is None:
            detail = "" if interest is Interest.NONE else "A friend."
        actions.declare(bid, interest, detail, actor=viewer(person), now=self.now)

    @replayed
    def declare_none(self, *people: Person) -> "Evaluation":
        """These people (everybody, when nobody is named) have no interest in anybody."""
        for person in people or self.panel:
            for bid in self.bids:
                actions.declare(bid, Interest.NONE, "", actor=viewer(person), now=self.now)
        return self

    def sheet(self, bid: Application, person: Person) -> Sheet:
        """The sheet that somebody fills for a bid, alone or in their pair."""
        for scorer in queries.scorers(self.round):
            if person.id in {one.person_id for one in scorer.people}:
                found = queries.sheet_for(scorer, bid)
                assert found is not None
                return found
        raise AssertionError(f"{person.name} does not score")

    def give(
        self,
        bid: Application,
        person: Person,
        scores: Mapping[str, int | None] | int = 3,
        *,
        reason: str | None = None,
    ) -> Sheet:
        """Score every question of a sheet.

        Args:
            scores: one for all, or by question key (3 for the rest); None is an abstention.
        """
        sheet = self.sheet(bid, person)
        for one in queries.asked_on(sheet):
            self.give_one(sheet, person, one, _of(scores, one), reason=reason)
        return sheet

    def give_one(
        self,
        sheet: Sheet,
        person: Person,
        asked: Asked,
        value: int | None,
        *,
        reason: str | None = None,
    ) -> None:
        """Score one question."""
        kept = queries.score_of(sheet, asked.key)
        usual = YOUNG_REASON if asked.panel is Panel.YOUNG else REASON
        actions.save_score(
            sheet,
            asked.question,
            asked.lot_code,
            value=value,
            abstained=value is None,
            reason=usual if reason is None else reason,
            seen_revision=kept.revision if kept else None,
            actor=viewer(person),
            now=self.now,
        )

    def submit(self, bid: Application, person: Person) -> Sheet:
        """Hand in a sheet."""
        sheet = self.sheet(bid, person)
        actions.submit_sheet(sheet, actor=viewer(person), now=self.now)
        return sheet

    @replayed
    def with_all_sheets_in(
        self, scores: Mapping[str, int | None] | int = 3, *, but: Sequence[Person] = ()
    ) -> "Evaluation":
        """Everybody (but these) has scored and submitted everything that is open to them."""
        scoring = [*self.evaluators, *(pair[0] for pair in self.pairs)]
        for person in scoring:
            closed = queries.standing(viewer(person), self.round).closed
            for bid in self.bids:
                if person not in but and bid.id not in closed:
                    self.give(bid, person, scores)
                    self.submit(bid, person)
        return self

    def agree(
        self,
        bid: Application,
        asked: Asked,
        value: int = 3,
        *,
        by: Person | None = None,
        present: Sequence[Person] | None = None,
        reason: str = AGREED,
        why_outside: str = "",
        dissent: str = "",
    ) -> Consensus:
        """Record what a panel agreed."""
        is_young = asked.panel is Panel.YOUNG
        out = queries.kept_out(self.round)
        there = [
            person
            for person in (self.young if is_young else self.officers)
            if (person.id, bid.id) not in out
        ]
        kept = queries.consensus_of([bid.id]).get((bid.id, asked.key))
        return actions.record_consensus(
            bid,
            asked.question,
            asked.lot_code,
            value=value,
            reason=reason,
            present=there if present is None else present,
            seen_revision=kept.revision if kept else None,
            why_outside=why_outside,
            dissent=dissent,
            actor=viewer(by or (self.young[0] if is_young else self.moderator)),
            now=self.now,
        )

    @replayed
    def with_consensus(self, scores: Mapping[str, int] | int = 3) -> "Evaluation":
        """Both panels agreed on everything, and the young people's view is signed off."""
        if not queries.agenda(self.round, Panel.OFFICERS)[0].is_ready:
            self.with_all_sheets_in(scores)
        for bid in self.bids:
            for asked in queries.asked_of(bid):
                value = _of(scores, asked)
                assert value is not None
                self.agree(bid, asked, value)
            actions.sign_off_young(bid, actor=viewer(self.supporter), now=self.now)
        return self

    @replayed
    def locked(self, scores: Mapping[str, int] | int = 3) -> list[Result]:
        """Quality is locked and the results are computed."""
        if not queries.sign_offs([self.bids[0].id]):
            self.with_consensus(scores)
        return actions.lock_quality(self.round, actor=viewer(self.moderator), now=self.now)


def _of(scores: Mapping[str, int | None] | int, asked: Asked) -> int | None:
    return scores if isinstance(scores, int) else scores.get(asked.question, 3)


def a_panel(
    bid_round: Round, evaluators: int = 3, pairs: int = 1, *, lead: Viewer | None = None
) -> Evaluation:
    """A round with a whole panel and no bids yet; the evaluation has not started."""
    by = lead or an_officer()
    story = Evaluation(
        round=bid_round,
        bids=[],
        evaluators=[a_person(Role.EVALUATOR) for _ in range(evaluators)],
        moderator=a_person(Role.MODERATOR),
        supporter=a_person(Role.PARTICIPATION_OFFICER),
        pairs=[
            (a_young_person(f"Comet {at}"), a_young_person(f"River {at}"))
            for at in range(1, pairs + 1)
        ],
        lead=by,
    )
    parts = [(person, Part.EVALUATOR) for person in story.evaluators]
    parts += [(story.moderator, Part.MODERATOR), (story.supporter, Part.SUPPORTER)]
    parts += [(person, Part.YOUNG_COMMISSIONER) for person in story.young]
    for person, part in parts:
        actions.add_member(bid_round, person, part, actor=by, now=SCORING)
    for at, pair in enumerate(story.pairs, start=1):
        actions.make_scorer(bid_round, Panel.YOUNG, pair, f"Pair {at}", actor=by, now=SCORING)
    return story


@replayed
def an_evaluation(
    bids: int = 2,
    evaluators: int = 3,
    pairs: int = 1,
    *,
    lots: Sequence[str] = ("1A",),
    blind: bool = False,
    declared: bool = True,
    started: bool = True,
    names: Sequence[str] | None = None,
) -> Evaluation:
    """An evaluation that has just started; everybody has declared that they have no interest.

    Args:
        lots: of every bid.
        names: of the bidders, instead of a number of them.
    """
    bid_round = a_round(RoundStage.OPENED, lots=["1A", "2A", "2B"], blind=blind)
    story = a_panel(bid_round, evaluators, pairs)
    wanted = list(names) if names else [None] * bids
    story.bids = [an_opened_bid(bid_round, name, lots=lots) for name in wanted]
    if started:
        actions.start_evaluation(bid_round, actor=story.lead, now=SCORING)
    if started and declared:
        story.declare_none()
    db.session.commit()
    return story
