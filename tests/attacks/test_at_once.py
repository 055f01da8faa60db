"""Two people press at the same moment, over two connections: one does it, the other is told why not.

Submitting twice stands in `applications/test_submit.py`, workers that take one job in
`furniture/test_queue.py`, and tries at a password in `people/test_attempts.py`.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pyotp
import pytest
from sqlalchemy import func, select

from portal.access import ANONYMOUS, Role
from portal.applications.models import BidLot
from portal.applications.opening import actions as actions_opening
from portal.audit import AuditEntry, Event, verify
from portal.awards import actions as awards, queries as awards_queries
from portal.awards.models import Approval, Letter
from portal.contracts import actions_stopping, actions_terms, actions_uplifts
from portal.contracts.models import Contract, Rate
from portal.contracts.models_terms import ExtensionOption, Suspension
from portal.contracts.models_uplifts import UpliftMethod, UpliftRequest
from portal.db import db
from portal.mail import Mail
from portal.people import actions, links
from portal.people.models import LinkKind, Person
from portal.rounds.models import Round
from portal.young import actions as young
from portal.young.models import YoungEntry
from scoring.stages import RoundStage
from scoring.younglog import EntryKind
from tests.factories.awards import (
    CONCLUDED,
    DECIDED,
    STARTS_ON,
    a_recommended_round,
    a_released_round,
    an_approver,
    approve_for,
    told,
)
from tests.factories.bids import a_bid
from tests.factories.contracts import a_finance_officer, an_old_contract
from tests.factories.people import a_council, a_person, viewer
from tests.factories.providers import a_provider, a_provider_admin
from tests.factories.rounds import OPENING, a_round, an_officer
from tests.factories.sending import form_on, send
from tests.factories.together import DONE, one_of, together

NOW = datetime(2026, 10, 1, 9, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("session")


def number_of(model, *where):
    return db.session.scalar(select(func.count()).select_from(model).where(*where))


def the(model, key):
    return db.session.get_one(model, key)


# --- Rounds and awards -------------------------------------------------------------------------------


def test_a_round_is_opened_once(app):
    bid_round = a_round(lots=["1A"])
    a_bid(bid_round)
    db.session.commit()
    actions_opening.begin_opening(bid_round, actor=an_officer(), now=OPENING)
    key, officers = bid_round.id, [an_officer(name=name) for name in ("Second", "Third")]

    def confirms(officer):
        return lambda: actions_opening.confirm_opening(the(Round, key), actor=officer, now=OPENING)

    assert one_of(together(app, *map(confirms, officers))) == "round:open:not-allowed"
    assert the(Round, key).stage is RoundStage.OPENED
    assert number_of(BidLot) == 1
    assert number_of(AuditEntry, AuditEntry.event == Event.ROUND_OPENED) == 1
    assert not list(verify())


def test_an_opening_is_begun_once(app):
    key, officers = a_round(lots=["1A"]).id, [an_officer(), an_officer(name="Second")]

    def begins(officer):
        return lambda: actions_opening.begin_opening(the(Round, key), actor=officer, now=OPENING)

    assert one_of(together(app, *map(begins, officers))) == "opening:not-allowed"


def approves(key, slug, approver):
    def act():
        awards.approve(
            awards_queries.recommendation_of(the(Round, key)),
            a_council(slug),
            "ODR 1",
            declared_no_interest=True,
            actor=approver,
            now=DECIDED,
        )

    return act


def test_a_council_approves_once(app):
    bid_round = a_recommended_round(told("Oak House"))
    both = [an_approver(), viewer(a_person(Role.APPROVER, "luton"))]
    acts = [approves(bid_round.id, "luton", one) for one in both]
    assert one_of(together(app, *acts)) == "award:not-allowed"
    assert number_of(Approval) == 1


def test_the_last_two_councils_together_make_one_award_and_one_set_of_letters(app):
    bid_round = a_recommended_round(told("Oak House"))
    approve_for(awards_queries.recommendation_of(bid_round), "luton")
    last = ("bedford-borough", "central-bedfordshire")
    acts = [approves(bid_round.id, slug, an_approver(slug)) for slug in last]
    assert together(app, *acts) == [DONE, DONE]
    assert the(Round, bid_round.id).stage is RoundStage.APPROVED
    assert number_of(Letter) == 1


def test_an_award_is_concluded_once(app):
    key, officers = a_released_round(told("Oak House")).id, [an_officer(), an_officer(name="Two")]

    def concludes(officer):
        return lambda: awards.conclude(the(Round, key), STARTS_ON, actor=officer, now=CONCLUDED)

    assert one_of(together(app, *map(concludes, officers))) == "award:not-allowed"
    assert number_of(AuditEntry, AuditEntry.event == Event.AWARD_CONCLUDED) == 1


# --- Contracts ---------------------------------------------------------------------------------------


def test_a_rise_is_granted_once(app):
    provider = a_provider("Oak Fostering")
    contract = an_old_contract(provider, now=NOW)
    request = actions_uplifts.ask(
        contract,
        method=UpliftMethod.PERCENTAGE,
        share=Fraction(3, 100),
        working="",
        items=["weekly-fee-age-5-to-9"],
        from_on=date(2026, 11, 1),
        reason="Wages rose.",
        actor=viewer(a_provider_admin(provider)),
        now=NOW,
    )
    said = {"share": Fraction(3, 100), "from_on": date(2026, 11, 1), "now": NOW}
    actions_uplifts.recommend(request, reason="Fair.", actor=an_officer(), **said)
    key, rates = request.id, number_of(Rate)
    both = [a_finance_officer(), viewer(a_person(Role.FINANCE))]

    def decides(officer):
        return lambda: actions_uplifts.decide(
            the(UpliftRequest, key), reason="Agreed.", actor=officer, **said
        )

    assert one_of(together(app, *map(decides, both))) in {"uplift:not-allowed", "edit:too-late"}
    assert number_of(Rate) == rates + 1


def test_an_extension_is_decided_once(app):
    contract = an_old_contract(a_provider("Oak Fostering"), now=NOW)
    option = contract.options[-1]
    key, held, ends_on = option.id, contract.id, contract.ends_on
    both = [an_officer(), an_officer(name="Another Officer")]

    def decides(officer):
        return lambda: actions_terms.decide_extension(
            the(ExtensionOption, key), extended=True, reason="They do well.", actor=officer, now=NOW
        )

    assert one_of(together(app, *map(decides, both))) == "extension:refused"
    assert number_of(AuditEntry, AuditEntry.event == Event.EXTENSION_DECIDED) == 1
    assert the(Contract, held).ends_on > ends_on


def a_running_contract():
    """Its key, and two officers who would both do something about it."""
    contract = an_old_contract(a_provider("Oak Fostering"), now=NOW)
    return contract.id, [an_officer(), an_officer(name="Another Officer")]


def test_a_contract_is_suspended_once(app):
    key, both = a_running_contract()
    said = {"council": None, "from_on": NOW.date(), "reason": "A concern.", "now": NOW}

    def suspends(officer):
        return lambda: actions_stopping.suspend([the(Contract, key)], actor=officer, **said)

    assert one_of(together(app, *map(suspends, both))) == "suspension:already"
    assert number_of(Suspension) == 1
    assert number_of(AuditEntry, AuditEntry.event == Event.SUSPENSION_PLACED) == 1


def test_a_contract_is_ended_once(app):
    key, both = a_running_contract()

    def ends(officer, on):
        return lambda: actions_stopping.terminate(
            the(Contract, key), last_on=on, reason="Closed.", actor=officer, now=NOW
        )

    days = [NOW.date() + timedelta(days=30), NOW.date() + timedelta(days=60)]
    refused = one_of(together(app, *map(ends, both, days)))
    assert refused == "contract:refused"
    assert the(Contract, key).terminated_on == days[0]
    assert number_of(AuditEntry, AuditEntry.event == Event.CONTRACT_TERMINATED) == 1


# --- Young people ------------------------------------------------------------------------------------


def test_a_voucher_is_handed_out_once(app):
    council = a_council()
    comet = a_person(Role.YOUNG_COMMISSIONER, council, name="Comet")
    both = [viewer(a_person(Role.PARTICIPATION_OFFICER, council)) for _ in range(2)]
    said = {"pence": 2000, "actor": both[0], "now": NOW}
    entry = young.write_down(comet, EntryKind.VOUCHER, NOW.date(), "For the visit", **said)
    key = entry.id

    def pays(officer):
        return lambda: young.pay([the(YoungEntry, key)], NOW.date(), actor=officer, now=NOW)

    assert one_of(together(app, *map(pays, both))) in {"young-log:paid-already", "edit:too-late"}
    assert number_of(AuditEntry, AuditEntry.event == Event.YOUNG_ENTRY_PAID) == 1


def test_many_guesses_at_a_cards_pin_at_once_are_six(app):
    council, officer = a_council(), a_person(Role.PARTICIPATION_OFFICER)
    comet = actions.create_young_commissioner("Comet", council, actor=viewer(officer), now=NOW)
    actions.record_consent(comet, "Comet", NOW.date(), "To score", actor=viewer(officer), now=NOW)
    made = actions.make_card(comet, "270514", actor=viewer(officer), now=NOW)
    app.config["CLOCK"] = lambda: NOW
    address, tries = f"/card/{made.token}", 9
    browsers = [app.test_client() for _ in range(tries)]
    forms = [form_on(one, address, ["pin"]) for one in browsers]
    db.session.commit()

    def guess(number):
        pin = {"pin": f"91827{number}"}
        return send(browsers[number], address, pin, form=forms[number]).text

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(guess, range(tries)))
    assert sum("That PIN is not right" in one for one in answers) == 6
    assert sum("Too many tries" in one for one in answers) == tries - 6


# --- What works once ---------------------------------------------------------------------------------


def test_a_recovery_code_opens_one_door(app):
    ada = a_person()
    code = actions.make_recovery_codes(ada, actor=viewer(ada), now=NOW)[0]
    key = ada.id

    def uses():
        actions.use_recovery_code(the(Person, key), code, now=NOW)

    assert one_of(together(app, uses, uses)) == "recovery-code:wrong"


def test_a_phones_code_opens_one_door(app):
    ada = a_person()
    key, code = ada.id, pyotp.TOTP(ada.totp_secret).at(NOW)

    def uses():
        actions.use_code(the(Person, key), code, now=NOW)

    assert one_of(together(app, uses, uses)) == "code:wrong"


def test_a_link_for_a_new_password_sets_one(app):
    ben = a_person(Role.PROVIDER_CONTRIBUTOR)
    _, token = links.make(LinkKind.PASSWORD_RESET, ben.email, now=NOW, person=ben)

    def uses(password_hash):
        return lambda: actions.reset_password(token, password_hash, now=NOW + timedelta(minutes=1))

    assert one_of(together(app, uses("first"), uses("second"))) == "link:used"
    assert number_of(Mail, Mail.message == "password-changed") == 1


def test_an_invitation_makes_one_account(app):
    council, ada = a_council(), a_person(Role.ADMINISTRATOR)
    said = {"organisation": council, "role": Role.COMMISSIONER, "made_by_id": ada.id}
    _, token = links.make(LinkKind.INVITATION, "new@luton.example", now=NOW, **said)

    def accepts(name):
        return lambda: actions.accept_invitation(token, name, "hash", actor=ANONYMOUS, now=NOW)

    assert one_of(together(app, accepts("Ada New"), accepts("Ada Newer"))) == "link:used"
    assert number_of(Person, Person.email == "new@luton.example") == 1
