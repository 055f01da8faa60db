"""The trail: who reads it, and that no tampering goes unseen, whatever was touched."""

import pytest
from lxml import html
from sqlalchemy import delete, select, update

from portal import audit
from portal.access import Role
from portal.applications.models import Submission
from portal.audit import ANCHOR, AuditAnchor, AuditEntry, AuditHead, AuditValues, Event
from portal.db import db
from scoring.chain import GENESIS, next_hash
from tests.factories.applications import a_submitted
from tests.factories.counting import counted
from tests.factories.documents import a_document
from tests.factories.people import a_viewer, viewer
from tests.factories.providers import a_provider_admin
from tests.factories.rounds import PREPARED, a_round, an_officer, open_it


def act(number, chain="round:RND-AAAAA-AAAAA", **values):
    """One act in a chain, committed by itself."""
    audit.record(
        Event.ROUND_CHANGED,
        f"RND-{number}",
        actor=an_officer(),
        now=PREPARED,
        chain=chain,
        values=values or None,
        number=number,
    )
    db.session.commit()


@pytest.fixture
def trail(session):
    """Three acts in one round's chain, two in another's, and what the factories did."""
    for number in range(3):
        act(number, before=number, after=number + 1)
    for number in range(2):
        act(number, chain="round:RND-BBBBB-BBBBB")
    assert list(audit.verify()) == []
    return "round:RND-AAAAA-AAAAA"


def entry(chain, number):
    return db.session.scalars(
        select(AuditEntry).where(AuditEntry.chain == chain, AuditEntry.number == number)
    ).one()


def faults():
    db.session.commit()
    db.session.expire_all()
    return [(one.chain, one.number, one.what) for one in audit.verify()]


# --- Tampering -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"event": "round:published"},
        {"actor_ref": "PER-SOMEB-ODYEL"},
        {"actor_roles": ""},
        {"subject_ref": "RND-OTHER"},
        {"subject_kind": "application"},
        {"detail": {"number": 9}},
        {"detail": {}},
        {"values_digest": "0" * 64},
        {"at": PREPARED.replace(year=2020)},
    ],
)
def test_whatever_is_changed_in_a_link_is_found(trail, change):
    db.session.execute(update(AuditEntry).where(AuditEntry.id == entry(trail, 2).id).values(change))
    assert (trail, 2, "was changed after it was written") in faults()


def test_a_link_that_is_changed_with_its_hash_breaks_the_next_one(trail):
    second = entry(trail, 2)
    second.detail = {"number": 9}
    second.hash = next_hash(second.previous_hash, second.canonical())
    found = faults()
    assert (trail, 3, "does not follow the link before it") in found
    assert (trail, 2, "is not what the global chain anchored") in found


def test_a_chain_that_is_computed_anew_to_its_end_is_not_what_was_anchored(trail):
    previous = entry(trail, 1).hash
    for number in (2, 3):
        link = entry(trail, number)
        link.detail = {"number": 9}
        link.previous_hash = previous
        link.hash = previous = next_hash(previous, link.canonical())
    db.session.get_one(AuditHead, trail).hash = previous
    assert faults() == [
        (trail, number, "is not what the global chain anchored") for number in (2, 3)
    ]


def test_a_link_that_is_taken_out_is_missed(trail):
    second = entry(trail, 2)
    db.session.execute(delete(AuditValues).where(AuditValues.entry_id == second.id))
    db.session.execute(delete(AuditEntry).where(AuditEntry.id == second.id))
    found = faults()
    assert (trail, 2, "a link is missing") in found


def test_a_link_that_is_taken_out_and_closed_up_is_missed(trail):
    second, third = entry(trail, 2), entry(trail, 3)
    previous = second.previous_hash
    db.session.execute(delete(AuditValues).where(AuditValues.entry_id == second.id))
    db.session.execute(delete(AuditEntry).where(AuditEntry.id == second.id))
    third.number, third.previous_hash = 2, previous
    third.hash = next_hash(previous, third.canonical())
    head = db.session.get_one(AuditHead, trail)
    head.number, head.hash = 2, third.hash
    found = faults()
    assert (trail, 2, "is not what the global chain anchored") in found
    assert (trail, 3, "is not what the global chain anchored") in found


def test_a_tail_that_is_cut_off_is_missed(trail):
    third = entry(trail, 3)
    db.session.execute(delete(AuditValues).where(AuditValues.entry_id == third.id))
    db.session.execute(delete(AuditEntry).where(AuditEntry.id == third.id))
    assert (trail, 2, "the end does not match its head") in faults()


def test_a_tail_that_is_cut_off_with_its_head_is_missed_by_the_global_chain(trail):
    third = entry(trail, 3)
    head = db.session.get_one(AuditHead, trail)
    head.number, head.hash = 2, third.previous_hash
    db.session.execute(delete(AuditValues).where(AuditValues.entry_id == third.id))
    db.session.execute(delete(AuditEntry).where(AuditEntry.id == third.id))
    assert faults() == [(trail, 3, "is not what the global chain anchored")]


def test_two_links_that_change_places_are_found(trail):
    first, second = entry(trail, 1), entry(trail, 2)
    one, two = first.id, second.id
    for link, number in ((one, 99), (two, 1), (one, 2)):
        db.session.execute(update(AuditEntry).where(AuditEntry.id == link).values(number=number))
    assert faults()


def test_a_whole_chain_that_is_gone_is_missed(trail):
    ids = select(AuditEntry.id).where(AuditEntry.chain == trail)
    db.session.execute(delete(AuditValues).where(AuditValues.entry_id.in_(ids)))
    db.session.execute(delete(AuditEntry).where(AuditEntry.chain == trail))
    db.session.execute(delete(AuditHead).where(AuditHead.chain == trail))
    assert {(chain, what) for chain, _, what in faults()} == {
        (trail, "is not what the global chain anchored")
    }


def test_a_link_that_was_put_in_is_not_anchored(trail):
    third = entry(trail, 3)
    forged = AuditEntry(
        chain=trail,
        number=4,
        at=PREPARED,
        event="award:approved",
        actor_ref="PER-SOMEB-ODYEL",
        actor_roles="approver",
        subject_kind="round",
        subject_ref="RND-1",
        detail={},
        values_digest="",
        previous_hash=third.hash,
        hash="",
    )
    forged.hash = next_hash(third.hash, forged.canonical())
    db.session.add(forged)
    head = db.session.get_one(AuditHead, trail)
    head.number, head.hash = 4, forged.hash
    assert faults() == [(trail, 4, "is not anchored in the global chain")]


def test_a_forged_anchor_breaks_the_global_chain(trail):
    newest = db.session.scalars(select(AuditAnchor).order_by(AuditAnchor.number.desc())).first()
    newest.entry_hash = "a" * 64
    found = faults()
    assert (ANCHOR, newest.number, "the global chain is broken") in found


def test_a_forged_anchor_with_its_hash_is_not_what_the_head_says(trail):
    newest = db.session.scalars(select(AuditAnchor).order_by(AuditAnchor.number.desc())).first()
    before = db.session.get(AuditAnchor, newest.number - 1)
    newest.entry_hash = "a" * 64
    newest.hash = next_hash(before.hash if before else GENESIS, newest.canonical())
    found = faults()
    assert (ANCHOR, newest.number, "the end does not match its head") in found


def test_an_anchor_that_is_taken_out_is_missed(trail):
    newest = db.session.scalars(select(AuditAnchor).order_by(AuditAnchor.number.desc())).first()
    db.session.delete(newest)
    found = {what for _, _, what in faults()}
    assert found == {"is not anchored in the global chain", "the end does not match its head"}


def test_the_head_of_the_global_chain_cannot_be_dropped(trail):
    db.session.execute(delete(AuditHead).where(AuditHead.chain == ANCHOR))
    assert any(chain == ANCHOR for chain, _, _ in faults())


def test_values_beside_the_chain_cannot_be_changed_or_made_up(trail):
    second = entry(trail, 2)
    db.session.get_one(AuditValues, second.id).values = {"before": 1, "after": 9}
    assert faults() == [(trail, 2, "its values were changed")]
    plain = entry("round:RND-BBBBB-BBBBB", 1)
    db.session.get_one(AuditValues, second.id).values = {"before": 1, "after": 2}
    db.session.add(AuditValues(entry_id=plain.id, values={"after": "invented"}))
    assert faults() == [("round:RND-BBBBB-BBBBB", 1, "its values were changed")]


def test_values_may_be_erased_when_their_time_has_come(trail):
    db.session.execute(delete(AuditValues).where(AuditValues.entry_id == entry(trail, 2).id))
    assert faults() == []


def verify(app, *words):
    """The command, in the application context of the test."""
    done = app.test_cli_runner().invoke(args=["audit", "verify", *words])
    db.session.rollback()
    return done


def test_the_command_says_whether_the_trail_holds_and_where_not(trail, app):
    good = verify(app)
    assert good.exit_code == 0
    assert "The trail holds:" in good.output
    db.session.execute(update(AuditEntry).where(AuditEntry.chain == trail).values(actor_roles=""))
    db.session.commit()
    db.session.expire_all()
    bad = verify(app)
    assert bad.exit_code != 0
    assert f"{trail} no. 1: was changed after it was written" in bad.output
    assert "The trail does not hold: 3 faults." in bad.output


def test_a_trail_that_was_cut_with_every_head_is_found_by_what_was_printed(trail, app):
    """Inside the database nothing speaks against it: the letter in somebody's drawer does."""
    _, printed = audit.head()
    act(3)
    assert verify(app, "--head", printed).exit_code == 0
    _cut_the_end(2)
    assert faults() == []
    lost = verify(app, "--head", printed)
    assert lost.exit_code != 0
    assert f"the printed head {printed} is not in it" in lost.output
    assert verify(app, "--head", GENESIS).exit_code == 0


def _cut_the_end(links):
    """What a thorough forger does: the newest links, their anchors and all heads."""
    newest = select(AuditAnchor).order_by(AuditAnchor.number.desc()).limit(links)
    for anchor in db.session.scalars(newest).all():
        link = entry(anchor.chain, anchor.chain_number)
        head = db.session.get_one(AuditHead, anchor.chain)
        head.number, head.hash = link.number - 1, link.previous_hash
        db.session.execute(delete(AuditValues).where(AuditValues.entry_id == link.id))
        db.session.execute(delete(AuditEntry).where(AuditEntry.id == link.id))
        db.session.delete(anchor)
        db.session.flush()
    last = db.session.scalars(select(AuditAnchor).order_by(AuditAnchor.number.desc())).first()
    top = db.session.get_one(AuditHead, ANCHOR)
    top.number, top.hash = last.number, last.hash
    db.session.commit()
    db.session.expire_all()


def test_the_page_looks_for_a_printed_head_too(trail, by):
    number, printed = audit.head()
    auditor = by(a_viewer(Role.AUDITOR))
    there = auditor.page(f"/trail/verification?printed={printed.upper()}")
    assert f"It is there. Link {number} of the whole trail." in words(there)
    assert "It is not there." in words(auditor.page(f"/trail/verification?printed={'b' * 64}"))


# --- The pages -----------------------------------------------------------------------------


def words(answer):
    page = html.document_fromstring(answer.text)
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def rows(answer):
    page = html.document_fromstring(answer.text)
    return [" ".join(row.text_content().split()) for row in page.xpath("//tbody/tr")]


def test_an_auditor_reads_who_did_what(trail, by):
    auditor = by(a_viewer(Role.AUDITOR))
    shown = auditor.page(f"/trail?chain={trail}")
    assert len(rows(shown)) == 3
    assert an_officer().name in rows(shown)[0]
    assert "Round changed" in rows(shown)[0]
    assert audit.head()[1] in shown.text


def test_the_trail_is_narrowed_by_act_and_by_reference(trail, by):
    auditor = by(a_viewer(Role.AUDITOR))
    assert len(rows(auditor.page("/trail?subject=RND-1"))) == 2
    assert len(rows(auditor.page(f"/trail?subject=RND-1&chain={trail}"))) == 1
    assert "Nothing found" in words(auditor.page("/trail?event=award:approved"))
    assert "Nothing found" in words(auditor.page("/trail?event=nonsense"))


def test_until_a_round_is_opened_the_trail_does_not_tell_who_bids(session, by):
    bid_round = a_round()
    bidder = viewer(a_provider_admin())
    bid = a_submitted(bid_round, by=bidder, lots=["1A"])
    a_document(bid.provider, "answer:file", by=bidder, bound_to=bid.ref, chain=bid.audit_chain)
    db.session.commit()
    auditor = by(a_viewer(Role.AUDITOR))
    for address in (f"/trail?chain={bid.audit_chain}", f"/trail?subject={bid.ref}"):
        shown = auditor.page(address)
        assert bidder.name not in words(shown)
        assert not [one for one in rows(shown) if "Application " in one or bid.ref in one]
    open_it(bid_round)
    db.session.commit()
    shown = words(auditor.page(f"/trail?chain={bid.audit_chain}&event=application:submitted"))
    assert bidder.name in shown
    assert bid.ref in shown
    assert "Document uploaded" in words(auditor.page(f"/trail?chain={bid.audit_chain}"))


def test_a_receipt_leads_to_its_submission_once_the_round_is_opened(session, by):
    bid_round = a_round()
    bid = a_submitted(bid_round, by=viewer(a_provider_admin()), lots=["1A"])
    db.session.commit()
    (receipt,) = db.session.scalars(select(Submission.ref))
    auditor = by(a_viewer(Role.AUDITOR))
    address = f"/trail?subject={receipt}"
    assert rows(auditor.page(address)) == []
    open_it(bid_round)
    db.session.commit()
    (found,) = rows(auditor.page(address))
    assert "Application submitted" in found
    assert bid.ref in found
    assert receipt in found
    assert rows(auditor.page("/trail?subject=REC-AAAAA-AAAAA")) == []


def test_a_long_trail_is_paged_newest_first(session, by):
    for number in range(30):
        act(number)
    auditor = by(a_viewer(Role.AUDITOR))
    first = auditor.page("/trail?chain=round:RND-AAAAA-AAAAA")
    assert "RND-29" in rows(first)[0]
    (older,) = html.document_fromstring(first.text).xpath("//a[@rel='next']/@href")
    assert "RND-0" in rows(auditor.page(older))[-1]


@pytest.mark.parametrize(
    "role",
    [
        Role.COMMISSIONER,
        Role.MODERATOR,
        Role.EVALUATOR,
        Role.FINANCE,
        Role.APPROVER,
        Role.YOUNG_COMMISSIONER,
        Role.PARTICIPATION_OFFICER,
        Role.ADMINISTRATOR,
    ],
)
def test_only_auditors_read_the_trail(by, role):
    someone = by(a_viewer(role))
    someone.page("/trail", status=403)
    someone.page("/trail/verification", status=403)


def test_providers_do_not_read_the_trail(by):
    by(viewer(a_provider_admin())).page("/trail", status=403)


def test_the_trail_shows_no_values(session, by):
    act(1, before="a secret answer", after="another")
    assert "secret" not in by(a_viewer(Role.AUDITOR)).page("/trail").text


def test_the_verification_says_that_all_holds_and_when_not_where(trail, by):
    auditor = by(a_viewer(Role.AUDITOR))
    assert "The trail holds." in words(auditor.page("/trail/verification"))
    db.session.execute(update(AuditEntry).where(AuditEntry.chain == trail).values(actor_roles=""))
    broken = auditor.page("/trail/verification")
    assert "The trail does not hold." in words(broken)
    assert f"{trail}1was changed after it was written" in rows(broken)


def test_a_round_leaves_its_acts_in_a_chain_of_its_own(session, by):
    bid_round = a_round()
    db.session.commit()
    shown = by(a_viewer(Role.AUDITOR)).page(f"/trail?chain={bid_round.audit_chain}")
    assert "Round published" in words(shown)


# --- Reading it ----------------------------------------------------------------------------


def test_the_trail_tells_what_an_act_was_about(session, by):
    audit.record(
        Event.AWARD_APPROVED,
        "RECM-1",
        actor=an_officer(),
        now=PREPARED,
        council="luton",
        present=["PER-A", "PER-B"],
        letters={"LET-1": "0" * 64},
    )
    db.session.commit()
    shown = " ".join(by(an_officer(role=Role.AUDITOR)).page("/trail").text.split())
    for name, value in (("council", "luton"), ("present", "PER-A, PER-B"), ("letters", "LET-1")):
        assert f'{name}: <span class="portal-code">{value}</span>' in shown


def test_the_trail_is_narrowed_by_who_did_it(session, by):
    officer, other = an_officer(), an_officer("bedford-borough")
    for number, someone in enumerate((officer, other, officer)):
        audit.record(Event.ROUND_CHANGED, f"RND-{number}", actor=someone, now=PREPARED)
    db.session.commit()
    auditor = by(an_officer(role=Role.AUDITOR))
    for who in (officer.ref, officer.name, officer.name.upper()):
        shown = auditor.page("/trail", query_string={"actor": who}).text
        assert "RND-0" in shown
        assert "RND-2" in shown
        assert "RND-1" not in shown
    assert "Nothing found" in auditor.page("/trail?actor=Nobody").text


def test_with_another_key_the_values_are_told_once_and_the_links_still_hold(
    trail, app, monkeypatch
):
    monkeypatch.setitem(app.config, "AUDIT_KEY", "another")
    (only,) = faults()
    assert (only[0], only[2].startswith("none of them fits")) == ("values", True)


def test_many_acts_of_one_transaction_cost_no_more_statements_than_one(session):
    def statements(acts):
        for number in range(acts):
            audit.record(
                Event.ROUND_CHANGED,
                f"RND-{number}",
                actor=an_officer(),
                now=PREPARED,
                chain="round:RND-AAAAA-AAAAA",
                values={"before": number, "after": None} if number % 2 else None,
            )
        with counted() as kept:
            db.session.commit()
        return kept.number

    statements(2)
    assert statements(3) == statements(30)
    assert list(audit.verify()) == []
    values = db.session.execute(
        select(AuditEntry.subject_ref, AuditValues.values).join(
            AuditValues, AuditValues.entry_id == AuditEntry.id
        )
    ).all()
    assert all(ref == f"RND-{kept['before']}" for ref, kept in values)
