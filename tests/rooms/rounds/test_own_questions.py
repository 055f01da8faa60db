"""A draft's own question set: new questions, their place, and what stays when some are left out."""

import pytest
from hypothesis import given, strategies as st

from portal.db import db
from portal.people.models import Person
from portal.rounds import actions, parts_edit, question_edit
from scoring.contract_terms import ExtensionTerms
from scoring.rules import RuleBroken
from scoring.stages import RoundStage
from tests.factories.people import as_person
from tests.factories.rounds import PREPARED, WHILE_OPEN, a_round, an_officer, at
from tests.factories.sending import send
from tests.reading import errors_of


def line(key, follows=None):
    return {"key": key, "when": {"question": follows, "is": "yes"} if follows else None}


def a_set(*questions):
    return {"sections": [{"key": "part", "questions": list(questions)}]}


def keys(own):
    return [one["key"] for section in own["sections"] for one in section["questions"]]


def test_a_question_moves_with_those_that_follow_from_it():
    own = a_set(line("a"), line("b"), line("b1", "b"), line("b2", "b1"), line("c"))
    assert keys(question_edit.moved(own, "b", up=True)) == ["b", "b1", "b2", "a", "c"]
    assert keys(question_edit.moved(own, "a", up=False)) == ["b", "b1", "b2", "a", "c"]


@pytest.mark.parametrize(("key", "up"), [("a", True), ("c", False), ("b1", True)])
def test_there_is_not_always_a_place_to_go(key, up):
    own = a_set(line("a"), line("b"), line("b1", "b"), line("c"))
    with pytest.raises(RuleBroken):
        question_edit.moved(own, key, up=up)


@given(st.permutations(list("abcde")), st.sets(st.sampled_from("abcde")))
def test_what_was_left_out_stands_where_it_was_and_own_order_stays(order, kept):
    base = [line(key) for key in "abcde"]
    own = [line(key) for key in order if key in kept]
    found = [one["key"] for one in question_edit.in_own_order(base, own)]
    assert sorted(found) == list("abcde")
    assert [key for key in found if key in kept] == [one["key"] for one in own]


@given(st.sets(st.sampled_from("abcde")))
def test_the_order_that_ships_stays_where_nobody_changed_it(kept):
    base = [line(key) for key in "abcde"]
    own = [line(key) for key in "abcde" if key in kept]
    assert [one["key"] for one in question_edit.in_own_order(base, own)] == list("abcde")


def test_a_key_is_never_given_twice():
    own = a_set(line("own-who-leads"), line("own-who-leads-2"))
    assert question_edit.new_key(own, "Who leads?") == "own-who-leads-3"
    assert question_edit.new_key(own, "…") == "own-question"


@pytest.fixture
def draft(app, session):
    at(app, WHILE_OPEN)
    draft = a_round(RoundStage.DRAFT)
    db.session.commit()
    return draft


@pytest.fixture
def officer(app, draft):
    person = db.session.get(Person, an_officer().person_id)
    return as_person(app.test_client(), person)


NEW = {
    "section": "organisation",
    "label": "Who leads on safeguarding?",
    "kind": "text",
    "role": "information",
    "required": "yes",
    "per_lot": "no",
}


def test_a_question_is_written_and_survives_choosing_others(draft, officer):
    before = draft.question_set
    send(officer, f"/council/rounds/{draft.ref}/asked/new", NEW)
    db.session.expire_all()
    added = "own-who-leads-on-safeguarding"
    asked = parts_edit.question_of(draft.question_set.body, added)
    assert (asked["kind"], asked["required"]) == ("text", True)
    base, own = before.body, draft.question_set.body
    kept = set(keys(own)) - {"trading-name"}
    chosen = keys(parts_edit.with_questions(base, own, kept))
    assert added in chosen
    assert "trading-name" not in chosen


def test_an_answer_may_become_a_promise_of_the_contract(draft, officer):
    send(officer, f"/council/rounds/{draft.ref}/asked/new", {**NEW, "promise": "yes"})
    typed = {"label": "What is your trading name?", "required": "no", "promise": "yes"}
    send(officer, f"/council/rounds/{draft.ref}/asked/trading-name", typed)
    db.session.expire_all()
    own = draft.question_set.body
    for key in ("own-who-leads-on-safeguarding", "trading-name"):
        assert parts_edit.question_of(own, key)["promise"] is True
    send(officer, f"/council/rounds/{draft.ref}/asked/trading-name", {**typed, "promise": "no"})
    db.session.expire_all()
    assert not parts_edit.question_of(draft.question_set.body, "trading-name")["promise"]


def test_a_choice_without_answers_is_refused(draft, officer):
    address = f"/council/rounds/{draft.ref}/asked/new"
    answer = send(officer, address, {**NEW, "kind": "one-of"})
    assert answer.status_code == 422
    assert errors_of(answer)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"kind": "one-of"}, "Write the answers to choose from, one on each line"),
        ({"kind": "one-of", "options": "Yes\nNo\n Yes"}, "Two answers are the same"),
        (
            {"kind": "text", "role": "scored"},
            "Only an answer in words, up to a limit, can be scored",
        ),
        ({"kind": "text", "role": "pass-fail"}, "Only an answer with yes or no passes or fails"),
        ({"kind": "yes-no", "role": "pass-fail"}, "Choose which answer passes"),
        ({"kind": "long-text", "role": "scored"}, "Enter a limit of words"),
    ],
)
def test_what_does_not_go_together_is_told_in_the_words_of_the_page(draft, officer, typed, words):
    before = draft.question_set.sha256
    answer = send(officer, f"/council/rounds/{draft.ref}/asked/new", {**NEW, **typed})
    assert answer.status_code == 422
    assert [told for told, _ in errors_of(answer)] == [words]
    db.session.expire_all()
    assert draft.question_set.sha256 == before


def test_a_question_moves_on_its_page(draft, officer):
    before = keys(draft.question_set.body)
    address = f"/council/rounds/{draft.ref}/asked/{before[1]}"
    send(officer, address, {}, action=f"{address}/move/up")
    db.session.expire_all()
    assert keys(draft.question_set.body)[:2] == [before[1], before[0]]


def test_months_of_extension_are_published_with_the_round(draft):
    def months(*steps, notice=6):
        actions.change_details(
            draft,
            draft.title,
            draft.summary,
            draft.contact_email,
            blind=False,
            list_years=3,
            extension_terms=ExtensionTerms(steps, notice),
            actor=an_officer(),
            now=PREPARED,
        )

    months(12, 12)
    assert draft.extension_months == 24
    assert draft.extension_terms.words.startswith(
        "1 year, then 1 year; each is decided on 6 months"
    )
    for wrong in ((121,), (12, 0)):
        with pytest.raises(RuleBroken, match="ten years at most"):
            months(*wrong)
    with pytest.raises(RuleBroken, match="from 0 to 11"):
        months(12, 12, notice=12)
    months()
    assert draft.extension_terms.words == "No extensions"
