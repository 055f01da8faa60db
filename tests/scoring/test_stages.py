from datetime import UTC, datetime, timedelta

import pytest

from scoring.rules import RuleBroken
from scoring.stages import (
    APPLICATION,
    APPLICATION_LOT,
    DOCUMENT_CHECK,
    LIVES,
    MEMBERSHIP,
    RECOMMENDATION,
    ROUND,
    SHEET,
    ApplicationLotStage,
    ApplicationStage,
    CheckStage,
    InvitationStage,
    MembershipStage,
    RecommendationStage,
    RoundFacts,
    RoundStage,
    SheetStage,
    ends,
    invitation_stage_at,
    is_late,
    may_open,
    move,
    opening_refusal,
    opens_at,
    round_stage_at,
    verbs_from,
)

DEADLINE = datetime(2027, 3, 4, 12, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
FACTS = RoundFacts(
    RoundStage.PUBLISHED,
    questions_open_at=DEADLINE - timedelta(days=30),
    questions_close_at=DEADLINE - timedelta(days=10),
    deadline_at=DEADLINE,
)


def walk(life, *verbs):
    stage = life.start
    for verb in verbs:
        stage = move(life, stage, verb)
    return stage


def following(life, stage):
    """Return every stage that a person or the clock can bring about from here."""
    return {after for (before, _), after in life.moves.items() if before is stage} | set(
        life.clock.get(stage, ())
    )


@pytest.mark.parametrize("life", LIVES.values(), ids=LIVES)
class TestEveryLife:
    def test_every_stage_has_a_way_out_or_is_an_end(self, life):
        for stage in type(life.start):
            assert bool(following(life, stage)) != ends(life, stage), stage

    def test_every_stage_can_be_reached(self, life):
        reached, waiting = set(), [life.start]
        while waiting:
            stage = waiting.pop()
            if stage not in reached:
                reached.add(stage)
                waiting += following(life, stage)
        assert reached == set(type(life.start))

    def test_whatever_the_table_does_not_list_is_refused_by_name(self, life):
        verbs = {verb for _, verb in life.moves}
        for stage in type(life.start):
            for verb in verbs - set(verbs_from(life, stage)):
                with pytest.raises(RuleBroken) as refusal:
                    move(life, stage, verb)
                assert refusal.value.code == f"{life.name}:{verb}:not-allowed"

    def test_verbs_are_plain_words(self, life):
        assert all(verb.replace("-", "").isalpha() and verb.islower() for _, verb in life.moves)


class TestRound:
    def test_goes_from_draft_to_conclusion(self):
        way = [
            "publish",
            "open",
            "evaluate",
            "lock",
            "recommend",
            "approve",
            "stand-still",
            "conclude",
        ]
        assert walk(ROUND, *way) is RoundStage.CONCLUDED

    def test_concludes_without_a_standstill_where_that_is_voluntary(self):
        way = ["publish", "open", "evaluate", "lock", "recommend", "approve", "conclude"]
        assert walk(ROUND, *way) is RoundStage.CONCLUDED

    def test_comes_back_to_moderation_when_an_approver_returns_it(self):
        assert move(ROUND, RoundStage.RECOMMENDED, "return") is RoundStage.MODERATED

    @pytest.mark.parametrize("stage", [stage for stage in RoundStage if not ends(ROUND, stage)])
    def test_can_be_cancelled_before_its_conclusion(self, stage):
        assert move(ROUND, stage, "cancel") is RoundStage.CANCELLED

    def test_is_never_cancelled_after_it(self):
        with pytest.raises(RuleBroken, match="This round is concluded"):
            move(ROUND, RoundStage.CONCLUDED, "cancel")

    def test_is_not_opened_while_it_takes_questions(self):
        with pytest.raises(RuleBroken, match="open for questions"):
            move(ROUND, RoundStage.OPEN_FOR_QUESTIONS, "open")

    def test_skips_nothing(self):
        with pytest.raises(RuleBroken):
            move(ROUND, RoundStage.OPENED, "lock")


class TestApplication:
    def test_is_submitted_again_and_the_later_one_replaces_the_earlier(self):
        assert walk(APPLICATION, "submit", "submit") is ApplicationStage.SUBMITTED

    def test_is_withdrawn_and_submitted_again(self):
        assert walk(APPLICATION, "submit", "withdraw", "submit") is ApplicationStage.SUBMITTED

    def test_is_admitted(self):
        way = ("submit", "open", "pass", "evaluate", "admit")
        assert walk(APPLICATION, *way) is ApplicationStage.ADMITTED

    def test_is_refused_at_the_compliance_check(self):
        assert walk(APPLICATION, "submit", "open", "fail") is ApplicationStage.NOT_COMPLIANT

    def test_a_draft_lapses_and_is_never_opened(self):
        assert walk(APPLICATION, "lapse") is ApplicationStage.LAPSED
        with pytest.raises(RuleBroken):
            move(APPLICATION, ApplicationStage.DRAFT, "open")

    def test_an_opened_one_is_not_withdrawn(self):
        with pytest.raises(RuleBroken, match="This application is opened"):
            move(APPLICATION, ApplicationStage.OPENED, "withdraw")


class TestOtherLives:
    def test_a_lot_is_decided_by_itself(self):
        assert walk(APPLICATION_LOT, "pass", "admit") is ApplicationLotStage.ADMITTED
        assert walk(APPLICATION_LOT, "pass", "refuse") is ApplicationLotStage.NOT_ADMITTED
        assert walk(APPLICATION_LOT, "withdraw", "apply", "fail") is ApplicationLotStage.FAILED

    def test_a_sheet_is_given_back(self):
        assert walk(SHEET, "submit", "give-back") is SheetStage.DRAFT
        with pytest.raises(RuleBroken):
            walk(SHEET, "submit", "submit")

    def test_a_document_check_can_be_put_right(self):
        assert walk(DOCUMENT_CHECK, "accept", "reject", "accept") is CheckStage.ACCEPTED

    def test_a_membership_is_suspended_and_lifted(self):
        assert walk(MEMBERSHIP, "suspend", "lift", "end") is MembershipStage.ENDED
        with pytest.raises(RuleBroken):
            walk(MEMBERSHIP, "end", "lift")

    def test_a_returned_recommendation_is_made_again(self):
        way = ("recommend", "return", "recommend", "approve")
        assert walk(RECOMMENDATION, *way) is RecommendationStage.APPROVED

    def test_an_invitation_expires_by_the_clock(self):
        sent, accepted = InvitationStage.SENT, InvitationStage.ACCEPTED
        assert invitation_stage_at(sent, DEADLINE, DEADLINE - INSTANT) is sent
        assert invitation_stage_at(sent, DEADLINE, DEADLINE) is InvitationStage.EXPIRED
        assert invitation_stage_at(accepted, DEADLINE, DEADLINE) is accepted


class TestTheClock:
    @pytest.mark.parametrize(
        ("boundary", "before", "at"),
        [
            (FACTS.questions_open_at, "published", "open-for-questions"),
            (FACTS.questions_close_at, "open-for-questions", "questions-closed"),
            (FACTS.deadline_at, "questions-closed", "deadline-passed"),
        ],
    )
    def test_moves_a_published_round_at_the_very_moment(self, boundary, before, at):
        assert round_stage_at(FACTS, boundary - INSTANT) == before
        assert round_stage_at(FACTS, boundary) == at

    def test_opens_for_questions_at_once_when_no_date_is_set(self):
        facts = RoundFacts(RoundStage.PUBLISHED, deadline_at=DEADLINE)
        assert round_stage_at(facts, DEADLINE - INSTANT) is RoundStage.OPEN_FOR_QUESTIONS

    @pytest.mark.parametrize(
        "stage", [one for one in RoundStage if one is not RoundStage.PUBLISHED]
    )
    def test_leaves_what_people_did(self, stage):
        facts = RoundFacts(stage, deadline_at=DEADLINE)
        assert round_stage_at(facts, DEADLINE + timedelta(days=999)) is stage

    def test_calls_a_submission_at_exactly_the_deadline_late(self):
        assert not is_late(DEADLINE - INSTANT, DEADLINE)
        assert is_late(DEADLINE, DEADLINE)


class TestOpening:
    def refused(self, now, facts=FACTS, wait_minutes=5, in_flight=0):
        refusal = opening_refusal(facts, now, wait_minutes=wait_minutes, in_flight=in_flight)
        return refusal and refusal.code

    def test_is_possible_five_minutes_after_the_deadline(self):
        first = opens_at(DEADLINE, 5)
        assert first == DEADLINE + timedelta(minutes=5)
        assert may_open(FACTS, first, wait_minutes=5, in_flight=0)
        assert self.refused(first) is None

    def test_is_refused_before_the_deadline_and_within_the_wait(self):
        assert self.refused(DEADLINE - INSTANT) == "round:open:before-deadline"
        assert self.refused(DEADLINE) == "round:open:too-early"
        assert self.refused(DEADLINE + timedelta(minutes=5) - INSTANT) == "round:open:too-early"

    def test_waits_for_a_submission_in_flight(self):
        late = DEADLINE + timedelta(hours=1)
        assert self.refused(late, in_flight=1) == "round:open:in-flight"
        assert not may_open(FACTS, late, wait_minutes=5, in_flight=1)

    def test_needs_a_deadline(self):
        assert (
            self.refused(DEADLINE, RoundFacts(RoundStage.PUBLISHED)) == "round:open:before-deadline"
        )

    @pytest.mark.parametrize(
        "stage", [one for one in RoundStage if one is not RoundStage.PUBLISHED]
    )
    def test_happens_once_and_to_published_rounds_only(self, stage):
        facts = RoundFacts(stage, deadline_at=DEADLINE)
        assert self.refused(DEADLINE + timedelta(days=1), facts) == "round:open:not-allowed"
