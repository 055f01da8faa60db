"""The main job from end to end by its verbs, as the demonstration tells it: one list and its tenders."""

import pytest
from sqlalchemy import select

from portal import audit
from portal.access import Role, Viewer
from portal.applications import queries as applications
from portal.applications.exclusions.models import Exclusion
from portal.applications.late.models import LateCase
from portal.applications.models import Application, PriceEnvelope, Submission
from portal.applications.submitting.sealing import read_content
from portal.awards.models import Letter
from portal.contracts import queries as contracts
from portal.costs.queries import rate_comparison
from portal.db import db
from portal.demo import story
from portal.evaluation import queries as evaluation
from portal.evaluation.decisions.open_matters import open_matters
from portal.people.models import Membership
from portal.people.queries import viewer_of
from portal.rounds.models import Round
from portal.storage import get_store
from scoring.canonical import sha256_of
from scoring.exclusion import ExclusionStage
from scoring.stages import ApplicationStage, LateCaseStage, RoundStage
from tests.sweeps.demonstration import NOW as TOLD

PAPER = {b"%PDF-", b"<!DOC"}  # the papers of the shared story stay the markup that they are made of


@pytest.fixture
def told(request):
    """The whole story, which on SQLite the sweeps share: it takes a while."""
    if request.config.getoption("--database") == "sqlite":
        with request.getfixturevalue("demonstration").open() as session:
            yield _rounds(session)
        return
    session = request.getfixturevalue("session")
    story.tell(TOLD)
    session.expire_all()
    yield _rounds(session)


def _rounds(session):
    rounds = session.scalars(select(Round))
    return {one.title.removeprefix("16+ list, "): one for one in rounds}


def somebody(role):
    """A viewer who holds a role."""
    held = select(Membership.person_id).where(Membership.role == role).order_by(Membership.id)
    return viewer_of(db.session.scalars(held).first())


def test_the_story_is_legal_and_ends_where_it_says(told):
    assert {title: one.stage for title, one in told.items()} == {
        "first opening": RoundStage.CONCLUDED,
        "summer opening": RoundStage.EVALUATION,
        "autumn opening": RoundStage.PUBLISHED,
        "winter opening": RoundStage.PUBLISHED,
        "spring opening": RoundStage.DRAFT,
        "Fostering tender 2026": RoundStage.MODERATED,
        "Fostering tender 2027": RoundStage.PUBLISHED,
        "Fostering tender, re-opening of two lots": RoundStage.DRAFT,
    }
    assert told["autumn opening"].stage_at(TOLD) is RoundStage.DEADLINE_PASSED
    the_trail_holds()
    the_admitted_are_on_the_list()
    every_applicant_has_its_letter(told["first opening"])
    every_receipt_is_the_hash_of_what_was_sent()
    the_rates_stand_side_by_side(told["first opening"])
    what_is_sealed_stays_sealed(told["autumn opening"])
    four_councils_tender_for_foster_care(told["Fostering tender 2027"])
    prices_are_open_and_the_low_one_was_explained(told["Fostering tender 2026"])


def the_trail_holds():
    assert list(audit.verify()) == []
    assert audit.head()[0] > 1000


def the_admitted_are_on_the_list():
    places = contracts.public_list(TOLD.date())
    assert {place.provider.name for place in places if place.application_ref} == {
        "Harbour Lane Homes",
        "Oakbridge Supported Living",
        "Northgate Futures",
        "Willow and Stone Housing",
    }
    assert all(len(place.councils) == 3 for place in places if place.application_ref)
    from_before = {place.agreement_lot.code for place in places if not place.application_ref}
    assert from_before == {"1B"}, "of the list of 2023, which holds for those of 18 and over"


def every_applicant_has_its_letter(bid_round):
    letters = db.session.scalars(
        select(Letter).join(Application).where(Application.round_id == bid_round.id)
    ).all()
    by_name = {letter.content["provider"]: letter for letter in letters}
    assert len(by_name) == 6
    assert all(letter.released_at and letter.file_id for letter in letters)
    for letter in letters:
        with get_store().open(letter.file.sha256) as stream:
            assert stream.read(5) in PAPER
    assert by_name["Cedar House Support"].application.stage is ApplicationStage.NOT_COMPLIANT
    assert "accounts" in str(by_name["Cedar House Support"].content)
    assert by_name["Brightpath Sixteen Plus"].application.stage is ApplicationStage.NOT_ADMITTED


def every_receipt_is_the_hash_of_what_was_sent():
    for submission in db.session.scalars(select(Submission)):
        assert sha256_of(submission.content) == submission.sha256
        envelope = db.session.get_one(PriceEnvelope, submission.id)
        assert sha256_of(envelope.content) == envelope.sha256
        assert envelope.sha256 in submission.content


def the_rates_stand_side_by_side(bid_round):
    finance = somebody(Role.FINANCE)
    compared = rate_comparison(finance, bid_round.agreement.ref, "1A", hours=5, on=TOLD.date())
    assert [(row.provider, row.weekly) for row in compared.rows] == [
        ("Willow and Stone Housing", 98500),
        ("Northgate Futures", 104000),
        ("Oakbridge Supported Living", 109900),
        ("Harbour Lane Homes", 118500),
    ]
    numbers = compared.numbers
    assert (numbers.lowest, numbers.median, numbers.highest) == (98500, 106950, 118500)
    assert (numbers.lower_quartile, numbers.upper_quartile) == (102625, 112050)


def what_is_sealed_stays_sealed(bid_round):
    counts = applications.counts(bid_round)
    assert (counts.drafts, counts.submissions) == (2, 2)  # a late one is neither
    (case,) = db.session.scalars(select(LateCase))
    assert (case.stage, case.proposed_accept) == (LateCaseStage.REFUSED, False)
    for role in (Role.COMMISSIONER, Role.MODERATOR, Role.AUDITOR, Role.ADMINISTRATOR, Role.FINANCE):
        viewer = somebody(role)
        assert applications.bids(bid_round, viewer) == []
        ids = [
            one.id
            for one in db.session.scalars(select(Application))
            if one.round_id == bid_round.id
        ]
        assert applications.prices(ids, viewer) == {}


def four_councils_tender_for_foster_care(bid_round):
    counts = applications.counts(bid_round)
    assert (counts.drafts, counts.submissions) == (1, 1)
    assert len(bid_round.councils) == 4
    assert bid_round.stage_at(TOLD) is RoundStage.OPEN_FOR_QUESTIONS
    assert bid_round.version == 2
    sent = db.session.scalars(
        select(Submission).join(Application).where(Application.round_id == bid_round.id)
    ).all()
    content = read_content(sent[-1].content)
    assert [len(sent), len(content.councils["F4"]), len(content.marks)] == [2, 3, 1]
    hearing, replaced = db.session.scalars(select(Exclusion).order_by(Exclusion.id))
    assert (hearing.stage, hearing.answered_at is None) == (ExclusionStage.HEARING, False)
    (notice,) = replaced.notices
    assert not replaced.exclude
    assert notice.given_on, "the authority was told of the sub-contractor that was replaced"


def prices_are_open_and_the_low_one_was_explained(bid_round):
    found = {
        (one.round_lot.code, one.application.provider.name): one
        for one in evaluation.results(bid_round, Viewer.system())
    }
    assert {place: one.rank for place, one in found.items()} == {
        ("F1", "Kestrel Fostering"): 1,
        ("F1", "Saltmarsh Fostering"): 2,
        ("F1", "Lantern Foster Care"): 3,
        ("F3", "Kestrel Fostering"): 1,
    }
    assert found["F1", "Saltmarsh Fostering"].content["flags"]
    assert open_matters(bid_round) == [], "it was asked, explained and kept"
    assert bid_round.scheme.body["stated_in"] == "points"
