"""Sign-off: a colleague prepares, an administrator signs, and two people where the organisation wants it."""

import pytest

from portal.access import Role
from portal.applications import actions, queries
from portal.applications.models import Submission
from portal.applications.submitting import signing
from portal.mail import Mail, Message
from scoring.rules import RuleBroken
from tests.factories.applications import an_application, complete, submit
from tests.factories.people import a_person, viewer
from tests.factories.providers import a_provider_admin
from tests.factories.sending import send


@pytest.fixture
def ready(session, town):
    application = complete(an_application(town.round, by=town.ben, lots=["1A"]), by=town.ben)
    session.commit()
    return application


def ask(draft, town, by):
    copy = queries.working_copy(draft, viewer(by), town.now)
    signing.ask_to_sign(copy, actor=viewer(by), now=town.now)


def two_people(town, *, by=None, wanted=True):
    actor = viewer(by or town.ada)
    signing.set_rule(town.oak, two_people=wanted, actor=actor, now=town.now)


def refusal(act):
    with pytest.raises(RuleBroken) as refused:
        act()
    return refused.value


def mails(session, message):
    return [one.address for one in session.query(Mail).filter_by(message=message.value)]


def test_a_contributor_says_that_it_is_ready_and_the_administrators_hear_of_it(
    session, town, ready
):
    client = town.by(town.ben)
    page = client.page(f"/applications/{ready.ref}/check").text
    assert "Only an administrator of your organisation can submit" in page
    answer = send(
        client, f"/applications/{ready.ref}/check", {}, action=f"/applications/{ready.ref}/ready"
    )
    assert answer.location == f"/applications/{ready.ref}"
    assert mails(session, Message.SIGN_OFF_ASKED) == [town.ada.email]
    assert (
        "Ben Birch says that it is ready"
        in town.by(town.ada).page(f"/applications/{ready.ref}/check").text
    )


def test_what_is_not_complete_is_not_ready(session, town):
    draft = an_application(town.round, by=town.ben, lots=["1A"])
    session.commit()
    assert refusal(lambda: ask(draft, town, town.ben)).code == "answer:missing"
    answer = town.by(town.ben).post(f"/applications/{draft.ref}/ready")
    assert answer.status_code in {400, 409}


def test_one_administrator_submits_alone_unless_the_organisation_says_otherwise(
    session, town, ready
):
    assert submit(ready, by=town.ada).number == 1


def test_with_two_people_nobody_submits_alone(session, town, ready):
    two_people(town)
    assert refusal(lambda: submit(ready, by=town.ada)).code == "application:second-person"
    ask(ready, town, town.ada)
    session.commit()
    words = refusal(lambda: submit(ready, by=town.ada)).message
    assert "Somebody else must submit it" in words
    page = town.by(town.ada).page(f"/applications/{ready.ref}/check").text
    assert 'name="certified"' not in page
    assert session.query(Submission).count() == 0
    ask(ready, town, town.ben)
    assert submit(ready, by=town.ada).number == 1


def test_a_change_after_it_was_ready_needs_both_again(session, town, ready):
    two_people(town)
    ask(ready, town, town.ben)
    later = town.now.replace(hour=11)
    actions.save_answer(ready, "contact", "", "Ada", 1, actor=viewer(town.ada), now=later)
    words = refusal(lambda: submit(ready, by=town.ada, at=later)).message
    assert "changed after a colleague said" in words


def test_a_contributor_still_cannot_submit(session, town, ready):
    two_people(town)
    ask(ready, town, town.ada)
    assert refusal(lambda: submit(ready, by=town.ben)).code == "application:submit-refused"


def test_the_rule_is_chosen_by_an_administrator_and_the_others_are_told(session, town):
    eve = a_provider_admin(town.oak, name="Eve Elder")
    session.commit()
    address = f"/applications/signing/{town.oak.ref}"
    client = town.by(town.ada)
    assert "How Oak House submits applications" in client.page("/applications/").text
    assert send(client, address, {"people": "two"}).location == "/applications/"
    session.expire_all()
    assert signing.needs_two(town.oak.id)
    assert set(mails(session, Message.SIGNING_CHANGED)) == {town.ada.email, eve.email}
    send(client, address, {"people": "two"})  # the same again tells nobody
    assert len(mails(session, Message.SIGNING_CHANGED)) == 2


def test_only_an_administrator_of_that_organisation_chooses(session, town):
    address = f"/applications/signing/{town.oak.ref}"
    assert town.by(town.ben).get(address).status_code == 403
    assert town.by(town.cyd).get(address).status_code == 404
    assert town.by(town.dev).get(address).status_code == 403
    for person in (town.ben, town.cyd, a_person(Role.COMMISSIONER, name="Com")):
        assert refusal(lambda by=person: two_people(town, by=by)).code == "signing:refused"


def test_somebody_who_is_alone_cannot_ask_for_two(session, town):
    act = lambda: signing.set_rule(  # noqa: E731
        town.elm, two_people=True, actor=viewer(town.cyd), now=town.now
    )
    assert refusal(act).code == "signing:too-few"
