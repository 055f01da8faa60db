"""Reviews of packages: the council's own, exact, concluded with an action, and opened again."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from lxml import html

from portal.contracts import actions_packages, queries_packages
from portal.contracts.actions_packages import Action, Typed
from portal.contracts.models_packages import PackageLine, PackageReview, ReviewOutcome
from portal.db import db
from portal.followups.models import FollowUp
from scoring.rules import RuleBroken
from scoring.stages import ReviewStage
from tests.factories.contracts import a_finance_officer, an_old_contract
from tests.factories.people import a_council, viewer
from tests.factories.providers import a_provider, a_provider_admin
from tests.factories.rounds import an_officer, at

NOW = datetime(2026, 10, 1, 9, tzinfo=UTC)
TYPED = Typed(
    placement="plc-0042",
    weeks=Decimal("12.5"),
    core_pence=90_000,
    hour_pence=2_400,
    agreed_hours=Decimal(20),
    agreed_ratio="1:2",
    delivered_hours=Decimal(10),
    delivered_ratio="1:2",
    paid_pence=1_425_000,
)


@pytest.fixture
def review(session):
    return starting(an_old_contract(a_provider("Oak Fostering"), now=NOW))


def starting(contract, **more):
    said = {"from_on": date(2026, 7, 1), "until_on": date(2026, 9, 30), "actor": an_officer()}
    said |= {"council": a_council("luton"), "now": NOW, **more}
    return actions_packages.start(contract, **said)


def by_ada():
    return {"actor": an_officer(), "now": NOW}


def code_of(act, *arguments, **named):
    with pytest.raises(RuleBroken) as refused:
        act(*arguments, **named)
    return refused.value.code


def replaced(**change):
    return Typed(**{**{name: getattr(TYPED, name) for name in Typed.__slots__}, **change})


def test_the_difference_is_exact_and_the_same_in_every_form(review):
    actions_packages.save_line(review, TYPED, **by_ada())
    (line,) = review.lines
    assert line.placement == "PLC-0042"
    assert line.package.difference_pence == 150_000  # 12.5 weeks × 5 hours × £24
    table = queries_packages.table(review)
    assert table.rows[0]["difference_pence"] == 150_000
    actions_packages.save_line(review, replaced(delivered_hours=Decimal(20)), line, **by_ada())
    assert line.package.difference_pence == 0
    assert len(review.lines) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"placement": "Jamie Smith"}, "package:placement"),
        ({"agreed_ratio": "one"}, "package:ratio"),
        ({"weeks": Decimal(0)}, "package:weeks"),
        ({"weeks": Decimal("13.3")}, "package:weeks"),  # from July to September are 92 days
        ({"delivered_hours": Decimal(200)}, "package:hours"),
    ],
)
def test_what_cannot_be_is_refused(review, change, code):
    assert code_of(actions_packages.save_line, review, replaced(**change), **by_ada()) == code


def test_a_placement_takes_no_more_than_the_whole_period(review):
    actions_packages.save_line(review, replaced(weeks=Decimal("13.2")), **by_ada())
    assert review.lines[0].package.weeks == Decimal("13.2")


def test_a_placement_stands_once_and_a_period_lies_within_the_contract(review):
    actions_packages.save_line(review, TYPED, **by_ada())
    assert code_of(actions_packages.save_line, review, TYPED, **by_ada()) == "package:twice"
    held = review.held
    assert code_of(starting, held, until_on=date(2026, 10, 2)) == "package:period"
    assert code_of(starting, held, from_on=date(2021, 5, 16)) == "package:period"


def test_it_is_the_matter_of_the_council_that_pays(review):
    assert queries_packages.review(review.ref, a_finance_officer()) is review
    strangers = [
        an_officer("bedford-borough"),  # a partner under the same contract
        an_officer("hertfordshire"),
        viewer(a_provider_admin(review.held.provider)),
    ]
    assert not any(queries_packages.review(review.ref, one) for one in strangers)
    assert not any(queries_packages.of_held(review.held, one) for one in strangers)
    for someone in (*strangers, a_finance_officer()):
        said = {"actor": someone, "now": NOW}
        assert code_of(actions_packages.save_line, review, TYPED, **said) == "package:not-allowed"


def test_it_is_concluded_with_an_action_and_opened_again(review):
    said = (ReviewOutcome.RECOVER, "Half of the hours were not delivered.")
    assert code_of(actions_packages.conclude, review, *said, **by_ada()) == "package:empty"
    actions_packages.save_line(review, TYPED, **by_ada())
    action = Action("Send a credit note.", "Registered manager", date(2026, 11, 1))
    actions_packages.conclude(review, *said, action, **by_ada())
    (follow_up,) = db.session.query(FollowUp)
    assert (follow_up.ref, follow_up.source_ref) == (review.follow_up_ref, review.ref)
    assert code_of(actions_packages.save_line, review, TYPED, **by_ada()) == "package:not-allowed"
    actions_packages.reopen(review, "A bill was missing.", **by_ada())
    assert (review.stage, review.outcome) == (ReviewStage.DRAFT, None)


def test_what_follows_names_its_review_by_the_day_as_pages_write_it(review):
    review.until_on = date(2026, 9, 3)
    actions_packages.save_line(review, replaced(weeks=Decimal(9)), **by_ada())
    action = Action("Send a credit note.", "Registered manager", date(2026, 11, 1))
    said = (ReviewOutcome.RECOVER, "Half of the hours were not delivered.")
    actions_packages.conclude(review, *said, action, **by_ada())
    (follow_up,) = db.session.query(FollowUp)
    assert follow_up.source_label == "Package review to 3 September 2026"


def words(answer):
    page = html.document_fromstring(answer.text)
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def test_the_pages_lead_from_the_contract_to_a_file(by, app, review):
    db.session.commit()
    ada, here = by(an_officer()), f"/packages/{review.ref}"
    at(app, NOW)
    assert "Package reviews" in words(ada.page(f"/contracts/{review.held.ref}"))
    typed = {
        "placement": "PLC-0042",
        "weeks": "12.5",
        "core": "900",
        "hour": "24",
        "agreed_hours": "20",
        "agreed_ratio": "1:2",
        "delivered_hours": "10",
        "delivered_ratio": "1:2",
        "paid": "14250",
    }
    form = ada.page(f"{here}/placements/new")
    assert "with a digit" in words(ada.sends(form, {**typed, "placement": "Jamie"}, status=422))
    shown = ada.sends(form, typed, to=here)
    assert "+£1,500.00" in words(shown)
    assert "1500.00" in ada.get(f"{here}.csv").text
    line = db.session.query(PackageLine).one()
    assert "PLC-0042" in words(ada.page(f"{here}/placements/{line.ref}"))
    end = ada.page(f"{here}/conclude")
    asked = {"outcome": "recover", "words": "Half was not delivered.", "action": "Send a credit."}
    ada.sends(end, asked, status=422)
    assert db.session.query(PackageReview).one().stage is ReviewStage.DRAFT
    ada.sends(end, {**asked, "action": ""}, to=here)
    ada.sends(ada.page(f"{here}/reopen"), {"reason": "A bill was missing."}, to=here)
    by(an_officer("bedford-borough")).page(here, status=404)
