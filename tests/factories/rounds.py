"""Rounds for tests, told in the words of the field.

    bid_round = a_round()                                  # published, open until DEADLINE
    bid_round = a_round(stage=RoundStage.DRAFT, lots=["1A", "2A"])
    bid_round = a_round(stage=RoundStage.OPENED)           # by two officers, five minutes after it

All of them need an application context (`session`). The clock of the pages is moved with
`at(app, moment)`.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import insert, select

from portal.access import OrganisationKind, Post, Role, Viewer
from portal.content import queries as content
from portal.content.actions import load_defaults
from portal.content.models import ContentVersion
from portal.content.schemas import Kind
from portal.db import db
from portal.people.models import Council, Membership, Person, PersonKind
from portal.rounds.models import (
    Agreement,
    AgreementKind,
    AgreementLot,
    Regime,
    Round,
    RoundCouncil,
    RoundLot,
    RoundOpening,
)
from scoring.stages import RoundStage

TEMPLATE = "apl-16plus"
PAN_BEDFORDSHIRE = ("luton", "central-bedfordshire", "bedford-borough")
PREPARED = datetime(2027, 1, 4, 9, tzinfo=UTC)
OPENS = datetime(2027, 1, 11, 9, tzinfo=UTC)
QUESTIONS_UNTIL = datetime(2027, 1, 29, 12, tzinfo=UTC)
DEADLINE = datetime(2027, 2, 15, 12, tzinfo=UTC)
WHILE_OPEN = datetime(2027, 1, 20, 10, tzinfo=UTC)
OPENING = DEADLINE + timedelta(minutes=5)
AFTER_OPENING = DEADLINE + timedelta(days=1)


def at(app: Any, moment: datetime) -> datetime:
    """Set the clock of the pages; it is put back after the test."""
    app.config["CLOCK"] = lambda: moment
    return moment


_SHIPPED: list[dict[str, Any]] = []  # reading the files takes most of a second: once a process


def shipped_content() -> None:
    """The content that ships with the portal, once in each database."""
    if content.newest(Kind.ROUND_TEMPLATE, TEMPLATE) is not None:
        return
    if _SHIPPED:
        db.session.execute(insert(ContentVersion), _SHIPPED)
        return
    for version in load_defaults(actor=Viewer.system(), now=PREPARED):
        names = [column.key for column in ContentVersion.__table__.columns if column.key != "id"]
        _SHIPPED.append({name: getattr(version, name) for name in names})


@cache
def _names() -> dict[str, str]:
    from portal.content.loading import defaults

    (councils,) = [one for one in defaults() if one.kind is Kind.COUNCILS]
    return {council["slug"]: council["name"] for council in councils.body["councils"]}


def a_council(slug: str = "luton") -> Council:
    """The council of that name; made when it is not there yet."""
    council = db.session.scalar(select(Council).where(Council.slug == slug))
    if council is None:
        council = Council(
            slug=slug, name=_names().get(slug, slug.title()), created_at=PREPARED, is_host=False
        )
        db.session.add(council)
        db.session.flush()
    return council


def an_officer(
    slug: str = "luton", *, role: Role = Role.COMMISSIONER, name: str | None = None
) -> Viewer:
    """Somebody with a post at a council, as a Viewer; the same name is the same person."""
    council = a_council(slug)
    called = name or f"{slug.replace('-', ' ').title()} {role.title}"
    email = f"{called.lower().replace(' ', '.')}@council.example"
    person = db.session.scalar(select(Person).where(Person.email == email))
    if person is None:
        person = Person(
            kind=PersonKind.STAFF,
            name=called,
            email=email,
            email_confirmed_at=PREPARED,
            created_at=PREPARED,
        )
        person.memberships = [Membership(organisation=council, role=role, given_at=PREPARED)]
        db.session.add(person)
        db.session.flush()
    post = Post(role, council.id, OrganisationKind.COUNCIL, council.name)
    return Viewer(person.id, person.name, (post,), ref=person.ref)


def a_round(
    stage: RoundStage = RoundStage.PUBLISHED,
    lots: int | Sequence[str] | None = None,
    *,
    councils: Iterable[str] = PAN_BEDFORDSHIRE,
    lead: str = "luton",
    deadline: datetime = DEADLINE,
    blind: bool = False,
) -> Round:
    """A round of the 16+ list in a stage up to OPENED.

    Args:
        lots: codes, or how many (in the order of the list); all six when nothing is said.
    """
    shipped_content()
    template = content.content(Kind.ROUND_TEMPLATE, TEMPLATE)
    bundle = content.bundle(template)
    body = template.body
    wanted = [lot for lot in body["lots"] if _is_wanted(lot["code"], lots, body["lots"])]
    agreement = Agreement(
        kind=AgreementKind.APL, title=body["agreement"]["title"], created_at=PREPARED
    )
    bid_round = Round(
        agreement=agreement,
        lead_council=a_council(lead),
        title=body["title"],
        summary=body["summary"],
        regime=Regime(body["regime"]),
        blind=blind,
        list_years=body["list_years"],
        opens_at=min(OPENS, deadline - timedelta(days=2)),
        questions_until_at=min(QUESTIONS_UNTIL, deadline - timedelta(days=1)),
        deadline_at=deadline,
        contact_email="placements@council.example",
        question_set=bundle.question_set,
        checklist=bundle.checklist,
        rate_card=bundle.rate_card,
        scheme=bundle.scheme,
        officer_scale=bundle.officer_scale,
        young_scale=bundle.young_scale,
        ofsted_scale=bundle.ofsted_scale,
        created_by_id=an_officer(lead).person_id,
        created_at=PREPARED,
    )
    bid_round.councils = [RoundCouncil(council=a_council(slug)) for slug in councils]
    db.session.add(bid_round)
    for position, lot in enumerate(body["lots"]):
        listed = AgreementLot(agreement=agreement, position=position, **lot)
        db.session.add(listed)
        if lot in wanted:
            db.session.add(
                RoundLot(
                    round=bid_round,
                    agreement_lot=listed,
                    code=lot["code"],
                    title=lot["title"],
                    position=position,
                )
            )
    if stage is not RoundStage.DRAFT:
        _publish(bid_round)
    if stage is RoundStage.OPENED:
        _open(bid_round)
    db.session.flush()
    db.session.refresh(bid_round)
    return bid_round


def _is_wanted(
    code: str, lots: int | Sequence[str] | None, every: Sequence[dict[str, Any]]
) -> bool:
    codes = [lot["code"] for lot in every]
    if lots is None:
        return True
    return code in (codes[:lots] if isinstance(lots, int) else lots)


def _publish(bid_round: Round) -> None:
    bid_round.stage = RoundStage.PUBLISHED
    bid_round.notice_number = "2027/S 000-001234"
    bid_round.notice_published_at = PREPARED
    bid_round.published_at = PREPARED


def _open(bid_round: Round) -> None:
    first, second = an_officer(), an_officer(name="Second Officer")
    opened_at = bid_round.deadline_at + timedelta(minutes=5)
    db.session.add(
        RoundOpening(
            round=bid_round,
            first_officer_id=first.person_id,
            first_at=opened_at,
            second_officer_id=second.person_id,
            second_at=opened_at,
        )
    )
    bid_round.stage, bid_round.opened_at = RoundStage.OPENED, opened_at
