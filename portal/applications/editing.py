"""What every change of a working copy has in common: may it be, by whom, and that it was."""

from datetime import datetime

from sqlalchemy import delete, select

from portal.access import Decision, Viewer
from portal.applications import policy
from portal.applications.models import Answer, Application, OfferedRate, VersionConfirmation
from portal.db import db
from portal.rounds.models import Round
from scoring.differences import Part
from scoring.rules import RuleBroken


def may_edit(actor: Viewer, application: Application, now: datetime) -> None:
    decision: Decision = policy.may_edit(actor, application, now)
    decision.or_refuse("application:edit-refused")
    # those who write one application queue here, so that no two first answers meet
    db.wait_for(select(Application.id).where(Application.id == application.id))


def stamp(row: Answer | OfferedRate, actor: Viewer, now: datetime, page: str) -> None:
    if row.revision:
        db.session.expire(row, ["saved_by"])  # it may be somebody else now
    row.revision += 1
    row.saved_by_id, row.saved_at, row.saved_from = person_id(actor), now, page


def version_shown(page: str, bid_round: Round) -> int:
    """The version of the round whose text an open page showed.

    A page says it at the head of its name (`autosave_pages.page_name`). One without a name is not
    left open: it shows what stands.
    """
    number = page.partition("-")[0]
    return min(int(number), bid_round.version) if number.isdecimal() else bid_round.version


def answers_version(application: Application, page: str, part: Part, key: str, lot: str) -> int:
    """The version of the round that something given now answers.

    What comes late, from a page that still showed an older text, takes back what was confirmed in
    its place: it was not this that stands on the newer text.
    """
    shown = version_shown(page, application.round)
    if shown < application.round.version:
        application.confirmed_version = min(application.confirmed_version, shown)
        its_own = delete(VersionConfirmation).where(
            VersionConfirmation.application_id == application.id,
            VersionConfirmation.number > shown,
            VersionConfirmation.part == part.value,
            VersionConfirmation.key == key,
            VersionConfirmation.lot_code == lot,
        )
        db.session.execute(its_own)
    return shown


def rate_title(lot_code: str, title: str) -> str:
    """What one price is called: its item and its lot, since a page has many."""
    return f"{title}, lot {lot_code}"


def person_id(actor: Viewer) -> int:
    if actor.person_id is None:
        raise RuleBroken("application:edit-refused", "Only people can write an application.")
    return actor.person_id


def changed(application: Application, now: datetime) -> None:
    application.changed_at = now
    db.session.flush()
