"""Submitting: by an administrator, before the deadline, once; the receipt can be verified."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal.applications import actions, queries
from portal.applications.models import Answer, Arrival, PriceEnvelope, Submission
from portal.applications.submitting import sealing
from portal.audit import AuditEntry
from portal.days import today
from portal.mail import Mail
from scoring.canonical import canonical_json, sha256_of
from scoring.rules import RuleBroken
from scoring.stages import ApplicationStage
from tests.factories.applications import a_submitted, an_application, complete, submit
from tests.factories.documents import a_document, find_infected
from tests.factories.people import viewer
from tests.factories.rounds import DEADLINE
from tests.factories.sending import form_on, send

LAST = DEADLINE - timedelta(microseconds=1)


@pytest.fixture
def ready(session, town):
    application = complete(an_application(town.round, by=town.ada))
    session.commit()
    return application


def check_page(application):
    return f"/applications/{application.ref}/check"


def press(client, application, **more):
    address = check_page(application)
    action = f"/applications/{application.ref}/submit"
    return send(client, address, {"certified": "yes"}, action=action, **more)


def submissions(session):
    session.expire_all()
    return session.query(Submission).order_by(Submission.number).all()


# --- What happens -----------------------------------------------------------------------------


def test_an_administrator_submits_and_gets_a_receipt(session, town, ready):
    client = town.by(town.ada)
    answer = press(client, ready)
    [sent] = submissions(session)
    assert answer.location == f"/applications/receipts/{sent.ref}"
    page = client.get(answer.location)
    assert "Application submitted" in page.text
    assert sent.ref in page.text
    assert sent.sha256 in page.text
    assert sent.trail_head in page.text
    assert "10:00am on 20 January 2027" in page.text
    assert "2027-01-20T10:00:00.000000Z" in page.text
    assert (ready.stage, ready.standing_number) == (ApplicationStage.SUBMITTED, 1)
    mail = session.query(Mail).filter_by(message="application-submitted").one()
    assert mail.address == town.ada.email
    assert sent.sha256 in mail.body


def test_the_hash_is_that_of_the_manifest_and_names_everything(session, town, ready):
    press(town.by(town.ada), ready)
    [sent] = submissions(session)
    manifest = town.by(town.ben).get(f"/applications/receipts/{sent.ref}/manifest.json")
    assert manifest.headers["Content-Disposition"].startswith("attachment")
    assert sha256_of(manifest.data) == sent.sha256
    body = json.loads(manifest.data)
    assert canonical_json(body).encode() == manifest.data
    assert body["lots"] == ["1A", "2A"]
    assert {(one["question"], one["lot"]) for one in body["answers"]} >= {
        ("safeguarding", ""),
        ("home-and-location", "1A"),
        ("home-and-location", "2A"),
    }
    files = {one["checklist"]: one for one in body["documents"]}
    policy = ready_version(session, "safeguarding-policy")
    assert files["safeguarding-policy"]["version"] == policy.ref
    assert files["safeguarding-policy"]["sha256"] == policy.file.sha256
    assert files["employers-liability-insurance"]["promised"] is True
    assert "89500" not in manifest.text
    prices = town.by(town.ada).get(f"/applications/receipts/{sent.ref}/prices.json")
    assert sha256_of(prices.data) == body["prices_sha256"]
    assert json.loads(prices.data)["rates"][0] == {
        "item": "core-weekly-price",
        "lot": "1A",
        "pence": 89500,
    }


def ready_version(session, type_key):
    from portal.documents.models import Document, DocumentVersion

    return (
        session.query(DocumentVersion)
        .join(DocumentVersion.document)
        .filter(Document.type_key == type_key)
        .one()
    )


def test_the_trail_knows_it_and_holds_nothing_of_it(session, town, ready):
    sent = submit(ready, by=town.ada)
    session.commit()
    entry = session.query(AuditEntry).filter_by(event="application:submitted").one()
    assert entry.subject_ref == ready.ref
    assert entry.detail["sha256"] == sent.sha256
    assert entry.chain == f"round:{town.round.ref}"
    assert "What we say" not in str(entry.detail)


def test_the_receipt_is_a_pdf_as_well(session, town, ready):
    press(town.by(town.ada), ready)
    [sent] = submissions(session)
    answer = town.by(town.ben).get(f"/applications/receipts/{sent.ref}/receipt.pdf")
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"].startswith("attachment")


# --- Once --------------------------------------------------------------------------------------


def test_a_double_click_gives_one_submission_and_one_receipt(session, town, ready):
    client = town.by(town.ada)
    action = f"/applications/{ready.ref}/submit"
    form = form_on(client, check_page(ready), action=action)
    first = press(client, ready, form=form)
    second = press(client, ready, form=form)
    assert first.location == second.location
    assert len(submissions(session)) == 1
    assert session.query(Mail).filter_by(message="application-submitted").count() == 1


def test_two_clicks_at_the_same_moment_give_one_submission(session, town, ready):
    clients = [town.by(town.ada), town.by(town.ada)]
    action = f"/applications/{ready.ref}/submit"
    forms = [form_on(client, check_page(ready), action=action) for client in clients]
    session.commit()

    def click(client, form):
        return send(client, action, {"certified": "yes"}, form=form)

    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(click, clients, forms))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].location == answers[1].location
    assert len(submissions(session)) == 1


def test_the_same_content_gives_the_same_receipt(session, town, ready):
    first = submit(ready, by=town.ada)
    assert submit(ready, by=town.ada, at=town.now + timedelta(days=1)) is first


def test_the_envelope_s_secret_keeps_prices_from_being_guessed(session, town, ready):
    elm = a_submitted(town.round, by=town.cyd)
    oak = submit(ready, by=town.ada)
    envelopes = {one.submission_id: one.content for one in session.query(PriceEnvelope)}
    secrets = {sealing.secret_of(text) for text in envelopes.values()}
    assert len(secrets) == 2
    assert all(len(secret) == 32 for secret in secrets)
    assert json.loads(envelopes[oak.id])["rates"] == json.loads(envelopes[elm.standing.id])["rates"]


# --- Late ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received_at", "late"),
    [(LAST, False), (DEADLINE, True), (DEADLINE + timedelta(microseconds=1), True)],
)
def test_the_deadline_is_exact_to_the_microsecond(session, town, ready, received_at, late):
    if not late:
        assert submit(ready, by=town.ada, at=received_at).received_at == received_at
        return
    with pytest.raises(RuleBroken) as refused:
        submit(ready, by=town.ada, at=received_at)
    assert refused.value.code == "application:late"
    assert submissions(session) == []


def test_what_came_in_on_time_is_taken_though_it_is_stored_after_the_deadline(session, town, ready):
    sent = actions.submit(
        ready,
        certified=True,
        received_at=LAST,
        actor=viewer(town.ada),
        now=DEADLINE + timedelta(seconds=20),
    )
    assert sent.received_at == LAST


def test_one_second_late_gets_a_page_that_says_so_and_loses_nothing(session, town, ready):
    town.at(DEADLINE - timedelta(minutes=1))
    client = town.by(town.ada)
    form = form_on(client, check_page(ready), action=f"/applications/{ready.ref}/submit")
    town.at(DEADLINE + timedelta(seconds=1))
    answer = press(client, ready, form=form)
    assert answer.status_code == 409
    assert "Too late: this was not submitted" in answer.text
    assert "(12:00:01 in London)" in answer.text
    assert "2027-02-15T12:00:01" in answer.text
    assert submissions(session) == []
    assert session.query(Answer).count() > 50
    entry = session.query(AuditEntry).filter_by(event="submission:refused").one()
    assert entry.detail["received_at"] == "2027-02-15T12:00:01.000000Z"
    assert session.query(Arrival).count() == 0


# --- Arrivals -----------------------------------------------------------------------------------


def test_an_arrival_is_finished_with_its_submission(session, town, ready):
    press(town.by(town.ada), ready)
    arrival = session.query(Arrival).one()
    assert (arrival.received_at, arrival.finished_at) == (town.now, town.now)
    assert queries.in_flight(town.round, town.now) == 0


def test_a_refused_one_is_no_longer_on_its_way(session, town):
    draft = an_application(town.round, by=town.ada)
    complete(draft)
    session.query(Answer).filter_by(question_key="safeguarding").delete()
    session.commit()
    client = town.by(town.ada)
    form = form_on(client, f"/applications/{draft.ref}/lots", ["lots"])
    answer = client.post(
        f"/applications/{draft.ref}/submit",
        data={"csrf_token": dict(form.fields)["csrf_token"], "certified": "yes"},
    )
    assert answer.status_code == 422
    assert "keep young people safe" in answer.text
    assert session.query(Arrival).one().finished_at is not None
    assert submissions(session) == []


def test_one_that_is_being_stored_holds_the_opening_until_no_request_can_live(session, town, ready):
    session.add(Arrival(application_id=ready.id, received_at=LAST))
    session.flush()
    assert queries.in_flight(town.round, DEADLINE + timedelta(minutes=5)) == 1
    assert queries.in_flight(town.round, DEADLINE + timedelta(minutes=15)) == 0


# --- Who, and what is missing -------------------------------------------------------------------


def test_a_contributor_is_told_who_can(session, town, ready):
    with pytest.raises(RuleBroken) as refused:
        submit(ready, by=town.ben)
    assert refused.value.code == "application:submit-refused"
    assert "Ask Ada Ash." in refused.value.message
    client = town.by(town.ben)
    page = client.get(check_page(ready))
    assert (
        "Only an administrator of your organisation can submit this application. Ask Ada Ash."
        in page.text
    )
    assert 'name="certified"' not in page.text
    form = form_on(client, f"/applications/{ready.ref}/lots", ["lots"])
    answer = client.post(f"/applications/{ready.ref}/submit", data={**dict(form.fields)})
    assert answer.status_code == 403
    assert submissions(session) == []


def test_strangers_submit_nothing(session, town, ready):
    for stranger in (town.cyd, town.dev):
        with pytest.raises(RuleBroken) as refused:
            submit(ready, by=stranger)
        assert refused.value.code == "application:submit-refused"
        assert "Ada" not in refused.value.message


def test_the_declaration_must_be_ticked(session, town, ready):
    client = town.by(town.ada)
    action = f"/applications/{ready.ref}/submit"
    answer = send(client, check_page(ready), {"certified": None}, action=action)
    assert answer.status_code == 422
    assert "Tick the box to confirm the declaration." in answer.text
    assert submissions(session) == []


def test_what_is_missing_is_listed_lot_by_lot(session, town):
    draft = an_application(town.round, by=town.ada, lots=["1A", "2A"])
    complete(draft)
    session.query(Answer).filter_by(question_key="places-offered", lot_code="2A").delete()
    session.query(Answer).filter_by(question_key="contact").delete()
    session.commit()
    page = town.by(town.ada).get(check_page(draft))
    missing = page.text.split('id="missing"')[1].split("</section>")[0]
    assert "For the whole application" in missing
    assert "Whom should we contact about this application?" in missing
    assert "Lot 2A" in missing
    assert f'/applications/{draft.ref}/questions/places-offered/2A"' in missing
    assert "Lot 1A" not in missing
    assert 'name="certified"' not in page.text


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        ("lots", "lot:none"),
        ("answer", "answer:missing"),
        ("document", "document:missing"),
        ("infected", "document:infected"),
        ("rate", "rate:missing"),
        ("cheap", "rate:too-low"),
    ],
)
def test_nothing_incomplete_is_submitted(session, town, ready, spoil, code):
    ada = viewer(town.ada)
    more = {"actor": ada, "now": town.now}
    if spoil == "lots":
        actions.choose_lots(ready, [], **more)
    elif spoil == "answer":
        actions.save_answer(ready, "safeguarding", "", "", 1, **more)
    elif spoil == "document":
        actions.detach_document(ready, "accounts", **more)
    elif spoil == "infected":
        find_infected_after(ready_version(session, "accounts"))
    else:
        pence = None if spoil == "rate" else 100
        actions.offer_rate(ready, "1A", "core-weekly-price", pence, 1, **more)
    with pytest.raises(RuleBroken) as refused:
        submit(ready, by=town.ada)
    assert refused.value.code == code


def find_infected_after(version):
    """A later scan finds what the first did not."""
    find_infected(version)


def test_a_file_that_waits_for_its_scan_does_not_stop_it(session, town, ready):
    waiting = a_document(town.oak, "accounts", by=town.ada, words="new", scanned=False)
    actions.attach_document(ready, "accounts", waiting, actor=viewer(town.ada), now=town.now)
    assert submit(ready, by=town.ada).number == 1


def test_an_answer_that_the_round_does_not_wish_warns_and_stops_nothing(session, town):
    draft = complete(
        an_application(town.round, by=town.ada),
        answers={"debarment": "yes", "debarment-detail": "Us"},
    )
    session.commit()
    page = town.by(town.ada).get(check_page(draft))
    quiet = page.text.split('id="worth-knowing"')[1].split("</section>")[0]
    assert "This does not stop you from submitting." in quiet
    assert "You answered “Yes”." in quiet
    assert 'id="missing"' not in page.text
    assert "Nothing is missing." in page.text
    assert submit(draft, by=town.ada).number == 1


def test_only_what_stops_the_submission_is_counted_as_missing(session, town):
    draft = complete(
        an_application(town.round, by=town.ada, lots=["1A", "2A"]),
        answers={"debarment": "yes", "debarment-detail": "Us", ("open-now", "2A"): "no"},
    )
    session.query(Answer).filter_by(question_key="places-offered", lot_code="2A").delete()
    session.query(Answer).filter_by(question_key="contact").delete()
    session.commit()
    page = town.by(town.ada).get(check_page(draft)).text
    missing = page.split('id="missing"')[1].split("</section>")[0]
    assert missing.startswith(">What is missing (2)</h2>")
    assert "For the whole application (1)" in missing
    assert "The round asks for" not in missing
    quiet = page.split('id="worth-knowing"')[1].split("</section>")[0]
    assert quiet.count("<li>") == 2
    assert "You answered “No”." in quiet
    assert "2 missing" in town.by(town.ada).get(f"/applications/{draft.ref}").text


# --- Afterwards ---------------------------------------------------------------------------------


def test_editing_after_submission_leaves_what_was_submitted_untouched(session, town, ready):
    first = submit(ready, by=town.ada)
    content, sha256 = first.content, first.sha256
    ben = viewer(town.ben)
    actions.save_answer(ready, "safeguarding", "", "Better words", 1, actor=ben, now=town.now)
    actions.offer_rate(ready, "1A", "core-weekly-price", 90000, 1, actor=ben, now=town.now)
    session.commit()
    session.expire_all()
    assert (first.content, first.sha256) == (content, sha256)
    assert ready.stage is ApplicationStage.SUBMITTED
    assert ready.standing_number == 1
    client = town.by(town.ada)
    assert "Submitted, and changed since" in client.get(f"/applications/{ready.ref}").text
    page = client.get(check_page(ready))
    assert f"(receipt {first.ref}) stands until you submit again" in page.text
    press(client, ready)
    old, new = submissions(session)
    assert (old.content, new.number) == (content, 2)
    assert "Better words" in new.content
    assert ready.standing_number == 2
    assert (
        "A later submission has taken its place"
        in client.get(f"/applications/receipts/{first.ref}").text
    )


def test_changing_it_back_is_no_change(session, town, ready):
    first = submit(ready, by=town.ada)
    ada = viewer(town.ada)
    old = ready_answer(session)
    actions.save_answer(ready, "safeguarding", "", "Other", 1, actor=ada, now=town.now)
    actions.save_answer(ready, "safeguarding", "", old, 2, actor=ada, now=town.now)
    copy = queries.working_copy(ready, ada, town.now)
    assert not queries.changed_since_submission(copy, ada)
    assert submit(ready, by=town.ada) is first


def ready_answer(session):
    return session.query(Answer).filter_by(question_key="safeguarding").one().value


def test_a_new_version_in_the_library_does_not_reach_what_was_submitted(session, town, ready):
    first = submit(ready, by=town.ada)
    pinned = ready_version(session, "accounts")
    a_document(town.oak, "accounts", by=town.ada, words="next year's")
    again = sealing.seal(
        queries.working_copy_of(ready, today(town.now)),
        sealing.secret_of(session.get(PriceEnvelope, first.id).content),
    )
    assert again.sha256 == first.sha256
    document = sealing.read_content(first.content).document(pinned.ref)
    assert (document.number, document.sha256) == (1, pinned.file.sha256)


# --- Verifying ----------------------------------------------------------------------------------


def test_a_manifest_is_verified_on_the_page(session, town, ready):
    import io

    sent = submit(ready, by=town.ada)
    session.commit()
    client = town.by(town.ben)
    address = f"/applications/receipts/{sent.ref}/verify"
    true = sent.content.encode()
    prices = session.get(PriceEnvelope, sent.id).content.encode()
    cases = [
        (true, None, "It matches"),
        (true, prices, "The manifest and the prices are what was submitted"),
        (true, prices.replace(b"89500", b"89501"), "The prices are not those"),
        (
            true.replace(b"What we say", b"What we sey", 1),
            None,
            "This file is not what was submitted",
        ),
        (true + b"\n", None, "written anew by a program"),
        (b"not json", None, "This file is not a manifest"),
        (b"[1]", None, "This file is not a manifest"),
        (b'{"format": 1.5}', None, "This file is not a manifest"),
    ]
    for manifest, envelope, words in cases:
        typed = {"manifest": (io.BytesIO(manifest), "manifest.json")}
        if envelope is not None:
            typed["envelope"] = (io.BytesIO(envelope), "prices.json")
        assert words in send(client, address, typed).text


def test_a_manifest_is_verified_by_a_command(app, session, town, ready, tmp_path):
    sent = submit(ready, by=town.ada)
    session.commit()
    manifest = tmp_path / "manifest.json"
    manifest.write_text(sent.content, encoding="utf-8")
    run = app.test_cli_runner().invoke
    command = ["applications", "verify-receipt", sent.ref, str(manifest)]
    assert run(args=command).exit_code == 0
    manifest.write_text(sent.content.replace("Oak House", "Elm House"), encoding="utf-8")
    result = run(args=command)
    assert result.exit_code == 1
    assert "does not match" in result.output
