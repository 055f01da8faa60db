"""What a procurement keeps and lets go: what is due, what is held, what goes and what must stay."""

import io
import json
from datetime import timedelta
from fnmatch import fnmatch

import pytest
from sqlalchemy import JSON, Enum, String, func, select

from portal import audit, queue
from portal.access import Role
from portal.applications.models import Answer, Application, PriceEnvelope, Submission
from portal.awards.models import Letter, Recommendation
from portal.contracts.models import ListMembership, Rate
from portal.db import Base, db
from portal.documents.models import Document, DocumentVersion, StoredFile
from portal.evaluation.models import Consensus, PanelMember, Result
from portal.evidence import actions as evidence, parts
from portal.evidence.letting_go import GONE, without_words
from portal.evidence.models import EvidencePack, PackState
from portal.people import actions_retention as keeping
from portal.retention import DestroyedFile, FileFate
from portal.storage import get_store
from scoring.canonical import sha256_of
from scoring.pack import Form
from scoring.rules import RuleBroken
from tests.factories.awards import CONCLUDED, a_concluded_round, told
from tests.factories.people import a_person, viewer
from tests.factories.rounds import an_officer

AFTER_BIDS = CONCLUDED + timedelta(days=366 * 3 + 31)
AFTER_ALL = CONCLUDED + timedelta(days=366 * 13)


@pytest.fixture
def una(session):
    return viewer(a_person(Role.ADMINISTRATOR, name="Una Oak"))


@pytest.fixture
def val(session):
    return viewer(a_person(Role.ADMINISTRATOR, name="Val Elm"))


@pytest.fixture
def ended(session):
    """A list on which Oak House has a place, and for which Elm House was not good enough."""
    return a_concluded_round(told("Oak House"), told("Elm House", score=1))


def bid_of(name):
    return next(one for one in db.session.scalars(select(Application)) if one.provider.name == name)


def due(key, on):
    return next(one for one in keeping.due_now(on.date()) if one.kept.key == key)


def let_go(key, on, una, val):
    deletion = keeping.ask_deletion(key, actor=una, now=on)
    db.session.commit()
    keeping.agree_deletion(deletion, actor=val, now=on)
    db.session.commit()
    queue.run_all(on)
    db.session.expire_all()
    return deletion


def test_a_bid_that_lost_is_due_three_years_after_its_round_and_a_winner_is_not(ended):
    assert due("lost-bids", CONCLUDED + timedelta(days=3 * 365 - 5)).items == []
    found = due("lost-bids", AFTER_BIDS)
    assert [one.ref for one in found.items] == [bid_of("Elm House").ref]
    assert due("contracts", AFTER_BIDS).items == []
    assert due("decisions", AFTER_BIDS).items == []


def test_what_the_bidder_sent_goes_and_the_hashes_stay(ended, una, val):
    bid, won = bid_of("Elm House"), bid_of("Oak House")
    standing = bid.standing
    hashes = standing.sha256, db.session.get_one(PriceEnvelope, standing.id).sha256
    secret = json.loads(standing.content)["answers"][0]["value"]
    head = audit.head()
    files = set(db.session.scalars(select(StoredFile.sha256)))
    deletion = let_go("lost-bids", AFTER_BIDS, una, val)
    assert (deletion.erased, deletion.refs) == (1, [])
    kept = db.session.get_one(Submission, standing.id)
    envelope = db.session.get_one(PriceEnvelope, standing.id)
    assert (kept.sha256, envelope.sha256) == hashes
    assert json.loads(kept.content)["answers"] == []
    assert json.loads(envelope.content) == {"rates": [], "secret": ""}
    assert str(secret) not in kept.content
    assert db.session.scalar(select(func.count()).where(Answer.application_id == bid.id)) == 0
    assert list(audit.verify()) == []
    assert audit.number_of(head[1]) == head[0]
    # the winner is as it was, with all that was sent
    winner = won.standing
    assert sha256_of(winner.content) == winner.sha256
    assert db.session.scalar(select(func.count()).where(Answer.application_id == won.id))
    gone = files - set(db.session.scalars(select(StoredFile.sha256)))
    assert gone == {one.sha256 for one in deletion.files}
    assert due("lost-bids", AFTER_BIDS).items == []  # and is not due again


def test_a_file_goes_with_its_older_copies_unless_another_record_needs_it(ended, una, val):
    bid, won = bid_of("Elm House"), bid_of("Oak House")
    own = _bound_file(bid, b"%PDF-1.7 only of Elm House")
    shared = _bound_file(bid, b"%PDF-1.7 sent by both")
    _bound_file(won, b"%PDF-1.7 sent by both")
    store = get_store()
    assert store.set_aside(own, before=AFTER_ALL)  # an older copy lies aside …
    _put(b"%PDF-1.7 only of Elm House")  # … and it was sent again
    db.session.commit()
    deletion = let_go("lost-bids", AFTER_ALL, una, val)
    fates = {one.sha256: one.fate for one in deletion.files}
    assert fates[own] is FileFate.DESTROYED
    assert fates[shared] is FileFate.NEEDED
    assert not store.exists(own)
    assert not store.recover(own)
    assert store.exists(shared)


def _put(content):
    return get_store().put(io.BytesIO(content))


def _bound_file(bid, content):
    stored = _put(content)
    document = Document(
        provider_id=bid.provider_id,
        type_key="other",
        title="Paper",
        bound_to=bid.ref,
        created_at=CONCLUDED,
    )
    file = StoredFile(
        sha256=stored.sha256,
        size=stored.size,
        mime="application/pdf",
        name="paper.pdf",
        stored_at=CONCLUDED,
    )
    version = DocumentVersion(
        document=document,
        number=1,
        file=file,
        uploaded_by_id=bid.started_by_id,
        uploaded_at=CONCLUDED,
    )
    db.session.add(version)
    db.session.flush()
    return stored.sha256


def test_a_challenge_that_is_open_keeps_everything_of_the_round(ended, una, val):
    deletion = keeping.ask_deletion("lost-bids", actor=una, now=AFTER_BIDS)
    ended.held_at = AFTER_BIDS
    db.session.commit()
    found = due("lost-bids", AFTER_BIDS)
    assert found.items == []
    assert [one.held for one in found.held] == ["A legal challenge to the award is open."]
    keeping.agree_deletion(deletion, actor=val, now=AFTER_BIDS)
    db.session.commit()
    queue.run_all(AFTER_BIDS)
    assert deletion.erased == 0
    assert bid_of("Elm House").let_go_at is None
    assert due("contracts", AFTER_ALL).items == due("decisions", AFTER_ALL).items == []


@pytest.mark.parametrize("names", ["round", "provider", "everything"])
def test_a_hold_may_name_the_round_the_provider_or_everything(ended, una, names):
    bid = bid_of("Elm House")
    subject = {"round": ended.ref, "provider": bid.provider.ref, "everything": ""}[names]
    keeping.stop_deleting("", subject, "A claim is coming", actor=una, now=AFTER_BIDS)
    found = due("lost-bids", AFTER_BIDS)
    assert found.stopped if names == "everything" else found.items == []


def test_a_contract_takes_the_bid_that_won_it_along_and_leaves_its_rates(ended, una, val):
    won, rates = bid_of("Oak House"), db.session.scalar(select(func.count(Rate.id)))
    place = db.session.scalars(select(ListMembership)).one()
    _end(place)
    after = AFTER_BIDS + timedelta(days=366 * 4)
    assert due("contracts", after).items
    assert due("decisions", after).items == []  # while a place of the round is kept
    let_go("contracts", after, una, val)
    assert won.let_go_at == place.let_go_at == after
    assert json.loads(won.standing.content)["answers"] == []
    assert (place.provider_id, place.starts_on) == (won.provider_id, place.starts_on)
    assert db.session.scalar(select(func.count(Rate.id))) == rates
    assert [one.ref for one in due("decisions", after).items] == [ended.ref]


def _end(place):
    place.ends_on = (CONCLUDED + timedelta(days=300)).date()
    db.session.commit()


def test_what_another_place_still_needs_stays(ended, una, val):
    place = db.session.scalars(select(ListMembership)).one()
    _end(place)
    other = ListMembership(
        provider_id=place.provider_id,
        agreement_lot_id=place.agreement_lot_id,
        starts_on=place.ends_on,
        ends_on=AFTER_ALL.date(),
        application_ref=place.application_ref,
        joined_at=CONCLUDED,
    )
    db.session.add(other)
    db.session.commit()
    let_go("contracts", AFTER_BIDS + timedelta(days=366 * 4), una, val)
    assert place.let_go_at
    assert bid_of("Oak House").let_go_at is None


def test_a_deed_is_kept_for_twice_as_long(ended):
    place = db.session.scalars(select(ListMembership)).one()
    place.by_deed = True
    _end(place)
    after = AFTER_BIDS + timedelta(days=366 * 4)
    assert due("contracts", after).items == due("deeds", after).items == []
    assert [one.ref for one in due("deeds", AFTER_ALL).items] == [place.ref]


def test_decisions_lose_their_words_and_their_people_and_keep_their_figures(ended, una, val):
    pack = _a_pack(ended)
    _end(db.session.scalars(select(ListMembership)).one())
    results = db.session.execute(
        select(Result.sha256, Result.total, Result.admitted).order_by(Result.id)
    ).all()
    root, recommended = pack.root, db.session.scalars(select(Recommendation.sha256)).all()
    for key in ("lost-bids", "contracts", "decisions"):
        let_go(key, AFTER_ALL, una, val)
    again = db.session.execute(
        select(Result.sha256, Result.total, Result.admitted).order_by(Result.id)
    ).all()
    assert again == results
    assert db.session.scalars(select(Recommendation.sha256)).all() == recommended
    assert set(db.session.scalars(select(Consensus.reason))) == {GONE}
    assert db.session.scalar(select(func.count()).select_from(PanelMember)) == 0
    letters = db.session.scalars(select(Letter)).all()
    assert letters
    assert {one.file_id for one in letters} == {None}
    kept = db.session.scalars(select(EvidencePack)).one()
    assert kept.root == root
    assert kept.let_go_at == AFTER_ALL
    assert not get_store("evidence").exists(kept.sha256)
    fates = set(db.session.scalars(select(DestroyedFile.fate)))
    assert fates <= {FileFate.DESTROYED, FileFate.NEEDED}
    assert list(audit.verify()) == []
    with pytest.raises(RuleBroken, match="were deleted"):
        evidence.ask(ended, Form.FULL, actor=an_officer(), now=AFTER_ALL)


def _a_pack(bid_round):
    """A pack as it is when it was made; what is in it does not matter here."""
    officer = an_officer()
    pack = evidence.ask(bid_round, Form.FULL, actor=officer, now=CONCLUDED)
    kept = get_store("evidence").put(io.BytesIO(b"PK of the whole round"))
    pack.state, pack.made_at, pack.root = PackState.MADE, CONCLUDED, "5" * 64
    pack.sha256, pack.size = kept.sha256, kept.size
    db.session.commit()
    return pack


def test_the_record_tells_how_many_of_what_and_never_of_whom(ended, una, val):
    deletion = let_go("lost-bids", AFTER_BIDS, una, val)
    assert deletion.months == 36
    assert "section 98" in deletion.basis
    assert deletion.refs_sha256 == sha256_of(json.dumps([bid_of("Elm House").ref]))
    assert deletion.counts["answer"] > 1
    told = str([one.detail for one in db.session.scalars(select(audit.AuditEntry))
                if one.subject_ref == deletion.ref])  # fmt: skip
    assert "Elm" not in told
    assert bid_of("Elm House").ref not in told


def test_a_job_that_runs_twice_deletes_once(ended, una, val):
    deletion = let_go("lost-bids", AFTER_BIDS, una, val)
    rows = dict(deletion.counts)
    keeping.carry_out(deletion, AFTER_ALL)
    assert deletion.done_at == AFTER_BIDS
    assert deletion.counts == rows


def test_words_go_from_json_and_its_shape_stays():
    told = {"lot": "1A", "lines": [{"reason": "Strong and clear", "points": "9/2", "n": 3}]}
    assert without_words(told) == {"lot": "1A", "lines": [{"reason": "", "points": "9/2", "n": 3}]}


STAYS = {
    # who applied for what, and how it ended: the history of the register
    "application_lot.councils", "application_lot.branches", "bid_lot.councils",
    # what the council published, and how the round was set up
    "round.*", "round_lot.title", "clarification.*", "clarification_version.*", "round_opening.bids",
    # the working of figures: references, hashes and numbers
    "price_opening.envelopes", "sheet.asks", "award_decision.order", "approval.decision_reference",
    "award_notice.*", "clarification_question.about",
    "evidence_pack.why_refused", "score.value", "exclusion.before", "scorer.label",
    # emptied apart, with their shape
    "submission.content", "price_envelope.content",
    # the bones of a contract
    "contract.title", "contract.termination_reason", "list_membership.termination_reason",
    "uplift_request.items", "practice_*",
}  # fmt: skip


def test_every_column_with_words_goes_or_is_named_as_staying():
    """A table that is added below a bid, a round or a contract must say what becomes of its words."""
    touched = {}
    every = (parts.BID, parts.DECISIONS, parts.agreed("contract_id"))
    for part in (one for group in every for one in group):
        touched.setdefault(part.model.__tablename__, set()).update(part.touched)
    forgotten = [
        f"{table.name}.{column.name}"
        for table in _below({"application", "round", "contract", "list_membership"})
        for column in table.columns
        if _holds_words(column) and column.name not in touched.get(table.name, ())
    ]
    left = [one for one in forgotten if not any(fnmatch(one, kept) for kept in STAYS)]
    assert left == []


def _below(roots):
    """The tables that belong to these: they point at them, or at one that does."""
    names = set(roots)
    while True:
        more = {
            table.name
            for table in Base.metadata.sorted_tables
            for key in table.foreign_keys
            if key.column.table.name in names and table.name not in OTHER_CLASSES
        }
        if more <= names:
            return [Base.metadata.tables[name] for name in sorted(names)]
        names |= more


# What the register holds of contracts while they run is let go with other classes, or stays.
OTHER_CLASSES = {"round_version", "agreement", "kpi_plan", "job"}


HASHES = {"key", "sha256", "reply_sha256", "submission_sha256", "root", "trail_head", "total"}


def _holds_words(column):
    if isinstance(column.type, JSON):
        return True
    if isinstance(column.type, Enum) or not isinstance(column.type, String):
        return False
    return (column.type.length or 10_000) > 60 and column.name not in HASHES
