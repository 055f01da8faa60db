"""Withdrawing: by an administrator, with a reason, before the deadline; the answers stay."""

import pytest

from portal.applications import actions, policy, queries
from portal.applications.models import Submission
from portal.audit import AuditEntry, AuditValues
from portal.mail import Mail
from scoring.rules import RuleBroken
from scoring.stages import ApplicationStage, RoundStage
from tests.factories.applications import a_submitted, an_application, submit
from tests.factories.people import viewer
from tests.factories.rounds import DEADLINE
from tests.factories.sending import send


@pytest.fixture
def sent(session, town):
    application = a_submitted(town.round, by=town.ada)
    session.commit()
    return application


def withdraw(application, town, by="ada", now=None, reason="Wrong rates"):
    actor = viewer(getattr(town, by))
    actions.withdraw(application, reason, actor=actor, now=now or town.now)


def test_a_withdrawn_application_is_a_draft_again_and_can_be_submitted_again(session, town, sent):
    first = sent.standing
    client = town.by(town.ada)
    answer = send(client, f"/applications/{sent.ref}/withdraw", {"reason": "Wrong rates"})
    assert answer.location == f"/applications/{sent.ref}"
    session.expire_all()
    assert (sent.stage, sent.standing_number) == (ApplicationStage.DRAFT, None)
    assert first.withdrawn_at == town.now
    assert queries.counts(town.round) == queries.Counts(drafts=1, submissions=0)
    assert "This was withdrawn" in client.get(f"/applications/receipts/{first.ref}").text
    assert "Nothing is missing" in client.get(f"/applications/{sent.ref}").text
    second = submit(sent, by=town.ada)
    assert second is not first
    assert (second.number, sent.stage) == (2, ApplicationStage.SUBMITTED)
    assert second.sha256 != first.sha256  # a new envelope has a new secret


def test_the_reason_lies_beside_the_trail(session, town, sent):
    withdraw(sent, town)
    session.commit()
    entry = session.query(AuditEntry).filter_by(event="application:withdrawn").one()
    assert "Wrong rates" not in str(entry.detail)
    assert session.get(AuditValues, entry.id).values == {"reason": "Wrong rates"}
    assert session.query(Submission).one().withdraw_reason == "Wrong rates"


def test_the_administrators_are_told(session, town, sent):
    withdraw(sent, town)
    mail = session.query(Mail).filter_by(message="application-withdrawn").one()
    assert mail.address == town.ada.email
    assert "Wrong rates" not in mail.body


def test_a_reason_is_needed(session, town, sent):
    with pytest.raises(RuleBroken) as refused:
        withdraw(sent, town, reason="  ")
    assert refused.value.field == "reason"
    answer = send(town.by(town.ada), f"/applications/{sent.ref}/withdraw", {"reason": ""})
    assert answer.status_code == 422
    assert "Say why you withdraw it" in answer.text


@pytest.mark.parametrize("who", ["ben", "cyd", "dev"])
def test_nobody_else_withdraws(session, town, sent, who):
    with pytest.raises(RuleBroken) as refused:
        withdraw(sent, town, by=who)
    assert refused.value.code == "application:withdraw-refused"
    answer = town.by(getattr(town, who)).get(f"/applications/{sent.ref}/withdraw")
    assert answer.status_code in {403, 404}


def test_not_after_the_deadline(session, town, sent):
    with pytest.raises(RuleBroken, match="The submitted application stands"):
        withdraw(sent, town, now=DEADLINE)
    assert sent.stage is ApplicationStage.SUBMITTED


def test_a_draft_cannot_be_withdrawn(session, town):
    draft = an_application(town.round, by=town.ada)
    with pytest.raises(RuleBroken):
        withdraw(draft, town)
    session.commit()
    assert town.by(town.ada).get(f"/applications/{draft.ref}/withdraw").status_code == 409


def test_a_second_click_is_refused_and_changes_nothing(session, town, sent):
    withdraw(sent, town)
    with pytest.raises(RuleBroken):
        withdraw(sent, town)
    assert session.query(AuditEntry).filter_by(event="application:withdrawn").count() <= 1


AFTER_IT = {
    ApplicationStage.DRAFT: "There is no submitted application to withdraw.",
    ApplicationStage.LAPSED: "There is no submitted application to withdraw.",
    ApplicationStage.SUBMITTED: "The deadline has passed. The submitted application stands.",
    ApplicationStage.OPENED: "The deadline has passed. The submitted application stands.",
    ApplicationStage.COMPLIANT: "The deadline has passed. The submitted application stands.",
    ApplicationStage.NOT_COMPLIANT: "The deadline has passed. The submitted application stands.",
    ApplicationStage.EVALUATED: "The deadline has passed. The submitted application stands.",
    ApplicationStage.ADMITTED: "The deadline has passed. The submitted application stands.",
    ApplicationStage.NOT_ADMITTED: "The deadline has passed. The submitted application stands.",
}


def test_after_the_deadline_every_stage_says_what_stands_and_whom_to_write_to(town, sent):
    ada = viewer(town.ada)
    assert set(AFTER_IT) == set(ApplicationStage)
    for stage, words in AFTER_IT.items():
        sent.stage = stage
        decision = policy.may_withdraw(ada, sent, DEADLINE)
        assert not decision
        assert decision.reason.startswith(words)
        if "stands" in words:
            assert town.round.contact_email in decision.reason
        with pytest.raises(RuleBroken) as refused:
            submit(sent, by=town.ada, at=DEADLINE)
        assert refused.value.code == "application:late"
        with pytest.raises(RuleBroken):
            actions.choose_lots(sent, ["1A"], actor=ada, now=DEADLINE)


def test_a_cancelled_round_takes_nothing_back(town, sent):
    town.round.stage, town.round.cancelled_at = RoundStage.CANCELLED, town.now
    decision = policy.may_withdraw(viewer(town.ada), sent, DEADLINE)
    assert decision.reason == "This round was cancelled."


def test_coming_back_keeps_what_was_written_and_every_receipt(town, sent):
    """Withdrawn, changed and sent again, twice: the last one counts, the others stay readable."""
    before = queries.working_copy(sent, viewer(town.ada), town.now).values
    receipts = [sent.standing]
    for _ in range(2):
        withdraw(sent, town)
        assert queries.working_copy(sent, viewer(town.ada), town.now).values == before
        receipts.append(submit(sent, by=town.ada))
    assert [one.number for one in receipts] == [1, 2, 3]
    assert sent.standing is receipts[-1]
    assert [one.withdrawn_at is None for one in receipts] == [False, False, True]
