"""Uplifts, from the provider's request to the new rates: who asks, recommends and decides."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from lxml import html

from portal.access import Role
from portal.contracts import actions_uplifts, due, queries_uplifts
from portal.contracts.models import Rate, RateSource
from portal.contracts.models_uplifts import UpliftMethod, UpliftRequest
from portal.db import db
from portal.mail import Mail
from scoring.canonical import canonical_json, sha256_of
from scoring.rules import RuleBroken
from scoring.stages import UpliftStage
from scoring.uplifts import of_index
from tests.factories.contracts import a_finance_officer, an_old_contract
from tests.factories.documents import a_file
from tests.factories.people import a_person, viewer
from tests.factories.providers import a_contributor, a_provider, a_provider_admin
from tests.factories.rounds import an_officer, at

NOW = datetime(2026, 10, 1, 9, tzinfo=UTC)
ON, DAY = NOW.date(), timedelta(days=1)
ITEM = "weekly-fee-age-5-to-9"


@pytest.fixture
def oak(session):
    return a_provider("Oak Fostering")


@pytest.fixture
def contract(oak):
    return an_old_contract(oak, now=NOW)


@pytest.fixture
def admin(oak):
    return viewer(a_provider_admin(oak))


def asking(contract, admin, **more):
    said = {
        "method": UpliftMethod.PERCENTAGE,
        "share": Fraction(3, 100),
        "working": "",
        "items": [ITEM],
        "from_on": date(2026, 11, 1),
        "reason": "Wages rose.",
        "actor": admin,
        "now": NOW,
    }
    return actions_uplifts.ask(contract, **{**said, **more})


def recommending(request, **more):
    said = {"share": Fraction(3, 100), "from_on": date(2026, 11, 1), "reason": "Fair."}
    actions_uplifts.recommend(request, **{**said, "actor": an_officer(), "now": NOW, **more})


def deciding(request, **more):
    said = {"share": Fraction(3, 100), "from_on": date(2026, 11, 1), "reason": "Agreed."}
    return actions_uplifts.decide(
        request, **{**said, "actor": a_finance_officer(), "now": NOW, **more}
    )


def code_of(act, *arguments, **named):
    with pytest.raises(RuleBroken) as refused:
        act(*arguments, **named)
    return refused.value.code


def test_a_grant_makes_a_new_dated_rate_and_keeps_the_old_one(contract, admin):
    a_finance_officer()  # who is there before the mail
    request = asking(contract, admin)
    recommending(request)
    (made,) = deciding(request)
    old, new = db.session.query(Rate).order_by(Rate.from_on)
    assert (old.amount_pence, old.until_on) == (81250, date(2026, 10, 31))
    assert new is made
    assert (new.amount_pence, new.from_on, new.until_on) == (
        83688,  # 836.875 pounds, half a penny up
        date(2026, 11, 1),
        contract.ends_on,
    )
    assert (new.source, new.source_ref) == (RateSource.UPLIFT, request.ref)
    assert request.stage is UpliftStage.GRANTED
    told = {one.message for one in db.session.query(Mail)}
    assert {"uplift-asked", "uplift-recommended", "uplift-decided"} <= told


def test_a_part_and_a_refusal_stay_on_record(contract, admin):
    first = asking(contract, admin)
    recommending(first, share=Fraction(2, 100))
    deciding(first, share=Fraction(1, 100))
    assert first.stage is UpliftStage.PARTLY_GRANTED
    second = asking(contract, admin, share=Fraction(1, 100), from_on=date(2026, 12, 1))
    recommending(second, share=None, from_on=None, reason="Too soon.")
    assert deciding(second, share=None, from_on=None, reason="Too soon.") == []
    assert second.stage is UpliftStage.REFUSED
    assert [one.verb for one in first.steps] == ["ask", "recommend", "grant-in-part"]
    assert len(queries_uplifts.of_held(contract, admin)) == 2
    assert db.session.query(Rate).count() == 2


def test_two_different_people_recommend_and_decide(contract, admin):
    both = viewer(a_person([Role.COMMISSIONER, Role.FINANCE], "luton"))
    request = asking(contract, admin)
    recommending(request, actor=both)
    assert code_of(deciding, request, actor=both) == "uplift:not-allowed"
    deciding(request)


def test_only_those_whose_part_it_is_act(contract, admin, oak):
    helper = viewer(a_contributor(oak))
    for someone in (helper, an_officer(), viewer(a_provider_admin())):
        assert code_of(asking, contract, someone) == "uplift:not-allowed"
    request = asking(contract, admin)
    for someone in (admin, a_finance_officer(), an_officer("hertfordshire")):
        assert code_of(recommending, request, actor=someone) == "uplift:not-allowed"
    assert code_of(deciding, request) == "uplift:not-allowed"  # nobody has recommended
    recommending(request)
    for someone in (admin, an_officer(), a_finance_officer("hertfordshire")):
        assert code_of(deciding, request, actor=someone) == "uplift:not-allowed"
    strangers = (an_officer("hertfordshire"), viewer(a_provider_admin()))
    assert not any(queries_uplifts.request(request.ref, one) for one in strangers)
    assert queries_uplifts.request(request.ref, helper) is request


def test_it_never_holds_before_the_decision_nor_above_the_rule(contract, admin):
    request = asking(contract, admin, share=Fraction(6, 100))
    said = {"share": Fraction(401, 10_000)}
    assert code_of(recommending, request, **said) == "uplift:over-the-cap"
    assert code_of(recommending, request, share=Fraction(7, 100)) == "uplift:more-than-asked"
    recommending(request, share=Fraction(4, 100))
    later = NOW + timedelta(days=40)
    assert code_of(deciding, request, share=Fraction(4, 100), now=later) == (
        "uplift:before-the-decision"
    )
    assert code_of(deciding, request, share=Fraction(5, 100)) == "uplift:over-the-cap"
    deciding(request, share=Fraction(4, 100), from_on=later.date(), now=later)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"items": []}, "uplift:items"),
        ({"items": ["unknown"]}, "uplift:items"),
        ({"share": Fraction(0)}, "uplift:share"),
        ({"from_on": ON - DAY}, "uplift:before-the-decision"),
        ({"from_on": date(2027, 5, 17)}, "uplift:after-the-end"),
        ({"reason": " "}, "contract:no-reason"),
    ],
)
def test_what_cannot_be_is_not_asked(contract, admin, change, code):
    assert code_of(asking, contract, admin, **change) == code


def test_one_request_at_a_time_until_it_is_decided_or_taken_back(contract, admin):
    request = asking(contract, admin)
    assert code_of(asking, contract, admin) == "uplift:waits"
    actions_uplifts.withdraw(request, reason="A slip.", actor=admin, now=NOW)
    again = asking(contract, admin)
    recommending(again)
    actions_uplifts.send_back(again, reason="Compare.", actor=a_finance_officer(), now=NOW)
    assert again.stage is UpliftStage.ASKED
    recommending(again)
    assert [one.verb for one in again.steps] == ["ask", "recommend", "return", "recommend"]


def test_an_index_is_exact(contract, admin):
    share = of_index(Decimal("134.6"), Decimal("138.9"))
    request = asking(contract, admin, method=UpliftMethod.INDEX, share=share)
    assert request.asked.share == Fraction(43, 1346)


def test_cards_wait_for_those_whose_turn_it_is(app, contract, admin):
    request = asking(contract, admin)
    with app.test_request_context():
        turns = (an_officer(), a_finance_officer())
        assert [
            any("uplift" in one.title for one in due.due(someone, NOW)) for someone in turns
        ] == [True, False]
        recommending(request)
        assert [
            any("uplift" in one.title for one in due.due(someone, NOW)) for someone in turns
        ] == [False, True]


def words(answer):
    page = html.document_fromstring(answer.text)
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def test_the_whole_way_by_the_pages(by, app, contract, admin):
    provider, here = by(admin), f"/contracts/{contract.ref}"
    at(app, NOW)
    shown = provider.page(f"{here}/uplifts/new")
    assert "at most 4% in twelve months" in words(shown)
    day = {"from_on-day": "1", "from_on-month": "11", "from_on-year": "2026"}
    typed = {"items": [ITEM], "method": "percentage", "percent": "3", "reason": "Wages.", **day}
    refused = provider.sends(shown, typed, status=422)
    assert "Choose a file" in words(refused)
    shown = provider.sends(shown, {**typed, "file": a_file("wages.pdf")}, to="/uplifts/*")
    assert "wages" in words(shown)
    ref = db.session.query(UpliftRequest).one().ref
    officer = by(an_officer())
    at(app, NOW)
    form = officer.page(f"/uplifts/{ref}/recommend")
    assert "£836.88" in words(form)
    assert "As granted" not in words(form)
    officer.sends(
        form, {"outcome": "part", "percent": "2", "reason": "Fair."}, to=f"/uplifts/{ref}"
    )
    officer.page(f"/uplifts/{ref}/decide", status=403)
    finance = by(a_finance_officer())
    at(app, NOW)
    form = finance.page(f"/uplifts/{ref}/decide")
    shown = finance.sends(
        form, {"outcome": "part", "percent": "2", "reason": "Agreed."}, to=f"/uplifts/{ref}"
    )
    assert "Granted in part: 2.00%" in words(shown)
    seen = words(provider.page(f"/uplifts/{ref}"))
    assert "As granted" in seen
    assert "£828.75" in seen
    assert "Agreed." in seen
    assert "Fair." not in seen
    assert "Luton Commissioner" not in seen
    assert "£828.75" in words(provider.page(here))
    by(an_officer("hertfordshire")).page(f"/uplifts/{ref}", status=404)
    assert "Oak Fostering" in words(finance.page("/uplifts?state=over"))
    assert '"2.00%"' in finance.get("/uplifts.csv?state=over").text


def test_the_decision_is_a_letter_that_the_provider_reads(contract, admin, oak, by):
    request = asking(contract, admin)
    recommending(request, reason="Between us: they will take less.")
    assert request.letter is None
    deciding(request, share=Fraction(2, 100), reason="What others were given.")
    db.session.commit()
    said = request.letter.content
    assert (said["asked"], said["granted"], said["outcome"]) == ("3.00%", "2.00%", "grant-in-part")
    assert [(one["before_pence"], one["pence"]) for one in said["rates"]] == [(81250, 82875)]
    assert sha256_of(canonical_json(said)) == request.letter.sha256
    mail = db.session.query(Mail).filter_by(message="uplift-decided").first()
    assert f"/uplifts/{request.ref}/letter" in mail.body
    client = by(viewer(a_contributor(oak)))
    told = words(client.page(f"/uplifts/{request.ref}/letter"))
    assert "Your request is granted in part. The rates rise by 2.00% from 1 November 2026" in told
    assert "What others were given." in told
    assert "£828.75" in told
    assert "they will take less" not in told
    file = client.get(f"/uplifts/{request.ref}/letter.pdf")
    assert file.mimetype == "application/pdf"
    assert file.data.startswith(b"%PDF")
    contract.provider.name = "Oak and Elm Fostering"
    assert request.letter.content["provider"] == "Oak Fostering"  # as it was sent


def test_a_refusal_is_a_letter_too_and_nobody_else_reads_it(contract, admin, by):
    request = asking(contract, admin)
    none = by(admin).get(f"/uplifts/{request.ref}/letter")
    assert none.status_code == 404  # nothing is decided
    recommending(request)
    deciding(request, share=None, from_on=None, reason="The rates rose in spring.")
    db.session.commit()
    address = f"/uplifts/{request.ref}/letter"
    assert "Your rates stay as they are" in words(by(admin).page(address))
    for stranger in (viewer(a_provider_admin()), an_officer("hertfordshire")):
        for kind in ("", ".pdf"):
            assert by(stranger).get(address + kind).status_code == 404
