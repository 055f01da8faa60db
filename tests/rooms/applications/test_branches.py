"""Branches for each lot: chosen by the bidder, sealed with the rest, each at Ofsted's gate."""

import json
from datetime import date

import pytest

from portal.applications import queries
from portal.applications.compliance import queries as queries_compliance
from portal.applications.lots.branches import choose_branches, seen_of
from portal.applications.models import CheckOutcome
from portal.applications.submitting import sealing
from portal.db import db
from portal.providers.models import Registration, ServiceKind
from scoring.rules import RuleBroken
from tests.factories.applications import an_application, complete, submit
from tests.factories.people import LONG_AGO, viewer
from tests.factories.rounds import AFTER_OPENING, DEADLINE, an_officer, open_it
from tests.factories.sending import send
from tests.reading import errors_of

WEAK = "SC777001"


@pytest.fixture
def own(town):
    return town.oak.registrations[0].urn


@pytest.fixture
def draft(session, town, own):
    session.add(a_branch(town.oak, WEAK, outcome="3"))
    application = complete(an_application(town.round, by=town.ada, lots=["1A", "2A", "2B"]))
    session.commit()
    return application


def a_branch(provider, urn, *, service=ServiceKind.SUPPORTED_ACCOMMODATION, outcome="registered"):
    return Registration(
        provider=provider,
        urn=urn,
        branch="North",
        service=service,
        registered_on=date(2025, 4, 1),
        outcome=outcome,
        recorded_at=LONG_AGO,
    )


def choose(draft, town, chosen, *, by="ada", now=None, **more):
    actor = viewer(getattr(town, by))
    choose_branches(draft, chosen, actor=actor, now=now or town.now, **more)


def refusal(act):
    with pytest.raises(RuleBroken) as refused:
        act()
    return refused.value.code


def gate(draft):
    open_it(draft.round)
    check = queries_compliance.check_of(draft.ref, an_officer(), AFTER_OPENING)
    return {one.place: one.suggested for one in check.items if one.key.startswith("ofsted:")}


def test_every_registration_is_looked_at_until_somebody_chooses(town, draft, own):
    copy = queries.working_copy(draft, viewer(town.ada), town.now)
    assert copy.gated_lots == ("1A", "2A")
    assert "branches" not in json.loads(sealing.seal(copy, "x").content)
    submit(draft, by=town.ada)
    assert gate(draft) == {
        (lot, f"ofsted:{urn}"): outcome
        for lot in ("1A", "2A")
        for urn, outcome in ((own, CheckOutcome.PASS), (WEAK, CheckOutcome.FAIL))
    }


def test_a_branch_that_does_not_deliver_a_lot_does_not_end_it(town, draft, own):
    choose(draft, town, {"1A": [own], "2A": [WEAK]})
    sent = sealing.read_content(submit(draft, by=town.ada).content)
    assert sent.branches == {"1A": (own,), "2A": (WEAK,)}
    assert gate(draft) == {
        ("1A", f"ofsted:{own}"): CheckOutcome.PASS,
        ("2A", f"ofsted:{WEAK}"): CheckOutcome.FAIL,
    }


def test_a_branch_that_is_gone_fails_the_lot_that_it_was_to_deliver(town, draft, own):
    choose(draft, town, {"1A": [own]})
    submit(draft, by=town.ada)
    gone = town.oak.registrations[0]
    gone.service = ServiceKind.FOSTERING
    db.session.flush()
    assert gate(draft)["1A", f"ofsted:{own}"] is CheckOutcome.FAIL


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ({"1A": []}, "branches:none"),
        ({"1A": ["SC000000"]}, "branches:unknown"),
        ({"2B": [WEAK]}, "lots:unknown"),
        ({"3A": [WEAK]}, "lots:unknown"),
    ],
)
def test_what_cannot_be_chosen_is_refused(town, draft, chosen, code):
    assert refusal(lambda: choose(draft, town, chosen)) == code


def test_another_service_is_no_branch_for_this_round(session, town, draft):
    session.add(a_branch(town.oak, "SC777002", service=ServiceKind.FOSTERING))
    session.flush()
    assert refusal(lambda: choose(draft, town, {"1A": ["SC777002"]})) == "branches:unknown"


def test_strangers_and_latecomers_choose_nothing(town, draft, own):
    assert refusal(lambda: choose(draft, town, {"1A": [own]}, by="cyd")) == (
        "application:edit-refused"
    )
    late = lambda: choose(draft, town, {"1A": [own]}, now=DEADLINE)  # noqa: E731
    assert refusal(late) == "application:edit-refused"


def test_a_colleagues_choice_is_not_undone_unseen(town, draft, own):
    seen = seen_of(draft)
    choose(draft, town, {"1A": [own]}, by="ben")
    again = lambda: choose(draft, town, {"1A": [WEAK]}, seen=seen)  # noqa: E731
    assert refusal(again) == "branches:changed-meanwhile"


def test_a_branch_is_unticked_on_its_page(town, draft, own):
    client, address = town.by(town.ben), f"/applications/{draft.ref}/branches"
    shown = client.page(address).text
    assert WEAK in shown
    assert "This round accepts" in shown
    answer = send(client, address, {"branches-1A": []})
    assert ("Choose at least one branch for lot 1A.", "#branches-1A") in errors_of(answer)
    answer = send(client, address, {"branches-1A": [own]})
    assert answer.location == f"/applications/{draft.ref}"
    assert "Branches for each lot" in client.page(answer.location).text
