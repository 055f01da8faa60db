"""Who asks, who answers, and who learns who asked: for the verbs and the pages alike.

| who                                          | may                                                  |
| -------------------------------------------- | ---------------------------------------------------- |
| anybody                                      | read what is published                               |
| a provider's people                          | ask while questions are taken; withdraw until the    |
|                                              | deadline; read their own organisation's questions    |
| commissioners of the lead council            | answer, group, decline, publish, correct             |
| commissioners of the other councils, auditors| read the questions and what is being drafted         |
| those two, once the round is opened          | read who asked                                       |
| everybody else at a council                  | no more than anybody                                 |

Before the opening nobody at a council learns who asked, by no page, file, mail, log or trail.
"""

from datetime import datetime

from portal.access import Decision, Permission, Role, Viewer, allowed, denied
from portal.rounds import policy
from portal.rounds.models import Round
from portal.rounds.models_clarifications import ClarificationQuestion
from scoring.clarifications import answering_refusal, asking_refusal, question_stage_at
from scoring.stages import QuestionStage, words


def may_ask(viewer: Viewer, bid_round: Round, provider_id: int, received_at: datetime) -> Decision:
    """Anybody who writes applications for a provider asks for it, while the clock takes questions."""
    if not viewer.may(Permission.APPLICATION_EDIT) or provider_id not in viewer.provider_ids:
        return denied("Only people of a provider can ask a question for it.")
    refusal = asking_refusal(bid_round.facts, received_at)
    return denied(refusal.message) if refusal else allowed


def is_own(viewer: Viewer, question: ClarificationQuestion) -> bool:
    """Whether this was asked for the viewer's own organisation."""
    return question.provider_id in viewer.provider_ids and viewer.may(Permission.APPLICATION_READ)


def may_withdraw(viewer: Viewer, question: ClarificationQuestion, now: datetime) -> Decision:
    """Anybody of the provider that asked, while there is no answer."""
    if not viewer.may(Permission.APPLICATION_EDIT) or not is_own(viewer, question):
        return denied("Only people of the provider that asked can withdraw a question.")
    stage = question_stage_at(question.stage, question.round.deadline_at, now)
    if stage is QuestionStage.WAITING:
        return allowed
    if stage is QuestionStage.LAPSED:
        return denied("The deadline for applications has passed.")
    return denied(f"This question is {words(stage)}, so it cannot be withdrawn any more.")


def may_read_queue(viewer: Viewer, bid_round: Round) -> bool:
    """Commissioners and auditors of the councils that take part, once the round is published."""
    posts = viewer.councils_as(Role.COMMISSIONER) | viewer.councils_as(Role.AUDITOR)
    return (
        policy.is_public(bid_round)
        and viewer.may(Permission.ROUND_READ)
        and bool(posts & bid_round.council_ids)
    )


def may_answer(viewer: Viewer, bid_round: Round, now: datetime) -> Decision:
    """The lead's commissioners, while bidders can still act on an answer."""
    if not viewer.may(Permission.ROUND_EDIT) or not policy.leads(viewer, bid_round):
        return denied("Only a commissioner of the lead council answers questions.")
    refusal = answering_refusal(bid_round.facts, now)
    return denied(refusal.message) if refusal else allowed


def may_know_askers(viewer: Viewer, bid_round: Round) -> bool:
    """Who asked is known from the opening on, to those who then know who applied."""
    return (
        bid_round.opened_at is not None
        and viewer.may(Permission.BID_READ)
        and may_read_queue(viewer, bid_round)
    )
