"""The editor of a draft: its own questions, documents, prices and scheme, and who may touch them."""

import pytest

from portal.access import Role
from portal.content import queries as content
from portal.content.kinds import Kind
from portal.db import db
from portal.rounds import actions, checks, scheme_edit
from portal.rounds.models import Regime
from scoring import restating
from scoring.rules import RuleBroken
from scoring.stages import RoundStage
from tests.client import HygieneClient
from tests.factories.counting import counted
from tests.factories.rounds import PREPARED, WHILE_OPEN, a_round, a_tender, an_officer, at
from tests.factories.typing import form_of, type_in
from tests.reading import errors_of
from tests.rooms.rounds.editing import page_of, signed_in, text_of

PAGES = (
    "scheme", "scheme/weights", "scheme/price", "scheme/baskets", "scheme/award", "asked",
    "asked/safeguarding", "checklist", "rates", "rates/age-0-4", "eligibility", "lots/new", "uplifts",
)  # fmt: skip


@pytest.fixture
def draft(app, session):
    at(app, WHILE_OPEN)
    made = a_tender(RoundStage.DRAFT)
    session.commit()
    return made


@pytest.fixture
def officer(app, draft):
    return signed_in(app, an_officer())


class TestWho:
    @pytest.mark.parametrize("name", PAGES)
    def test_each_page_is_for_the_lead_and_reads_the_same_number_of_times(
        self, officer, draft, name
    ):
        with counted() as few:
            assert officer.get(page_of(draft, name)).status_code == 200
        assert few.number <= 12

    @pytest.mark.parametrize("name", [one for one in PAGES if one != "scheme"])
    def test_a_partner_reads_and_does_not_edit(self, app, draft, name):
        partner = signed_in(app, an_officer("hertfordshire"))
        assert partner.get(page_of(draft, name)).status_code == 409

    def test_a_partner_reads_the_scheme_without_links_to_change_it(self, app, draft):
        shown = signed_in(app, an_officer("hertfordshire")).get(page_of(draft, "scheme"))
        assert shown.status_code == 200
        assert "/scheme/weights" not in shown.text

    @pytest.mark.parametrize("name", PAGES)
    def test_another_council_finds_nothing(self, app, draft, name):
        assert signed_in(app, an_officer("kent")).get(page_of(draft, name)).status_code == 404

    def test_publishing_freezes_it(self, app, session):
        at(app, WHILE_OPEN)
        published = a_tender()
        lead = an_officer()
        with pytest.raises(RuleBroken, match="Publishing froze it"):
            actions.change_content(
                published, "scheme", published.scheme.body, actor=lead, now=WHILE_OPEN
            )
        with pytest.raises(RuleBroken, match="Publishing froze it"):
            actions.change_eligibility(published, [], actor=lead, now=WHILE_OPEN)


class TestUplifts:
    def test_the_rule_is_typed_and_everybody_reads_it(self, app, officer, draft, session):
        address = page_of(draft, "uplifts")
        wrong = type_in(officer, address, {"uplift_index": "CPIH", "uplift_cap": "4"})
        assert wrong.status_code == 422
        assert "whose month" in text_of(wrong)
        typed = {"uplift_index": "CPIH", "uplift_month": "9", "uplift_cap": "4"}
        assert type_in(officer, address, typed).status_code == 302
        words = "CPIH, the figure of September, at most 4% in twelve months"
        assert words in text_of(officer.get(page_of(draft, "")[:-1]))
        assert words in text_of(officer.get(f"/rounds/{draft.ref}"))


class TestWeights:
    def test_weights_that_do_not_sum_are_refused_beside_the_part_and_nothing_is_lost(
        self, officer, draft
    ):
        answer = type_in(
            officer, page_of(draft, "scheme/weights"), {"c-price": "36", "q-safeguarding": "21"}
        )
        assert answer.status_code == 422
        assert "make 101% together. They must make 100%." in text_of(answer)
        assert "The questions of “Quality” make 101% together" in text_of(answer)
        assert 'value="36"' in answer.text
        db.session.expire_all()
        assert draft.scheme.source == "shipped"

    def test_an_empty_weight_is_said_once_at_its_field_and_in_plain_words(self, officer, draft):
        answer = type_in(officer, page_of(draft, "scheme/weights"), {"c-quality": ""})
        assert answer.status_code == 422
        assert errors_of(answer) == [("Enter the share of Quality", "#c-quality")]

    def test_new_weights_are_a_version_of_the_rounds_own(self, officer, draft, session):
        shipped = draft.scheme
        typed = {"c-price": "30", "c-quality": "45", "s-safeguarding": "4", "total": "62.5"}
        assert type_in(officer, page_of(draft, "scheme/weights"), typed).status_code == 302
        session.expire_all()
        rules = content.scheme(draft.scheme)
        assert (draft.scheme.source, draft.scheme.key) == (draft.ref, draft.ref.lower())
        assert [one.weight_bp for one in rules.criteria] == [4500, 1500, 1000, 3000]
        assert rules.criteria[0].questions[0].minimum_score == 4
        assert rules.total_share_bp == 6250
        assert shipped.body["criteria"][3]["weight_bp"] == 3500

    def test_saving_twice_keeps_both_and_the_same_again_adds_nothing(self, draft):
        lead, body = an_officer(), draft.scheme.body
        for decimals in (3, 4, 4):
            actions.change_content(
                draft, "scheme", {**body, "decimals": decimals}, actor=lead, now=PREPARED
            )
        assert draft.scheme.version == 2
        assert [one.version for one in content.versions(Kind.SCHEME, draft.ref.lower())] == [2, 1]

    def test_a_rounds_own_copy_is_nobody_elses(self, draft):
        lead = an_officer()
        actions.change_content(
            draft, "scheme", {**draft.scheme.body, "decimals": 3}, actor=lead, now=PREPARED
        )
        assert (Kind.SCHEME, draft.ref.lower()) not in content.shelf()
        assert draft.ref.lower() not in {one.key for one in content.catalogue(lead)[Kind.SCHEME]}

    def test_a_round_that_asks_nothing_is_refused_at_the_first_list(self, officer, draft):
        chosen = form_of(officer, page_of(draft, "asked"))
        lists = list(dict.fromkeys(name for name in chosen if name.startswith("keep-")))
        answer = type_in(officer, page_of(draft, "asked"), {name: [] for name in lists})
        assert answer.status_code == 422
        assert errors_of(answer) == [("Tick at least one question.", f"#{lists[0]}")]

    def test_a_question_that_is_taken_out_must_lose_its_weight(self, officer, draft, session):
        quality = form_of(officer, page_of(draft, "asked")).getlist("keep-quality")
        quality.remove("health-and-education")
        assert (
            type_in(officer, page_of(draft, "asked"), {"keep-quality": quality}).status_code == 302
        )
        session.expire_all()
        codes = {one.code for one in checks.scheme_findings(draft)}
        assert codes == {"scheme:question-not-asked"}
        assert "Not finished" in text_of(officer.get(f"/council/rounds/{draft.ref}"))
        answer = type_in(officer, page_of(draft, "scheme/weights"), {"q-safeguarding": "30"})
        assert answer.status_code == 302
        session.expire_all()
        assert checks.scheme_findings(draft) == []


class TestPoints:
    def test_a_scheme_is_said_in_points_weighed_and_said_in_shares_again(
        self, officer, draft, session
    ):
        before = draft.scheme.body
        assert type_in(officer, page_of(draft, "scheme/stated"), {"stated": "points"}).location
        session.expire_all()
        points = {one["key"]: one["points"] for one in draft.scheme.body["criteria"]}
        assert sum(points.values()) % 100 == 0
        assert restating.same(before, draft.scheme.body)
        assert checks.scheme_findings(draft) == []
        shown = officer.get(page_of(draft, "scheme/weights"))
        assert 'name="c-quality"' not in shown.text  # the sum of its questions
        first = draft.scheme.body["criteria"][0]["questions"][0]
        typed = {f"q-{first['question']}": str(first["points"] + 10), "c-price": "60"}
        assert type_in(officer, page_of(draft, "scheme/weights"), typed).status_code == 302
        session.expire_all()
        now = {one["key"]: one["points"] for one in draft.scheme.body["criteria"]}
        assert now["quality"] == points["quality"] + 10
        assert now["price"] == 60
        assert checks.scheme_findings(draft) == []
        assert officer.get(f"/council/rounds/{draft.ref}/try").status_code == 200
        refused = type_in(officer, page_of(draft, "scheme/stated"), {"stated": "basis-points"})
        assert "whole hundredths of a per cent" in text_of(refused)

    def test_price_joins_without_taking_from_the_others(self, officer, draft, session):
        type_in(officer, page_of(draft, "scheme/stated"), {"stated": "points"})
        session.expire_all()
        before = {one["key"]: one["points"] for one in draft.scheme.body["criteria"]}
        assert type_in(officer, page_of(draft, "scheme/price"), {"weight": "70"}).status_code == 302
        session.expire_all()
        after = {one["key"]: one["points"] for one in draft.scheme.body["criteria"]}
        assert after == before | {"price": 70}

    def test_points_are_whole_numbers_above_zero(self, officer, draft):
        type_in(officer, page_of(draft, "scheme/stated"), {"stated": "points"})
        for wrong in ("-1", "2.5", "many"):
            answer = type_in(officer, page_of(draft, "scheme/weights"), {"q-safeguarding": wrong})
            assert answer.status_code == 422


class TestPrice:
    def test_another_formula_asks_for_its_amounts(self, officer, draft):
        answer = type_in(officer, page_of(draft, "scheme/price"), {"formula": "against-a-ceiling"})
        assert answer.status_code == 422
        assert "ceiling" in text_of(answer)

    def test_the_others_share_what_price_leaves(self, officer, draft, session):
        typed = {"formula": "linear-to-a-maximum", "optimal_pence": "800", "maximum_pence": "1500"}
        answer = type_in(officer, page_of(draft, "scheme/price"), {**typed, "weight": "50"})
        assert answer.status_code == 302
        session.expire_all()
        rules = content.scheme(draft.scheme)
        assert [one.weight_bp for one in rules.criteria] == [3077, 1154, 769, 5000]
        assert rules.price.terms.maximum_pence == 150_000
        assert len(rules.price.baskets) == 5

    def test_ties_cannot_be_broken_by_a_price_that_does_not_count(self, officer, draft):
        answer = type_in(officer, page_of(draft, "scheme/price"), {"formula": ""})
        assert answer.status_code == 422
        assert "Ties cannot be broken by “price” here." in text_of(answer)

    def test_a_list_can_be_given_a_price(self, app, session):
        at(app, WHILE_OPEN)
        listed = a_round(RoundStage.DRAFT)
        session.commit()
        client = signed_in(app, an_officer())
        address = f"/council/rounds/{listed.ref}/scheme/price"
        typed = {"formula": "relative-to-lowest", "weight": "40", "each_council": "no"}
        assert type_in(client, address, typed).status_code == 302
        session.expire_all()
        rules = content.scheme(listed.scheme)
        assert [one.weight_bp for one in rules.criteria] == [4200, 1800, 4000]
        assert rules.price.basket_for("1A").items[0].item == "core-weekly-price"

    def test_discounts_are_taken_in_another_order(self, officer, draft, session):
        typed = {
            "order-discount-volume": "3", "order-discount-siblings": "1",
            "order-discount-long-term": "2", "compounding": "no",
        }  # fmt: skip
        assert type_in(officer, page_of(draft, "scheme/price"), typed).status_code == 302
        session.expire_all()
        discounts = content.scheme(draft.scheme).price.discounts
        assert [step.key for step in discounts.steps] == [
            "discount-siblings", "discount-long-term", "discount-volume"
        ]  # fmt: skip
        assert not discounts.compounding

    def test_two_discounts_cannot_be_taken_at_one_place(self, officer, draft, session):
        before = draft.scheme.sha256
        answer = type_in(officer, page_of(draft, "scheme/price"), {"order-discount-volume": "2"})
        assert answer.status_code == 422
        assert (
            "“Discount for volume” and “Discount for brothers and sisters” "
            "are both taken as number 2." in text_of(answer)
        )
        session.expire_all()
        assert draft.scheme.sha256 == before

    def test_what_is_no_share_is_told_without_the_names_of_the_content(self, officer, draft):
        answer = type_in(officer, page_of(draft, "scheme/weights"), {"c-quality": "1e2"})
        assert answer.status_code == 422
        assert "weight_bp" not in text_of(answer)
        answer = type_in(officer, page_of(draft, "scheme/weights"), {"q-safeguarding": ""})
        assert "Ties cannot be broken by “safeguarding” here." in text_of(answer)

    def test_a_basket_takes_decimals_and_keeps_them_exact(self, officer, draft, session):
        typed = {"b-F1-age-0-4": "2.5", "method-F1": "sum"}
        answer = type_in(officer, page_of(draft, "scheme/baskets"), typed)
        assert answer.status_code == 302, text_of(answer)[:1500]
        session.expire_all()
        basket = content.scheme(draft.scheme).price.basket_for("F1")
        assert (basket.method, str(basket.items[0].weight)) == ("sum", "5/2")

    def test_an_empty_basket_is_refused(self, officer, draft):
        typed = {"b-F4-parent-and-child": "", "b-F4-second-child": ""}
        assert type_in(officer, page_of(draft, "scheme/baskets"), typed).status_code == 422


class TestAward:
    def test_a_cap_without_a_mechanism_is_refused(self, officer, draft):
        answer = type_in(
            officer, page_of(draft, "scheme/award"), {"mechanism": "all-over-thresholds"}
        )
        assert answer.status_code == 422
        assert "cannot be capped" in text_of(answer)

    def test_a_cap_on_lots_needs_to_say_which(self, officer, draft):
        answer = type_in(officer, page_of(draft, "scheme/award"), {"lots_cap": "2"})
        assert answer.status_code == 422
        assert "which of them does it keep" in text_of(answer)

    def test_caps_ties_and_the_order_of_lots(self, officer, draft, session):
        typed = {
            "cap": "8", "cap-F5": "2", "tie-1": "price", "tie-2": "", "tie-3": "", "tie-4": "",
            "lots_cap": "3", "lots_mechanism": "lot-order", "lots_order": "f5, F4 F3, F2, F1",
        }  # fmt: skip
        answer = type_in(officer, page_of(draft, "scheme/award"), typed)
        assert answer.status_code == 302, text_of(answer)[:1500]
        session.expire_all()
        award = content.scheme(draft.scheme).award
        assert (award.cap_for("F1"), award.cap_for("F5")) == (8, 2)
        assert [step.name for step in award.tie_breaks] == ["price"]
        assert award.lots_cap.order == ("F5", "F4", "F3", "F2", "F1")


class TestParts:
    def test_a_question_in_other_words(self, officer, draft, session):
        typed = {"label": "How do you keep our children safe?", "words": "500"}
        answer = type_in(officer, page_of(draft, "asked/safeguarding"), typed)
        assert answer.status_code == 302
        session.expire_all()
        asked = {
            one["key"]: one
            for part in draft.question_set.body["sections"]
            for one in part["questions"]
        }
        assert asked["safeguarding"]["label"] == "How do you keep our children safe?"
        assert asked["safeguarding"]["words"] == 500
        assert asked["safeguarding"]["guidance"][0].startswith("Who leads on safeguarding")

    def test_what_was_left_out_can_be_taken_back(self, officer, draft, session):
        address = page_of(draft, "checklist")
        assert (
            type_in(officer, address, {"lines": ["accounts", "safeguarding-policy"]}).status_code
            == 302
        )
        session.expire_all()
        assert len(draft.checklist.body["documents"]) == 2
        shown = officer.get(address).text
        assert 'value="statement-of-purpose"' in shown
        assert (
            type_in(officer, address, {"lines": ["accounts", "statement-of-purpose"]}).status_code
            == 302
        )
        session.expire_all()
        assert [line["key"] for line in draft.checklist.body["documents"]] == [
            "statement-of-purpose", "accounts"
        ]  # fmt: skip

    def test_a_price_in_a_basket_is_not_left_out_unseen(self, officer, draft, session):
        kept = form_of(officer, page_of(draft, "rates")).getlist("lines")
        kept.remove("pace-night")
        assert type_in(officer, page_of(draft, "rates"), {"lines": kept}).status_code == 302
        session.expire_all()
        assert "not on the rate card" in text_of(officer.get(page_of(draft, "rates")))
        assert "scheme:basket-item" in {one.code for one in checks.scheme_findings(draft)}

    def test_limits_of_a_price_the_wrong_way_round(self, officer, draft):
        typed = {"minimum_pence": "500", "maximum_pence": "400"}
        answer = type_in(officer, page_of(draft, "rates/age-0-4"), typed)
        assert answer.status_code == 422
        assert "lowest price is above the highest" in text_of(answer)

    def test_a_question_that_is_not_asked_has_no_page(self, officer, draft):
        assert officer.get(page_of(draft, "asked/garden")).status_code == 404
        assert officer.get(page_of(draft, "rates/garden")).status_code == 404

    def test_a_new_lot_needs_its_basket(self, officer, draft, session):
        typed = {"code": "f6", "title": "Solo", "description": "One child with two carers."}
        assert type_in(officer, page_of(draft, "lots/new"), typed).status_code == 302
        session.expire_all()
        assert [lot.code for lot in draft.lots][-1] == "F6"
        assert "scheme:lot-without-basket" in {one.code for one in checks.scheme_findings(draft)}
        assert type_in(officer, page_of(draft, "lots/new"), typed).status_code == 422

    def test_the_law_under_which_it_is_run(self, officer, draft, session):
        answer = type_in(
            officer, page_of(draft, "details"),
            {"regime": "pcr-2015-light-touch", "contact_email": "a@council.example"},
        )  # fmt: skip
        assert answer.status_code == 302
        session.expire_all()
        assert draft.regime is Regime.PCR_2015_LIGHT_TOUCH


class TestCheck:
    def test_anybody_can_ask_and_nothing_is_kept(self, app, session):
        at(app, WHILE_OPEN)
        bid_round = a_tender()
        session.commit()
        client = HygieneClient(app, app.response_class)
        address = f"/rounds/{bid_round.ref}/can-we-apply"
        assert "Can we apply?" in client.get(f"/rounds/{bid_round.ref}").text
        every = dict.fromkeys(bid_round.eligibility, "yes")
        answer = type_in(client, address, every)
        assert answer.status_code == 200
        assert "Yes. By these answers nothing stands in the way" in text_of(answer)
        answer = type_in(client, address, {**every, "ofsted-registered": "no"})
        assert "would probably not pass" in text_of(answer)
        assert "The round asks for “yes”" in text_of(answer)

    def test_a_draft_is_not_asked_about(self, app, draft):
        client = HygieneClient(app, app.response_class)
        assert client.get(f"/rounds/{draft.ref}/can-we-apply").status_code == 404

    def test_only_questions_that_pass_or_fail_can_be_chosen(self, officer, draft, session):
        address = page_of(draft, "eligibility")
        assert type_in(officer, address, {"questions": ["debarment"]}).status_code == 302
        session.expire_all()
        assert draft.eligibility == ["debarment"]
        with pytest.raises(RuleBroken, match="Choose from the questions"):
            actions.change_eligibility(draft, ["safeguarding"], actor=an_officer(), now=PREPARED)


class TestFromAnEarlierRound:
    def test_all_but_its_dates(self, app, session):
        at(app, WHILE_OPEN)
        first = a_tender()
        lead = an_officer()
        again = actions.create_from_round(first, title="Second opening", actor=lead, now=WHILE_OPEN)
        assert again.agreement is first.agreement
        assert again.scheme is first.scheme
        assert (again.deadline_at, again.notice_number, again.stage) == (None, "", RoundStage.DRAFT)
        assert [lot.code for lot in again.lots] == [lot.code for lot in first.lots]
        assert again.council_ids == first.council_ids

    def test_changes_that_were_the_rounds_own_come_along_and_stay_apart(self, draft):
        lead = an_officer()
        actions.change_content(
            draft, "scheme", {**draft.scheme.body, "decimals": 3}, actor=lead, now=PREPARED
        )
        again = actions.create_from_round(draft, title="Again", actor=lead, now=PREPARED)
        actions.change_content(
            again, "scheme", {**again.scheme.body, "decimals": 4}, actor=lead, now=PREPARED
        )
        assert (draft.scheme.body["decimals"], again.scheme.body["decimals"]) == (3, 4)

    def test_from_the_page_only_in_its_own_agreement(self, app, session):
        at(app, WHILE_OPEN)
        first = a_tender()
        session.commit()
        client = signed_in(app, an_officer())
        typed = {"template": first.ref, "agreement": "new", "title": "Second", "lead": "luton"}
        answer = type_in(client, "/council/rounds/new", typed)
        assert answer.status_code == 422
        assert "only be repeated for the list" in text_of(answer)
        typed["agreement"] = first.agreement.ref
        assert type_in(client, "/council/rounds/new", typed).status_code == 302

    def test_a_council_without_a_part_in_it_is_refused(self, session):
        with pytest.raises(RuleBroken, match="does not take part"):
            actions.create_from_round(
                a_tender(), title="Ours now", actor=an_officer("kent"), now=WHILE_OPEN
            )

    def test_an_auditor_is_refused(self, session):
        with pytest.raises(RuleBroken):
            actions.create_from_round(
                a_tender(), title="No", actor=an_officer(role=Role.AUDITOR), now=WHILE_OPEN
            )


class TestLots:
    def test_a_tender_for_some_lots_says_nothing_of_the_others(self, session):
        two = a_tender(RoundStage.DRAFT, lots=["F2", "F5"])
        assert checks.scheme_findings(two) == []
        rules = content.scheme(two.scheme)
        assert [basket.lots for basket in rules.price.baskets] == [("F2",), ("F5",)]
        assert dict(rules.award.cap_by_lot) == {"F5": 4}

    def test_leaving_a_lot_out_fits_the_scheme_and_taking_it_back_asks_what_is_bought(self, draft):
        lead = an_officer()
        actions.change_lots(draft, ["F1", "F2"], actor=lead, now=PREPARED)
        assert checks.scheme_findings(draft) == []
        actions.change_lots(draft, ["F1", "F2", "F3"], actor=lead, now=PREPARED)
        assert [one.code for one in checks.scheme_findings(draft)] == ["scheme:lot-without-basket"]

    def test_a_list_keeps_what_ships(self, session):
        assert a_round(RoundStage.DRAFT, lots=["1A"]).scheme.source == "shipped"


def test_rows_of_a_scheme_hold_questions_that_have_no_weight_yet(draft):
    body = draft.scheme.body
    first, *rest = body["criteria"]
    fewer = {**body, "criteria": [{**first, "questions": first["questions"][:-1]}, *rest]}
    rows = scheme_edit.rows_of(fewer, draft.question_set.body)
    assert rows[0].questions[-1].weight is None
    assert rows[0].questions[-1].key == "staying-put-and-moving-on"
