"""Until the opening nobody but the provider finds anything; afterwards only what was submitted."""

from dataclasses import replace

import pytest
from werkzeug.exceptions import NotFound

from portal.access import OrganisationKind, Post, Role
from portal.applications import actions, queries
from scoring.stages import ApplicationStage, RoundStage
from tests.factories.applications import a_submitted, an_application
from tests.factories.documents import a_document
from tests.factories.people import a_council, a_person, viewer
from tests.factories.rounds import AFTER_OPENING, OPENING
from tests.factories.sending import form_on

READS_BIDS = (Role.COMMISSIONER, Role.MODERATOR, Role.EVALUATOR, Role.AUDITOR)
COUNCIL_ROLES = (
    *READS_BIDS,
    Role.FINANCE,
    Role.APPROVER,
    Role.ADMINISTRATOR,
    Role.YOUNG_COMMISSIONER,
    Role.PARTICIPATION_OFFICER,
)


@pytest.fixture
def sent(session, town):
    application = a_submitted(town.round, by=town.ada)
    session.commit()
    return application


def opened(session, town, *applications):
    """What the two officers do, as far as this room reads it."""
    town.round.stage, town.round.opened_at = RoundStage.OPENED, OPENING
    for application in applications:
        application.stage = ApplicationStage.OPENED
    session.commit()
    town.at(AFTER_OPENING)


def locked(session, town):
    town.round.quality_locked_at = AFTER_OPENING
    session.commit()


def prices_opened(session, town):
    town.round.prices_opened_at = AFTER_OPENING
    session.commit()


def pages_of(application):
    ref = application.ref
    receipt = application.standing.ref if application.standing else "REC-22222-22222"
    inner = ("", "/lots", "/documents", "/documents/accounts", "/rates", "/check", "/withdraw")
    questions = ("/sections/quality", "/questions/safeguarding", "/questions/homes-list/1A")
    receipts = ("", "/receipt.pdf", "/manifest.json", "/prices.json", "/verify")
    return [
        *(f"/applications/{ref}{one}" for one in (*inner, *questions)),
        *(f"/applications/receipts/{receipt}{one}" for one in receipts),
    ]


def test_every_page_is_for_the_provider_s_own_people(session, town, sent):
    for person in (town.ada, town.ben):
        client = town.by(person)
        for address in pages_of(sent):
            expected = {403} if person is town.ben and "/withdraw" in address else {200, 302}
            assert client.get(address).status_code in expected, address


def test_another_provider_finds_nothing(session, town, sent):
    client = town.by(town.cyd)
    for address in pages_of(sent):
        assert client.get(address).status_code == 404, address


@pytest.mark.parametrize("role", COUNCIL_ROLES)
@pytest.mark.parametrize("when", ["before", "after"])
def test_no_council_page_leads_into_an_application(session, town, sent, role, when):
    if when == "after":
        opened(session, town, sent)
        locked(session, town)
    client = town.by(a_person(role))
    for address in pages_of(sent):
        assert client.get(address).status_code in {403, 404}, address


@pytest.mark.parametrize("role", COUNCIL_ROLES)
def test_a_provider_s_person_with_a_post_at_a_council_is_not_trusted_for_others(
    session, town, sent, role
):
    somebody = viewer(a_person(role))
    both = replace(
        somebody,
        posts=(
            *somebody.posts,
            Post(Role.PROVIDER_ADMIN, town.elm.id, OrganisationKind.PROVIDER, "Elm"),
        ),
    )
    for look in (queries.application, queries.own_application):
        with pytest.raises(NotFound):
            look(sent.ref, both)


def test_a_stranger_posts_nothing(session, town, sent):
    client = town.by(town.cyd)
    token = dict(form_on(client, f"/applications/start/{town.round.ref}").fields)
    data = {
        "csrf_token": token["csrf_token"],
        "certified": "yes",
        "reason": "x",
        "safeguarding": "x",
    }
    for path in ("submit", "withdraw", "lots", "rates", "questions/safeguarding"):
        answer = client.post(f"/applications/{sent.ref}/{path}", data=data)
        assert answer.status_code == 404, path
    session.expire_all()
    assert sent.stage is ApplicationStage.SUBMITTED


@pytest.mark.parametrize("role", COUNCIL_ROLES)
def test_queries_give_a_council_counts_and_nothing_else_before_the_opening(
    session, town, sent, role
):
    an_application(town.round, by=town.cyd)
    officer = viewer(a_person(role))
    assert queries.counts(town.round) == queries.Counts(drafts=1, submissions=1)
    assert queries.bids(town.round, officer) == []
    assert queries.bid_contents([sent], officer) == {}
    assert queries.prices([sent.id], officer) == {}
    assert queries.prices_complete([sent], officer) == {}
    with pytest.raises(NotFound):
        queries.application(sent.ref, officer)
    with pytest.raises(NotFound):
        queries.bid_content(sent, officer)


@pytest.mark.parametrize("role", READS_BIDS)
def test_after_the_opening_those_who_read_bids_read_what_was_submitted(session, town, sent, role):
    actions.save_answer(
        sent, "safeguarding", "", "Changed, not sent", 1, actor=viewer(town.ada), now=town.now
    )
    draft = an_application(town.round, by=town.cyd)
    opened(session, town, sent)
    draft.stage = ApplicationStage.LAPSED
    officer = viewer(a_person(role, "central-bedfordshire"))
    assert queries.bids(town.round, officer) == [sent]
    content = queries.bid_content(sent, officer)
    assert content.lots == ("1A", "2A")
    assert content.answers["safeguarding", ""] == "What we say to “safeguarding”."
    assert {one.checklist_key for one in content.documents} >= {"accounts"}
    assert queries.bid_contents([draft], officer) == {}
    with pytest.raises(NotFound):
        queries.application(draft.ref, officer)


@pytest.mark.parametrize("role", [Role.FINANCE, Role.APPROVER, Role.ADMINISTRATOR])
def test_other_roles_read_no_bid(session, town, sent, role):
    opened(session, town, sent)
    officer = viewer(a_person(role))
    assert queries.bids(town.round, officer) == []
    assert queries.bid_contents([sent], officer) == {}


def test_a_denial_wins_over_a_second_post(session, town, sent):
    opened(session, town, sent)
    officer = viewer(a_person([Role.COMMISSIONER, Role.FINANCE]))
    assert queries.bids(town.round, officer) == []
    locked(session, town)
    assert queries.prices([sent.id], officer) == {}


def test_a_council_that_takes_no_part_finds_nothing(session, town, sent):
    opened(session, town, sent)
    locked(session, town)
    outside = viewer(a_person(Role.COMMISSIONER, a_council("hertfordshire")))
    assert queries.bids(town.round, outside) == []
    assert queries.bid_contents([sent], outside) == {}
    assert queries.prices([sent.id], outside) == {}
    with pytest.raises(NotFound):
        queries.application(sent.ref, outside)


@pytest.mark.parametrize("role", [Role.YOUNG_COMMISSIONER, Role.PARTICIPATION_OFFICER])
def test_young_commissioners_read_what_was_written_to_them(session, town, sent, role):
    opened(session, town, sent)
    content = queries.bid_content(sent, viewer(a_person(role)))
    assert {key for key, _lot in content.answers} == {
        "young-home",
        "young-staff",
        "young-growing-up",
        "young-listening",
    }
    assert content.documents == ()


@pytest.mark.parametrize(
    ("role", "reads"),
    [
        (Role.COMMISSIONER, True),
        (Role.MODERATOR, True),
        (Role.APPROVER, True),
        (Role.AUDITOR, True),
        (Role.EVALUATOR, False),
        (Role.YOUNG_COMMISSIONER, False),
        (Role.PARTICIPATION_OFFICER, False),
        (Role.FINANCE, False),
        (Role.ADMINISTRATOR, False),
    ],
)
def test_prices_wait_for_the_lock_and_their_own_opening(session, town, sent, role, reads):
    officer = viewer(a_person(role))
    opened(session, town, sent)
    assert queries.prices([sent.id], officer) == {}
    locked(session, town)
    assert queries.prices([sent.id], officer) == {}
    prices_opened(session, town)
    found = queries.prices([sent.id], officer)
    assert bool(found) is reads
    if reads:
        assert found[sent.id]["1A", "core-weekly-price"] == 89500


def test_the_portal_itself_reads_no_price_before_the_lock(session, town, sent):
    from portal.access import Viewer

    opened(session, town, sent)
    assert queries.bids(town.round, Viewer.system()) == [sent]
    assert queries.prices([sent.id], Viewer.system()) == {}


def test_a_provider_reads_its_own_prices_and_nobody_else_s(session, town, sent):
    elm = a_submitted(town.round, by=town.cyd)
    found = queries.prices([sent.id, elm.id], viewer(town.ben))
    assert list(found) == [sent.id]


def test_whether_prices_are_complete_is_told_without_telling_them(session, town, sent):
    opened(session, town, sent)
    assert queries.prices_complete([sent], viewer(town.dev)) == {sent.id: True}


def test_files_of_a_bid_open_with_it(session, town, sent):
    own = a_document(town.oak, "accounts", by=town.ada, bound_to=sent.ref, words="bound")
    ada = viewer(town.ada)
    actions.attach_document(sent, "accounts", own, actor=ada, now=town.now)
    actions.submit(sent, certified=True, received_at=town.now, actor=ada, now=town.now)
    other = a_document(town.oak, "accounts", by=town.ada, bound_to=sent.ref, words="not sent")
    session.commit()
    address = f"/applications/bids/{sent.ref}/files/{own.ref}"
    assert town.by(town.dev).get(address).status_code == 404
    opened(session, town, sent)
    answer = town.by(town.dev).get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    stranger = a_person(Role.COMMISSIONER, a_council("hertfordshire"))
    assert town.by(stranger).get(address).status_code == 404
    assert town.by(town.cyd).get(address).status_code == 403
    unsent = f"/applications/bids/{sent.ref}/files/{other.ref}"
    assert town.by(town.dev).get(unsent).status_code == 404


def test_reading_all_bids_costs_the_same_however_many(session, town, sent, count_statements):
    def cost():
        session.expire_all()
        with count_statements() as counted:
            found = queries.bids(town.round, officer)
            queries.bid_contents(found, officer)
        return counted.number

    officer = viewer(town.dev)
    opened(session, town, sent)
    one = cost()
    town.at(town.now)
    town.round.stage, town.round.opened_at = RoundStage.PUBLISHED, None
    elm = a_submitted(town.round, by=town.cyd)
    opened(session, town, sent, elm)
    assert cost() == one
