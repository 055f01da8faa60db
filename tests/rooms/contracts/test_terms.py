"""Contracts by hand, extensions, suspensions, ends and promises: what holds, and what is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal import jobs
from portal.access import Role
from portal.contracts import (
    actions_entering,
    actions_promises,
    actions_stopping,
    actions_terms,
    due,
    queries,
    queries_held,
)
from portal.contracts.actions import PromiseMade, promised
from portal.contracts.card import card
from portal.contracts.dates import dates
from portal.contracts.models import Contract, ListMembership, Rate, RateSource
from portal.contracts.models_terms import EntryKind
from portal.db import db
from portal.documents.queries import clean_versions
from portal.mail import Mail
from portal.register import placing
from scoring.rules import RuleBroken
from scoring.stages import ContractStage, EntryStage, MembershipStage, PromiseStage
from tests.factories.contracts import (
    NOW,
    a_finance_officer,
    a_list,
    a_place,
    a_second_officer,
    an_old_contract,
    entered,
)
from tests.factories.documents import a_document
from tests.factories.people import a_council, viewer
from tests.factories.providers import a_provider, a_provider_admin
from tests.factories.rounds import an_officer

ON, DAY = NOW.date(), timedelta(days=1)
BEFORE_THE_END = datetime(2027, 3, 1, 9, tzinfo=UTC)
IN_TIME = datetime(2026, 10, 1, 9, tzinfo=UTC)


@pytest.fixture
def oak(session):
    return a_provider("Oak Fostering")


@pytest.fixture
def contract(oak):
    return an_old_contract(oak, now=IN_TIME)


def refused(code):
    return pytest.raises(RuleBroken, match=code) if " " in code else _Refused(code)


class _Refused:
    def __init__(self, code):
        self.code = code

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _trace):
        assert kind is RuleBroken, f"nothing was refused; expected {self.code}"
        assert error.code == self.code
        return True


def mails(message):
    return db.session.query(Mail).filter_by(message=message).count()


# --- By hand ------------------------------------------------------------------------------


def test_nothing_holds_before_a_second_officer_has_looked(oak):
    officer = an_officer()
    a_council("bedford-borough")
    said = {"council": a_council("luton"), "reason": "Older.", "actor": officer, "now": IN_TIME}
    entry = actions_entering.propose(EntryKind.CONTRACT, oak, entered(), **said)
    assert db.session.query(Contract).count() == 0
    with refused("contract:refused"):
        actions_entering.confirm(entry, actor=officer, now=IN_TIME)
    for someone in (
        an_officer("bedford-borough"),
        an_officer("hertfordshire"),
        a_finance_officer(),
    ):
        assert queries_held.entry(entry.ref, someone) is None
        with refused("contract:refused"):
            actions_entering.confirm(entry, actor=someone, now=IN_TIME)
    made = actions_entering.confirm(entry, actor=a_second_officer(), now=IN_TIME)
    assert (made.starts_on, made.first_ends_on, made.ends_on) == (
        date(2021, 5, 17),
        date(2025, 5, 16),
        date(2027, 5, 16),
    )
    (rate,) = db.session.query(Rate)
    assert (rate.source, rate.amount_pence, rate.until_on) == (RateSource.HAND, 81250, made.ends_on)
    with refused("contract:refused"):
        actions_entering.confirm(entry, actor=a_second_officer(), now=IN_TIME)


def test_an_entry_is_sent_back_with_a_reason_or_taken_back_by_its_author(oak):
    officer, second = an_officer(), a_second_officer()
    said = {"council": a_council("luton"), "reason": "Older.", "actor": officer, "now": IN_TIME}
    one = actions_entering.propose(EntryKind.CONTRACT, oak, entered(), **said)
    with refused("contract:no-reason"):
        actions_entering.decline(one, reason=" ", actor=second, now=IN_TIME)
    actions_entering.decline(one, reason="The fee is another one.", actor=second, now=IN_TIME)
    assert one.stage is EntryStage.DECLINED
    other = actions_entering.propose(EntryKind.CONTRACT, oak, entered(), **said)
    with refused("contract:refused"):
        actions_entering.withdraw(other, actor=second, now=IN_TIME)
    actions_entering.withdraw(other, actor=officer, now=IN_TIME)
    assert other.stage is EntryStage.WITHDRAWN


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rates": []}, "contract:no-rates"),
        ({"taken": 4}, "contract:taken"),
        ({"ends_on": date(2021, 5, 16)}, "contract:dates"),
        ({"council_slugs": ["bedford-borough"]}, "contract:council"),
        ({"agreement_title": ""}, "contract:lot"),
        ({"uplift_month": 0}, "uplift:rule-month"),
        ({"notice_months": 60}, "contract:notice"),
    ],
)
def test_what_cannot_be_is_not_entered(oak, change, code):
    with refused(code):
        actions_entering.propose(
            EntryKind.CONTRACT,
            oak,
            entered(**change),
            council=a_council("luton"),
            reason="Older.",
            actor=an_officer(),
            now=IN_TIME,
        )


def test_a_place_by_hand_counts_for_placements(oak):
    agreement = a_list()
    said = entered(
        agreement_ref=agreement.ref, lot_code="1A", council_slugs=["luton"], taken=0, months=()
    )
    entry = actions_entering.propose(
        EntryKind.MEMBERSHIP,
        oak,
        said,
        council=a_council("luton"),
        reason="Older.",
        actor=an_officer(),
        now=IN_TIME,
    )
    made = actions_entering.confirm(entry, actor=a_second_officer(), now=IN_TIME)
    assert isinstance(made, ListMembership)
    assert queries.memberships(an_officer(), on=date(2024, 1, 1)) == [made]


# --- Who sees what ------------------------------------------------------------------------


def test_a_contract_is_for_its_councils_and_its_provider(contract, oak):
    readers = [
        an_officer(),
        an_officer("bedford-borough"),
        a_finance_officer(),
        viewer(a_provider_admin(oak)),
    ]
    strangers = [
        an_officer("hertfordshire"),
        an_officer(role=Role.EVALUATOR),
        viewer(a_provider_admin()),
    ]
    assert all(queries_held.held(contract.ref, one) for one in readers)
    assert not any(queries_held.held(contract.ref, one) for one in strangers)
    assert [queries_held.contracts_page(one, ON).items for one in strangers] == [[], [], []]
    assert len(queries_held.rates_of(contract, an_officer("bedford-borough"))) == 1


def test_only_commissioners_of_its_councils_change_it(contract, oak):
    (option,) = [one for one in contract.options if one.decision is None]
    others = [
        a_finance_officer(),
        an_officer("hertfordshire"),
        viewer(a_provider_admin(oak)),
        an_officer(role=Role.AUDITOR),
    ]
    for someone in others:
        said = {"reason": "Because.", "actor": someone, "now": IN_TIME}
        with refused("extension:refused"):
            actions_terms.decide_extension(option, extended=True, **said)
        with refused("contract:refused"):
            actions_stopping.terminate(contract, last_on=ON, **said)
        with refused("contract:refused"):
            actions_stopping.suspend([contract], council=None, from_on=IN_TIME.date(), **said)


# --- Extensions ---------------------------------------------------------------------------


def test_an_extension_moves_the_end_and_the_rates_and_can_be_undone_in_time(contract):
    officer = an_officer()
    (option,) = [one for one in contract.options if one.decision is None]
    said = {"actor": officer, "now": BEFORE_THE_END}
    actions_terms.decide_extension(option, extended=True, reason="Stable homes.", **said)
    assert contract.ends_on == date(2028, 5, 16)
    assert db.session.query(Rate).one().until_on == contract.ends_on
    with refused("extension:refused"):
        actions_terms.decide_extension(option, extended=False, reason="No.", **said)
    actions_terms.undo_decision(option, reason="The budget fell.", **said)
    assert contract.ends_on == date(2027, 5, 16)
    assert db.session.query(Rate).one().until_on == contract.ends_on
    actions_terms.decide_extension(option, extended=False, reason="The budget fell.", **said)
    assert [one.extended for one in option.decisions] == [True, False]
    assert option.decision.extended is False
    assert mails("extension-decided") == 3 * len(
        {one.address for one in db.session.query(Mail).filter_by(message="extension-decided")}
    )


def test_a_decision_is_not_undone_once_it_has_taken_effect(contract):
    (option,) = [one for one in contract.options if one.decision is None]
    officer = an_officer()
    actions_terms.decide_extension(
        option, extended=True, reason="Stable.", actor=officer, now=BEFORE_THE_END
    )
    begun = datetime.combine(option.starts_on, BEFORE_THE_END.timetz())
    with refused("extension:refused"):
        actions_terms.undo_decision(option, reason="Late.", actor=officer, now=begun)


def test_extensions_are_decided_in_their_order_and_before_the_end(oak):
    contract = an_old_contract(oak, taken=0, ends_on=date(2027, 5, 16), now=IN_TIME)
    first, second, _third = contract.options
    said = {"actor": an_officer(), "now": BEFORE_THE_END, "reason": "Because."}
    with refused("extension:refused"):
        actions_terms.decide_extension(second, extended=True, **said)
    actions_terms.decide_extension(first, extended=False, **said)
    with refused("extension:refused"):
        actions_terms.decide_extension(second, extended=True, **said)
    actions_terms.undo_decision(first, **said)
    with refused("extension:refused"):
        late = {**said, "now": BEFORE_THE_END + timedelta(days=90)}
        actions_terms.decide_extension(first, extended=True, **late)


def test_options_are_set_before_the_first_decision_only(oak, contract):
    with refused("contract:refused"):
        actions_terms.set_options(contract, (24,), 3, actor=an_officer(), now=IN_TIME)
    other = an_old_contract(
        oak, taken=0, ends_on=date(2027, 5, 16), agreement_title="Another", now=IN_TIME
    )
    actions_terms.set_options(other, (24, 24), 3, actor=an_officer(), now=IN_TIME)
    assert [(one.number, one.months) for one in other.options] == [(1, 24), (2, 24)]


def test_what_must_be_decided_is_due_on_the_calendar_and_told_once(app, contract):
    officer = an_officer()
    (option,) = [one for one in contract.options if one.decision is None]
    assert option.decide_by_on == date(2026, 11, 16)
    with app.test_request_context():
        (card,) = due.due(officer, IN_TIME)
        assert "Oak Fostering" in card.title
        assert list(due.due(an_officer("hertfordshire"), IN_TIME)) == []
        entries = list(dates(officer, IN_TIME.date(), date(2027, 12, 31)))
    assert [one.on for one in entries if "decide" in one.title] == [option.decide_by_on]
    assert [one.on for one in entries if "ends" in one.title] == [contract.ends_on]
    found = jobs.due_by(date(2026, 11, 30), IN_TIME)
    assert [one.at.date() for one in found if "extension" in one.what] == [
        option.decide_by_on - timedelta(days=days) for days in (30, 7)
    ]
    jobs.do_until(date(2026, 10, 31), IN_TIME)
    told = mails("extension-due")
    assert told > 0
    actions_terms.decide_extension(
        option, extended=True, reason="Stable.", actor=officer, now=IN_TIME + 30 * DAY
    )
    db.session.commit()
    jobs.do_until(date(2026, 11, 30), IN_TIME + 30 * DAY)
    assert mails("extension-due") == told  # the one a week before is not told any more


# --- Suspensions and ends -----------------------------------------------------------------


def test_a_suspension_of_a_place_stops_placements_from_its_day_for_its_council(oak):
    place = a_place(oak, a_list(), "1A")
    luton, bedford = a_council("luton"), a_council("bedford-borough")
    (one,) = actions_stopping.suspend(
        [place], council=luton, from_on=ON + DAY, reason="A concern.", actor=an_officer(), now=NOW
    )
    assert place.stage_on(ON, {luton.id}) is MembershipStage.ACTIVE
    assert place.stage_on(ON + DAY, {luton.id}) is MembershipStage.SUSPENDED
    assert place.stage_on(ON + DAY, {bedford.id}) is MembershipStage.ACTIVE
    facts = placing.Facts(ON + DAY, frozenset({luton.id}))
    assert placing.may_place([place], facts).kind == "no"
    assert placing.may_place([place], placing.Facts(ON, frozenset({luton.id}))).kind == "yes"
    assert queries.public_list(ON + DAY) == [place]  # it is open to the other councils
    actions_stopping.lift(
        one, place, lifted_on=ON + 9 * DAY, reason="Done.", actor=an_officer(), now=NOW
    )
    assert placing.may_place([place], placing.Facts(ON + 9 * DAY, frozenset({luton.id}))).kind == (
        "yes"
    )
    with refused("contract:refused"):
        actions_stopping.lift(
            one, place, lifted_on=ON + 9 * DAY, reason="Again.", actor=an_officer(), now=NOW
        )


def test_a_suspension_for_all_takes_the_place_off_the_public_list_from_its_day(oak):
    place = a_place(oak, a_list(), "1A")
    said = {"council": None, "reason": "A concern.", "actor": an_officer(), "now": NOW}
    actions_stopping.suspend([place], from_on=ON + DAY, **said)
    assert queries.public_list(ON) == [place]
    assert queries.public_list(ON + DAY) == []
    with refused("suspension:already"):
        actions_stopping.suspend([place], from_on=ON + 2 * DAY, **said)


def test_suspensions_are_refused_that_cannot_be(contract):
    said = {"reason": "A concern.", "actor": an_officer(), "now": IN_TIME}
    with refused("suspension:past"):
        actions_stopping.suspend([contract], council=None, from_on=IN_TIME.date() - DAY, **said)
    with refused("suspension:over"):
        actions_stopping.suspend([contract], council=None, from_on=contract.ends_on + DAY, **said)
    with refused("suspension:council"):  # another council's officer speaks for it
        actions_stopping.suspend(
            [contract], council=a_council("bedford-borough"), from_on=IN_TIME.date(), **said
        )
    with refused("contract:no-reason"):
        actions_stopping.suspend(
            [contract], council=None, from_on=IN_TIME.date(), **{**said, "reason": ""}
        )


def test_all_lots_are_suspended_together_or_none(oak):
    agreement = a_list()
    first, second = a_place(oak, agreement, "1A"), a_place(oak, agreement, "2A")
    officer = an_officer()
    held = queries_held.siblings(first, officer, ON)
    assert held == [first, second]
    actions_stopping.suspend(
        held, council=None, from_on=ON, reason="A concern.", actor=officer, now=NOW
    )
    assert {one.stage_on(ON) for one in held} == {MembershipStage.SUSPENDED}


def test_an_end_before_the_time_is_taken_back_until_it_comes(contract):
    officer, last = an_officer(), date(2027, 1, 31)
    said = {"reason": "They close.", "actor": officer}
    with refused("termination:day"):
        actions_stopping.terminate(contract, last_on=contract.ends_on, now=IN_TIME, **said)
    actions_stopping.terminate(contract, last_on=last, now=IN_TIME, **said)
    assert contract.stage_on(last) is ContractStage.ACTIVE
    assert contract.stage_on(last + DAY) is ContractStage.TERMINATED
    assert db.session.query(Rate).one().until_on == last
    actions_stopping.withdraw_termination(contract, now=IN_TIME, **said)
    assert contract.ends_on == db.session.query(Rate).one().until_on == date(2027, 5, 16)
    assert contract.stage_on(last + DAY) is ContractStage.ACTIVE


# --- Promises -----------------------------------------------------------------------------


def test_promises_keep_every_look_and_the_newest_counts(contract):
    officer = an_officer()
    said = {"actor": officer, "now": IN_TIME}
    promise = actions_promises.add_promise(contract, "Carers", "Two new carers a year.", **said)
    assert promise.stage is PromiseStage.NOT_LOOKED_AT
    look = {"looked_on": IN_TIME.date(), "evidence": "The return of June.", **said}
    actions_promises.look_at(promise, kept=False, **look)
    actions_promises.look_at(promise, kept=True, **look)
    assert promise.stage is PromiseStage.KEPT
    assert [one.stage for one in promise.checks] == [PromiseStage.NOT_KEPT, PromiseStage.KEPT]
    with refused("promise:day"):
        actions_promises.look_at(promise, kept=True, **{**look, "looked_on": ON})
    with refused("contract:no-reason"):
        actions_promises.look_at(promise, kept=True, **{**look, "evidence": " "})
    with refused("contract:refused"):
        actions_promises.look_at(promise, kept=True, **{**look, "actor": a_finance_officer()})


def test_a_promise_of_a_place_is_looked_at_and_told_once_for_several_lots(app, oak):
    agreement, officer = a_list(), an_officer()
    said = {"actor": officer, "now": IN_TIME}
    made = {"starts_on": IN_TIME.date() - 90 * DAY, "councils": ["luton"]}
    places = [a_place(oak, agreement, lot, **made) for lot in ("1A", "2A")]
    for place in places:
        place.promises = promised(
            [PromiseMade("staffing", "", "Who works there?", "Two")], "0" * 64
        )
        db.session.flush()
    look = {"looked_on": IN_TIME.date(), "evidence": "One worker alone.", **said}
    actions_promises.look_at(places[1].promises[0], kept=False, **look)
    with refused("promise:of-a-bid"):
        places[0].application_ref = "APP-1"
        actions_promises.add_promise(places[0], "Carers", "Two new ones.", **said)
    with app.test_request_context():
        told = [one.title for one in card(oak, officer)]
        assert told == [
            "Promised, lots 1A, 2A: Who works there?",
            "Not kept: Who works there?",
            "Lot 1A: rates of the award",
            "Lot 2A: rates of the award",
        ]
        assert list(card(oak, an_officer("hertfordshire"))) == []
        assert len(list(card(oak, viewer(a_provider_admin(oak))))) == 4
        assert list(card(oak, viewer(a_provider_admin(a_provider())))) == []


def test_a_look_names_the_documents_that_show_it(contract, app):
    officer, oak = an_officer(), contract.provider
    said = {"actor": officer, "now": IN_TIME}
    promise = actions_promises.add_promise(contract, "Carers", "Two new carers a year.", **said)
    admin = a_provider_admin(oak)
    shown = a_document(oak, by=admin)
    look = {"looked_on": IN_TIME.date(), "evidence": "See the policy.", "kept": True, **said}
    made = actions_promises.look_at(promise, documents=[shown, shown], **look)
    newer = a_document(oak, by=admin, words="A newer one", at=IN_TIME)
    assert newer.document is shown.document
    assert [one.version for one in made.documents] == [shown]  # the one that was looked at
    elm = a_provider("Elm House")
    others = [
        a_document(elm, by=a_provider_admin(elm)),
        a_document(oak, "whistleblowing-policy", by=admin, bound_to="APP-SEALED"),
        a_document(oak, "complaints-policy", by=admin, scanned=False),
    ]
    for wrong in others:
        with refused("promise:document"):
            actions_promises.look_at(promise, documents=[wrong], **look)
    found = {one.ref for one in clean_versions(oak.id, officer)}
    assert newer.ref in found
    assert not found & {one.ref for one in others}
    assert clean_versions(oak.id, a_finance_officer()) == []
