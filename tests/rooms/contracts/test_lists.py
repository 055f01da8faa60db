"""Places on a list and the rates that hold on them: who sees which, and from which day."""

from datetime import date, timedelta

import pytest

from portal.access import Role
from portal.contracts import actions, policy, queries, queries_held
from portal.contracts.actions_terms import lay_out
from portal.contracts.models import ListMembership, Rate
from portal.contracts.presentation import option_lines
from portal.db import db
from scoring.rules import RuleBroken
from scoring.stages import MembershipStage
from tests.factories.contracts import (
    CORE,
    ENDS_ON,
    HOUR,
    STARTS_ON,
    a_finance_officer,
    a_list,
    a_place,
    a_spot_rate,
    lot_of,
)
from tests.factories.people import a_council, a_viewer, viewer
from tests.factories.providers import a_provider, a_provider_admin
from tests.factories.rounds import PREPARED, an_officer

DAY = timedelta(days=1)


@pytest.fixture
def agreement(session):
    return a_list()


def codes(places):
    return [(one.provider.name, one.agreement_lot.code) for one in places]


def pence(rates):
    return sorted(rate.amount_pence for rate in rates)


# --- Joining -------------------------------------------------------------------------------


def test_a_place_holds_on_its_first_and_on_its_last_day(agreement):
    oak = a_provider("Oak House")
    a_place(oak, agreement)
    for day, holds in (
        (STARTS_ON - DAY, False),
        (STARTS_ON, True),
        (ENDS_ON, True),
        (ENDS_ON + DAY, False),
    ):
        assert bool(queries.public_list(day)) is holds, day
        assert bool(queries.memberships(an_officer(), on=day)) is holds, day


def test_joining_again_ends_the_earlier_place_and_its_rates_the_day_before(agreement):
    oak = a_provider("Oak House")
    first = a_place(oak, agreement, core=90000)
    lay_out(first, (12, 12), 6)
    option, officer = first.options[0], an_officer()
    assert queries_held.is_next(option)
    assert policy.may_decide(officer, option, STARTS_ON)
    later = STARTS_ON + timedelta(days=400)
    a_place(oak, agreement, core=99000, starts_on=later, ends_on=later + timedelta(days=1094))
    assert first.ends_on == later - DAY
    assert not queries_held.is_next(option)  # its extension would stand beside the newer place
    assert "ended earlier" in policy.may_decide(officer, option, STARTS_ON).reason
    assert {one.words for one in option_lines(first, officer, STARTS_ON)} == {"Lapsed"}
    assert first.most_on == first.ends_on
    lot = lot_of(agreement, "1A")
    assert pence(queries.rates_of_lot(lot.id, later - DAY, officer)) == [2400, 90000]
    assert pence(queries.rates_of_lot(lot.id, later, officer)) == [2400, 99000]


def test_other_lots_and_providers_keep_their_places(agreement):
    oak, elm = a_provider("Oak House"), a_provider("Elm House")
    a_place(oak, agreement, "2A")
    a_place(elm, agreement, "1A")
    a_place(oak, agreement, "1A", starts_on=STARTS_ON + DAY)
    ends = {(one.provider.name, one.agreement_lot.code): one.ends_on for one in _all()}
    assert set(ends.values()) == {ENDS_ON}


@pytest.mark.parametrize("days", [0, 10])
def test_nobody_joins_a_lot_twice_from_the_same_or_an_earlier_day(agreement, days):
    oak = a_provider("Oak House")
    a_place(oak, agreement, starts_on=STARTS_ON)
    with pytest.raises(RuleBroken) as refused:
        a_place(oak, agreement, starts_on=STARTS_ON - days * DAY)
    assert refused.value.code == "list:already-joined"


def test_nobody_joins_without_rates_or_for_less_than_a_day(agreement):
    oak = a_provider("Oak House")
    join = {
        "councils": [a_council("luton")],
        "starts_on": STARTS_ON,
        "ends_on": ENDS_ON,
        "application_ref": "",
        "actor": an_officer(),
        "now": PREPARED,
    }
    with pytest.raises(RuleBroken, match="offered no rates"):
        actions.join_list(oak, lot_of(agreement, "1A"), rates=[], **join)
    offer = [actions.RateOffer(CORE, "week", 5, 1000)]
    with pytest.raises(RuleBroken, match="before it starts"):
        actions.join_list(
            oak, lot_of(agreement, "1A"), rates=offer, **{**join, "ends_on": STARTS_ON - DAY}
        )


def _all():
    return db.session.query(ListMembership).all()


# --- Who sees what -------------------------------------------------------------------------


def test_a_suspended_place_is_on_the_register_and_not_on_the_public_list(agreement):
    a_place(a_provider("Oak House"), agreement, stage=MembershipStage.SUSPENDED)
    a_place(a_provider("Elm House"), agreement, stage=MembershipStage.ENDED)
    assert queries.public_list(STARTS_ON) == []
    assert codes(queries.memberships(an_officer(), on=STARTS_ON)) == [("Oak House", "1A")]


def test_a_provider_sees_its_own_places_and_its_own_rates(agreement):
    oak, elm = a_provider("Oak House"), a_provider("Elm House")
    a_place(oak, agreement, core=90000)
    a_place(elm, agreement, core=80000)
    ada = viewer(a_provider_admin(oak))
    assert codes(queries.memberships(ada)) == [("Oak House", "1A")]
    lot = lot_of(agreement, "1A")
    assert pence(queries.rates_of_lot(lot.id, STARTS_ON, ada)) == [2400, 90000]
    assert queries.rates_of_provider(elm.id, ada) == []


def test_a_council_that_takes_no_part_in_a_place_sees_no_rates_of_it(agreement):
    oak = a_provider("Oak House")
    a_place(oak, agreement, "1A")
    a_place(oak, agreement, "2A", councils=["luton"])
    luton, bedford = an_officer(), an_officer("bedford-borough")
    assert len(queries.rates_of_provider(oak.id, luton)) == 4
    assert {one.agreement_lot.code for one in queries.rates_of_provider(oak.id, bedford)} == {"1A"}
    assert queries.rates_of_provider(oak.id, an_officer("hertfordshire")) == []


def test_a_spot_rate_is_seen_by_the_council_that_agreed_it_alone(agreement):
    oak = a_provider("Oak House")
    a_place(oak, agreement)
    a_spot_rate(oak, agreement, council="luton", core=95000, hour=None)
    assert 95000 in pence(queries.rates_of_provider(oak.id, an_officer()))
    assert 95000 not in pence(queries.rates_of_provider(oak.id, an_officer("bedford-borough")))
    assert 95000 not in pence(queries.rates_of_provider(oak.id, viewer(a_provider_admin(oak))))


def test_strangers_and_young_people_see_nothing(agreement):
    oak = a_provider("Oak House")
    a_place(oak, agreement)
    for role in (Role.YOUNG_COMMISSIONER, Role.PARTICIPATION_OFFICER, Role.ADMINISTRATOR):
        someone = a_viewer(role)
        assert queries.memberships(someone) == []
        assert queries.rates_of_provider(oak.id, someone) == []


def test_lists_of_other_councils_are_not_offered_for_comparison(agreement):
    assert [one.id for one in queries.agreements(an_officer())] == [agreement.id]
    assert queries.agreements(an_officer("hertfordshire")) == []


# --- Spot rates ----------------------------------------------------------------------------


def test_the_same_rates_twice_change_nothing_and_another_price_is_refused(agreement):
    oak = a_provider("Oak House")
    a_spot_rate(oak, agreement)
    a_spot_rate(oak, agreement)
    assert db.session.query(Rate).count() == 2
    with pytest.raises(RuleBroken) as refused:
        a_spot_rate(oak, agreement, core=95001)
    assert refused.value.code == "rate:other-price"
    db.session.rollback()
    with pytest.raises(RuleBroken):
        a_spot_rate(oak, agreement, until_on=date(2028, 3, 31))


def test_a_refused_row_takes_the_others_with_it(agreement):
    oak, elm = a_provider("Oak House"), a_provider("Elm House")
    a_spot_rate(oak, agreement, hour=None)
    lot = lot_of(agreement, "1A")
    rates = [
        actions.SpotRate(elm, lot, actions.RateOffer(CORE, "week", 5, 1), STARTS_ON, None),
        actions.SpotRate(oak, lot, actions.RateOffer(CORE, "week", 5, 1), STARTS_ON, None),
    ]
    with pytest.raises(RuleBroken):
        actions.import_spot_rates(
            a_council("luton"), rates, "a" * 64, actor=a_finance_officer(), now=PREPARED
        )
    db.session.rollback()
    assert db.session.query(Rate).count() == 1


@pytest.mark.parametrize(
    ("council", "role"),
    [
        ("luton", Role.COMMISSIONER),
        ("luton", Role.AUDITOR),
        ("bedford-borough", Role.FINANCE),
    ],
)
def test_only_finance_of_the_council_brings_its_rates_in(agreement, council, role):
    someone = an_officer(council, role=role)
    with pytest.raises(RuleBroken) as refused:
        actions.import_spot_rates(a_council("luton"), [], "a" * 64, actor=someone, now=PREPARED)
    assert refused.value.code == "rate:not-allowed"


def test_of_two_spot_rates_that_hold_the_later_comes_last(agreement):
    oak = a_provider("Oak House")
    a_spot_rate(oak, agreement, core=95000, hour=None)
    a_spot_rate(oak, agreement, core=97000, hour=None, from_on=STARTS_ON + 30 * DAY)
    rates = queries.rates_of_lot(lot_of(agreement, "1A").id, STARTS_ON + 40 * DAY, an_officer())
    assert [one.amount_pence for one in rates] == [95000, 97000]
    assert HOUR not in {one.item_key for one in rates}
