"""Rounds for tests, told in the words of the field; all of them made by the real verbs.

    bid_round = a_round()                                  # published, open until DEADLINE
    bid_round = a_round(stage=RoundStage.DRAFT, lots=["1A", "2A"])
    bid_round = a_round(stage=RoundStage.OPENED)           # by two officers, five minutes after it

All of them need an application context (`session`). The clock of the pages is moved with
`at(app, moment)`.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from portal.access import Role, Viewer
from portal.content import queries as content
from portal.content.actions import load_defaults
from portal.content.models import ContentVersion
from portal.content.schemas import Kind
from portal.db import db
from portal.people.models import Membership, Person
from portal.rounds import actions
from portal.rounds.models import Regime, Round
from scoring.stages import RoundStage
from tests.factories.people import a_council, a_person, viewer
from tests.factories.replay import replayed

__all__ = ["a_council", "a_round", "a_tender", "an_officer", "at", "open_it", "shipped_content"]

TEMPLATE = "apl-16plus"
PAN_BEDFORDSHIRE = ("luton", "central-bedfordshire", "bedford-borough")
PREPARED = datetime(2027, 1, 4, 9, tzinfo=UTC)
OPENS = datetime(2027, 1, 11, 9, tzinfo=UTC)
QUESTIONS_UNTIL = datetime(2027, 1, 29, 12, tzinfo=UTC)
DEADLINE = datetime(2027, 2, 15, 12, tzinfo=UTC)
WHILE_OPEN = datetime(2027, 1, 20, 10, tzinfo=UTC)
OPENING = DEADLINE + timedelta(minutes=5)
AFTER_OPENING = DEADLINE + timedelta(days=1)
NOTICE = "2027/S 000-001234"
_SHIPPED: list[dict[str, Any]] = []  # reading the files takes most of a second: once a process


def at(app: Any, moment: datetime) -> datetime:
    """Set the clock of the pages; it is put back after the test."""
    app.config["CLOCK"] = lambda: moment
    return moment


def shipped_content() -> None:
    """The content that ships with the portal, once in each database."""
    if content.newest(Kind.ROUND_TEMPLATE, TEMPLATE) is not None:
        return
    if not _SHIPPED:
        load_defaults(actor=Viewer.system(), now=PREPARED)
        names = [column.key for column in ContentVersion.__table__.columns if column.key != "id"]
        every = select(ContentVersion).where(ContentVersion.source == content.SHIPPED)
        _SHIPPED.extend(
            {name: getattr(version, name) for name in names}
            for version in db.session.scalars(every)
        )
        return
    there = {
        tuple(one) for one in db.session.execute(select(ContentVersion.kind, ContentVersion.key))
    }
    missing = [row for row in _SHIPPED if (row["kind"], row["key"]) not in there]
    db.session.execute(insert(ContentVersion), missing)


def an_officer(
    slug: str = "luton", *, role: Role = Role.COMMISSIONER, name: str | None = None
) -> Viewer:
    """Somebody with a role at a council, as a viewer; asked again, the same person."""
    council, called = a_council(slug), name or f"{slug.replace('-', ' ').title()} {role.title}"
    here = select(Person).join(Membership).where(Membership.organisation_id == council.id)
    person = db.session.scalar(here.where(Person.name == called, Membership.role == role))
    return viewer(person or a_person(role, council, name=called))


@replayed
def a_round(
    stage: RoundStage = RoundStage.PUBLISHED,
    lots: int | Sequence[str] | None = None,
    *,
    councils: Iterable[str] = PAN_BEDFORDSHIRE,
    lead: str = "luton",
    title: str | None = None,
    deadline: datetime = DEADLINE,
    blind: bool = False,
    regime: Regime | None = None,
    template: str = TEMPLATE,
) -> Round:
    """A round of the 16+ list, or of another template, in a stage up to OPENED.

    Args:
        lots: codes, or how many (in the order of the list); all six when nothing is said.
    """
    shipped_content()
    for slug in councils:
        a_council(slug)
    by = an_officer(lead)
    made = actions.create_from_template(
        template,
        title=title,
        lot_codes=_codes(lots, template),
        council_slugs=councils,
        lead_slug=lead,
        actor=by,
        now=PREPARED,
    )
    made.regime = regime or made.regime
    actions.change_details(
        made,
        made.title,
        made.summary,
        "placements@council.example",
        blind=blind,
        list_years=made.list_years,
        actor=by,
        now=PREPARED,
    )
    early = min(QUESTIONS_UNTIL, deadline - timedelta(days=1))
    opens = min(OPENS, deadline - timedelta(days=2))
    actions.change_timetable(made, opens, early, deadline, actor=by, now=PREPARED)
    if stage is not RoundStage.DRAFT:
        notice = (NOTICE, PREPARED) if made.regime.needs_notice else ("", None)
        actions.publish(made, *notice, actor=by, now=PREPARED)
    if stage is RoundStage.OPENED:
        open_it(made)
    db.session.flush()
    return made


def a_tender(stage: RoundStage = RoundStage.PUBLISHED, lots: Sequence[str] | None = None) -> Round:
    """The fostering tender of four councils, with its ranking and its prices."""
    four = (*PAN_BEDFORDSHIRE, "hertfordshire")
    return a_round(stage, lots, councils=four, template="fostering-tender")


@replayed
def open_it(bid_round: Round, *, now: datetime | None = None) -> None:
    """Two officers of the lead council open the round, five minutes after its deadline."""
    from portal.applications.opening import actions as actions_opening

    db.session.commit()  # the opening compares each bid with the trail, which is written then
    lead = bid_round.lead_council.slug
    when = now or bid_round.deadline_at + timedelta(minutes=5)
    actions_opening.begin_opening(bid_round, actor=an_officer(lead), now=when)
    second = an_officer(lead, name="Second Officer")
    actions_opening.confirm_opening(bid_round, actor=second, now=when)


def _codes(lots: int | Sequence[str] | None, key: str) -> list[str] | None:
    if isinstance(lots, int):
        template = content.content(Kind.ROUND_TEMPLATE, key)
        return [lot["code"] for lot in template.body["lots"]][:lots]
    return None if lots is None else list(lots)
