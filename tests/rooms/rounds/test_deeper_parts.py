"""A part of a scheme within another: made, weighed, filled with questions, and taken apart."""

import pytest

from portal.content import queries as content
from portal.rounds import actions, checks, queries
from scoring.stages import RoundStage
from tests.factories.rounds import PREPARED, WHILE_OPEN, a_tender, an_officer, at
from tests.factories.typing import type_in
from tests.rooms.rounds.editing import page_of, signed_in, text_of


@pytest.fixture
def draft(app, session):
    at(app, WHILE_OPEN)
    made = a_tender(RoundStage.DRAFT)
    session.commit()
    return made


@pytest.fixture
def officer(app, draft):
    return signed_in(app, an_officer())


class TestDeeperParts:
    """Several levels of criteria, amounts of one lot, what one council buys, a price of one's own."""

    @pytest.fixture
    def nested(self, draft, session):
        quality, *rest = draft.scheme.body["criteria"]
        first, second = quality["questions"][:2], quality["questions"][2:]
        part = {"minimum_share_bp": None, "weight_bp": 5000}
        parts = [
            {**part, "key": "safe", "title": "Safe", "questions": halves(first)},
            {**part, "key": "good", "title": "Good", "questions": fifths(second)},
        ]
        above = {name: value for name, value in quality.items() if name != "questions"}
        body = {**draft.scheme.body, "criteria": [{**above, "criteria": parts}, *rest]}
        told = {"actor": an_officer(), "now": PREPARED}
        actions.change_content(draft, "scheme", body, **told)
        session.commit()
        return draft

    def test_weights_are_typed_on_every_level(self, officer, nested, session):
        typed = {"c-safe": "60", "c-good": "40", "m-safe": "50", "quorum": "4",
                 "q-safeguarding": "70", "q-matching-and-stability": "30"}  # fmt: skip
        answer = type_in(officer, page_of(nested, "scheme/weights"), typed)
        assert answer.status_code == 302, text_of(answer)[:1500]
        session.expire_all()
        scheme = content.scheme(nested.scheme)
        quality = scheme.criteria[0]
        assert [(one.key, one.weight_bp) for one in quality.criteria] == [
            ("safe", 6000), ("good", 4000)
        ]  # fmt: skip
        assert [one.weight_bp for one in quality.criteria[0].questions] == [7000, 3000]
        assert quality.criteria[0].minimum_share_bp == 5000
        assert scheme.quorum == 4

    def test_parts_that_do_not_sum_are_told_beside_the_field(self, officer, nested):
        answer = type_in(officer, page_of(nested, "scheme/weights"), {"c-safe": "60"})
        assert answer.status_code == 422
        assert "They must make 100%" in text_of(answer)

    def test_the_quorum_is_taken_out_again(self, officer, draft, session):
        for typed, kept in (("3", 3), ("", None)):
            answer = type_in(officer, page_of(draft, "scheme/weights"), {"quorum": typed})
            assert answer.status_code == 302
            session.expire_all()
            assert content.scheme(draft.scheme).quorum == kept

    def test_one_lot_may_have_a_ceiling_of_its_own(self, officer, draft, session):
        typed = {"formula": "against-a-ceiling", "weight": "35", "ceiling_pence": "2000",
                 "ceiling_pence-F5": "3000"}  # fmt: skip
        answer = type_in(officer, page_of(draft, "scheme/price"), typed)
        assert answer.status_code == 302, text_of(answer)[:1500]
        session.expire_all()
        rule = content.scheme(draft.scheme).price
        assert rule.terms_for("F1").ceiling_pence == 200_000
        assert rule.terms_for("F5").ceiling_pence == 300_000
        assert "In lot F5 the ceiling is £3,000" in text_of(officer.get(page_of(draft, "scheme")))

    def test_one_council_may_buy_something_else(self, officer, draft, session):
        address = page_of(draft, "scheme/baskets?council=luton")
        every = content.scheme(draft.scheme).price.basket_for("F1")
        refused = type_in(officer, address, {"b-F1-age-16-17": "9"})
        assert "a basket serves all councils" in text_of(refused)  # price is compared jointly
        each = {"each_council": "yes"}
        assert type_in(officer, page_of(draft, "scheme/price"), each).status_code == 302
        answer = type_in(officer, address, {"b-F1-age-16-17": "9"})
        assert answer.status_code == 302, text_of(answer)[:1500]
        session.expire_all()
        rule = content.scheme(draft.scheme).price
        assert [one.item for one in rule.basket_for("F1", "luton").items] == ["age-16-17"]
        assert rule.basket_for("F1", "bedford-borough") == every
        assert rule.basket_for("F2", "luton").councils == ()
        shown = text_of(officer.get(page_of(draft, "scheme/baskets")))
        assert "Luton Council (its own)" in shown
        answer = type_in(officer, address, {"b-F1-age-16-17": ""})
        session.expire_all()
        assert content.scheme(draft.scheme).price.basket_for("F1", "luton") == every
        assert officer.get(page_of(draft, "scheme/baskets?council=kent")).status_code == 404

    def test_a_discount_of_ones_own_is_asked_for_and_must_be_counted(self, officer, draft, session):
        typed = {"title": "Discount for Mondays", "unit": "percent", "required": "no",
                 "least": "0.50", "most": "10", "lots": ["F1"]}  # fmt: skip
        assert type_in(officer, page_of(draft, "rates/new"), typed).status_code == 302
        session.expire_all()
        item = draft.rate_card.body["items"][-1]
        assert (item["key"], item["minimum_pence"], item["maximum_pence"], item["lots"]) == (
            "own-discount-for-mondays", 50, 1000, ["F1"]
        )  # fmt: skip
        assert "scheme:discount-unknown" in {one.code for one in checks.scheme_findings(draft)}
        kept = type_in(officer, page_of(draft, "scheme/price"), {"share-" + item["key"]: "20"})
        assert kept.status_code == 302, text_of(kept)[:1500]
        session.expire_all()
        assert checks.scheme_findings(draft) == []

    def test_every_earlier_round_can_be_repeated(self, session):
        first = a_tender()
        told = {"actor": an_officer(), "now": WHILE_OPEN}
        second = actions.create_from_round(first, title="Second", **told)
        found = queries.rounds_to_copy(an_officer())
        assert [one.ref for one in found] == [second.ref, first.ref]


def halves(questions):
    return [{**one, "weight_bp": 5000} for one in questions]


def fifths(questions):
    return [{**one, "weight_bp": 2000} for one in questions]
