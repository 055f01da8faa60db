"""A draft is made from shipped content, for a new list or as a further round of one."""

import pytest
from sqlalchemy import func, select
from werkzeug.exceptions import NotFound

from portal.access import Role
from portal.audit import AuditEntry
from portal.content import queries as content
from portal.content.schemas import Kind
from portal.db import db
from portal.rounds import actions, queries
from portal.rounds.models import Agreement, Regime
from scoring.rules import RuleBroken
from scoring.stages import RoundStage
from tests.factories.people import a_viewer
from tests.factories.providers import an_administering_viewer
from tests.factories.rounds import (
    PREPARED,
    TEMPLATE,
    a_council,
    a_round,
    an_officer,
    shipped_content,
)


@pytest.fixture(autouse=True)
def _councils(session):
    shipped_content()
    for slug in ("luton", "central-bedfordshire", "bedford-borough", "hertfordshire"):
        a_council(slug)


def made(**choices):
    return actions.create_from_template(
        TEMPLATE, **{"actor": an_officer(), "now": PREPARED, **choices}
    )


def test_a_draft_has_everything_that_the_template_names():
    draft = made()
    assert draft.stage is RoundStage.DRAFT
    assert draft.regime is Regime.PA_2023_LIGHT_TOUCH
    assert [lot.code for lot in draft.lots] == ["1A", "2A", "3A", "1B", "2B", "3B"]
    assert {part.council.slug for part in draft.councils} == {
        "luton",
        "central-bedfordshire",
        "bedford-borough",
    }
    assert draft.lead_council.slug == "luton"
    assert draft.list_years == 3
    assert draft.scheme.key == draft.question_set.key == "apl-16plus"
    assert (draft.officer_scale.key, draft.young_scale.key) == ("officers-0-5", "faces-0-4")
    assert draft.ofsted_scale.key == "ofsted-supported-accommodation"
    assert draft.contact_email.endswith("@test.example")


def test_making_a_draft_stands_in_the_trail():
    draft = made()
    db.session.commit()
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.chain == draft.audit_chain)
    ).all()
    assert [entry.event for entry in entries] == ["round:created"]
    assert entries[0].actor_ref == an_officer().ref


def test_lots_and_councils_can_be_chosen_at_once():
    draft = made(lot_codes=["2A", "1B"], council_slugs=["luton"], title="Two lots")
    assert [lot.code for lot in draft.lots] == ["2A", "1B"]
    assert [part.council.slug for part in draft.councils] == ["luton"]
    assert draft.title == "Two lots"
    assert len(draft.agreement.lots) == 6


def test_another_council_leads_its_own_round_and_takes_part():
    draft = made(actor=an_officer("hertfordshire"))
    assert draft.lead_council.slug == "hertfordshire"
    assert "hertfordshire" in {part.council.slug for part in draft.councils}


def test_a_further_round_belongs_to_the_same_agreement():
    first = made()
    again = made(agreement=first.agreement, lot_codes=["3B"])
    assert again.agreement is first.agreement
    assert again.lots[0].agreement_lot is first.lots[-1].agreement_lot
    assert db.session.scalar(select(func.count()).select_from(Agreement)) == 1


def test_a_partner_may_open_the_agreement_again_and_leads_that_round():
    first = made()
    again = made(agreement=first.agreement, actor=an_officer("bedford-borough"))
    assert again.lead_council.slug == "bedford-borough"


def test_a_council_outside_the_agreement_cannot_open_it_again():
    first = made()
    with pytest.raises(RuleBroken, match="does not take part"):
        made(agreement=first.agreement, actor=an_officer("hertfordshire"))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COMMISSIONER])
def test_nobody_but_a_commissioner_makes_a_draft(role):
    actor = (
        an_administering_viewer()
        if role in {Role.PROVIDER_ADMIN, Role.PROVIDER_CONTRIBUTOR}
        else a_viewer(role)
    )
    with pytest.raises(RuleBroken, match="Only a commissioner"):
        made(actor=actor)


def test_a_commissioner_who_is_auditor_too_makes_none():
    with pytest.raises(RuleBroken, match="Only a commissioner"):
        made(actor=a_viewer([Role.COMMISSIONER, Role.AUDITOR]))


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ({"lot_codes": []}, "round:no-lots"),
        ({"lot_codes": ["1A", "9Z"]}, "round:no-lot"),
        ({"council_slugs": ["luton", "atlantis"]}, "round:no-council"),
        ({"lead_slug": "bedford-borough"}, "round:lead"),
        ({"lead_slug": "atlantis"}, "round:no-council"),
    ],
)
def test_what_is_not_there_cannot_be_chosen(choices, code):
    with pytest.raises(RuleBroken) as refused:
        made(**choices)
    assert refused.value.code == code


def test_an_unknown_template_is_not_found():
    with pytest.raises(NotFound):
        actions.create_from_template("fostering", actor=an_officer(), now=PREPARED)


def test_a_draft_takes_the_newest_content(session):
    first = made()
    _publish_scheme(first.scheme, title="Second edition")
    assert made().scheme.version == 2
    assert first.scheme.version == 1
    assert set(queries.newer_content(first)) == {"scheme"}


def test_an_older_draft_can_be_brought_up_to_date():
    draft = made()
    _publish_scheme(draft.scheme, title="Second edition")
    changed = actions.use_newest_content(draft, actor=an_officer(), now=PREPARED)
    assert changed == ["scheme"]
    assert draft.scheme.version == 2
    assert actions.use_newest_content(draft, actor=an_officer(), now=PREPARED) == []


def test_a_published_round_keeps_its_content():
    bid_round = a_round()
    _publish_scheme(bid_round.scheme, title="Second edition")
    with pytest.raises(RuleBroken, match="froze"):
        actions.use_newest_content(bid_round, actor=an_officer(), now=PREPARED)
    assert bid_round.scheme.version == 1


def _publish_scheme(version, **changes):
    from portal.content.actions import publish_version

    publish_version(
        Kind.SCHEME,
        version.key,
        {**version.body, **changes},
        council=a_council(),
        actor=an_officer(),
        now=PREPARED,
    )
    assert content.newest(Kind.SCHEME, version.key).version == 2
