"""Invitations: who may send them, who may accept them, and when they end."""

import pytest
from sqlalchemy import select

from portal.access import Role, Viewer
from portal.audit import AuditEntry
from portal.db import db
from portal.people import actions, queries
from portal.people.models import OneTimeLink, Person
from scoring.rules import RuleBroken
from tests.factories.people import (
    PASSWORD,
    a_council,
    a_person,
    as_person,
    viewer,
)
from tests.factories.providers import a_contributor, a_provider, a_provider_admin
from tests.factories.sending import send
from tests.rooms.people.conftest import link_in, mails

NOBODY = Viewer(person_id=None, name="")


@pytest.fixture
def oak(session):
    return a_provider("Oak House")


@pytest.fixture
def ada(oak):
    return a_provider_admin(oak, name="Ada Birch")


@pytest.fixture
def invited(browser, oak, ada, clock):
    """A colleague was invited as a contributor; the address of the link."""
    actions.invite(
        "Ben@Oak.example", oak, Role.PROVIDER_CONTRIBUTOR, actor=viewer(ada), now=clock.now
    )
    db.session.commit()
    return link_in(mails("ben@oak.example")[-1])


def join(browser, address, **typed):
    return send(browser, address, {"name": "Ben Ash", "password": PASSWORD, **typed})


def refused(code, *arguments, **more):
    with pytest.raises(RuleBroken) as broken:
        actions.invite(*arguments, **more)
    assert broken.value.code == code
    db.session.rollback()


def test_somebody_new_joins_and_is_in(browser, oak, invited):
    assert "Oak House" in browser.get(invited).text
    assert join(browser, invited).status_code == 302
    ben = db.session.scalars(select(Person).where(Person.email == "ben@oak.example")).one()
    assert viewer(ben).holds(Role.PROVIDER_CONTRIBUTOR, oak.id)
    assert ben.email_confirmed_at is not None
    assert "Ben Ash" in browser.get("/account").text


def test_the_mail_says_who_invites_and_until_when(invited):
    mail = mails("ben@oak.example")[-1]
    assert mail.subject.startswith("You are invited to join Oak House")
    assert "Ada Birch invites you" in mail.body
    assert "on 3 February 2027" in mail.body


def test_an_invitation_is_used_once(browser, other_browser, invited):
    join(browser, invited)
    assert "used already" in other_browser.get(invited).text


def test_two_who_accept_at_once_make_one_account(oak, invited, clock):
    token = invited.rsplit("/", 1)[1]
    actions.accept_invitation(token, "Ben Ash", "hash", actor=NOBODY, now=clock.now)
    with pytest.raises(RuleBroken) as broken:
        actions.accept_invitation(token, "Eve", "hash", actor=NOBODY, now=clock.now)
    assert broken.value.code == "link:used"


def test_an_invitation_ends_after_its_days(browser, invited, clock):
    clock.forward(days=14)
    assert "too old" in browser.get(invited).text


def test_an_invitation_that_was_taken_back_is_dead(browser, oak, ada, invited, clock):
    link = db.session.scalars(select(OneTimeLink)).one()
    actions.revoke_invitation(link, actor=viewer(ada), now=clock.now)
    assert "taken back" in browser.get(invited).text


def test_sending_again_ends_the_first_link(browser, ada, invited, clock):
    link = db.session.scalars(select(OneTimeLink)).one()
    actions.resend_invitation(link, actor=viewer(ada), now=clock.now)
    assert browser.get(invited).status_code == 410
    assert browser.get(link_in(mails("ben@oak.example")[-1])).status_code == 200


def test_a_weak_password_is_refused_and_the_name_kept(browser, invited):
    answer = join(browser, invited, password="password1234")
    assert answer.status_code == 422
    assert "Many people use" in answer.text
    assert 'value="Ben Ash"' in answer.text


def test_somebody_with_an_account_signs_in_first(browser, oak, invited):
    a_contributor(email="ben@oak.example")
    page = browser.get(invited)
    assert "You have an account already" in page.text
    assert 'name="password"' not in page.text


def test_somebody_with_an_account_accepts_and_serves_both(browser, oak, invited):
    elm = a_provider("Elm House")
    ben = a_contributor(elm, email="ben@oak.example")
    as_person(browser, ben)
    assert send(browser, invited, {}, action=invited).status_code == 302
    assert viewer(ben).provider_ids == {elm.id, oak.id}


def test_an_invitation_is_for_the_person_it_was_sent_to(browser, oak, invited, clock):
    a_contributor(email="ben@oak.example")
    eve = a_contributor(email="eve@elm.example")
    as_person(browser, eve)
    answer = send(browser, invited, {}, action=invited)
    assert answer.status_code == 422
    assert "sent to another email address" in answer.text
    assert not viewer(eve).holds(Role.PROVIDER_CONTRIBUTOR, oak.id)


def test_somebody_signed_in_does_not_accept_for_somebody_new(browser, oak, invited, clock):
    eve = a_contributor(email="eve@elm.example")
    as_person(browser, eve)
    page = browser.get(invited)
    assert "was sent to another email address" in page.text
    token = invited.rsplit("/", 1)[1]
    with pytest.raises(RuleBroken) as broken:
        actions.accept_invitation(token, "Eve", "hash", actor=viewer(eve), now=clock.now)
    assert broken.value.code == "invitation:other-person"


def test_council_staff_cannot_also_act_for_a_provider(browser, oak, invited):
    ben = a_person(Role.COMMISSIONER, email="ben@oak.example")
    as_person(browser, ben)
    answer = send(browser, invited, {}, action=invited)
    assert "One account cannot act for a council and for a provider" in answer.text


def test_a_closed_account_comes_back_with_the_new_role_only(browser, oak, invited):
    elm = a_provider("Elm House")
    ben = a_person(Role.PROVIDER_ADMIN, provider=elm, email="ben@oak.example")
    ben.active = False
    assert join(browser, invited, password="seven herons in the rain").status_code == 302
    db.session.expire_all()
    assert viewer(ben).provider_ids == {oak.id}
    assert ben.totp_secret is None


# --- Who may invite whom --------------------------------------------------------------------------


def test_a_contributor_invites_nobody(oak, clock):
    ben = viewer(a_contributor(oak))
    refused(
        "invitation:refused",
        "new@oak.example",
        oak,
        Role.PROVIDER_CONTRIBUTOR,
        actor=ben,
        now=clock.now,
    )


def test_nobody_invites_to_a_strangers_organisation(oak, clock):
    eve = viewer(a_provider_admin())
    refused(
        "invitation:refused", "new@oak.example", oak, Role.PROVIDER_ADMIN, actor=eve, now=clock.now
    )


@pytest.mark.parametrize("role", [Role.COMMISSIONER, Role.ADMINISTRATOR, Role.YOUNG_COMMISSIONER])
def test_a_provider_has_no_roles_of_councils(oak, ada, clock, role):
    refused("invitation:refused", "new@oak.example", oak, role, actor=viewer(ada), now=clock.now)


def test_a_commissioner_invites_nobody(session, clock):
    ada = viewer(a_person(Role.COMMISSIONER))
    refused(
        "invitation:refused",
        "new@luton.example",
        a_council(),
        Role.EVALUATOR,
        actor=ada,
        now=clock.now,
    )


def test_an_administrator_invites_to_every_council(session, clock):
    eve = viewer(a_person(Role.ADMINISTRATOR))
    bedford = a_council("bedford-borough")
    assert actions.invite("a@b.example", bedford, Role.FINANCE, actor=eve, now=clock.now)


def test_administrators_belong_to_the_host(session, clock):
    eve = viewer(a_person(Role.ADMINISTRATOR))
    bedford = a_council("bedford-borough")
    refused(
        "invitation:refused",
        "a@b.example",
        bedford,
        Role.ADMINISTRATOR,
        actor=eve,
        now=clock.now,
    )


def test_a_young_commissioner_is_never_invited_by_mail(session, clock):
    eve = viewer(a_person(Role.ADMINISTRATOR))
    refused(
        "invitation:refused",
        "a@b.example",
        a_council(),
        Role.YOUNG_COMMISSIONER,
        actor=eve,
        now=clock.now,
    )


def test_nobody_is_invited_twice(oak, ada, invited, clock):
    refused(
        "invitation:already-sent",
        "ben@oak.example",
        oak,
        Role.PROVIDER_CONTRIBUTOR,
        actor=viewer(ada),
        now=clock.now,
    )


def test_a_colleague_is_not_invited_to_the_same_role(oak, ada, clock):
    ben = a_contributor(oak)
    refused(
        "invitation:has-role",
        ben.email,
        oak,
        Role.PROVIDER_CONTRIBUTOR,
        actor=viewer(ada),
        now=clock.now,
    )


def test_a_stranger_finds_no_invitation(oak, ada, invited):
    link = db.session.scalars(select(OneTimeLink)).one()
    assert queries.invitation(link.ref, viewer(ada)) is link
    assert queries.invitation(link.ref, viewer(a_provider_admin())) is None
    assert queries.invitation(link.ref, viewer(a_contributor(oak))) is None


def test_the_trail_tells_of_it_without_the_address(browser, invited):
    join(browser, invited)
    entries = db.session.scalars(select(AuditEntry)).all()
    told = [entry.event for entry in entries]
    assert {"invitation:sent", "invitation:accepted", "account:created", "role:given"} <= set(told)
    assert not any("ben@" in entry.canonical() for entry in entries)
