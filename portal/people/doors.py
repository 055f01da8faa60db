"""The councils' own sign-in as this installation has it, and who is bound to it."""

from flask import current_app
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from portal.council_doors import CouncilDoor
from portal.people.models import Council, CouncilIdentity
from scoring.rules import RuleBroken


def all_doors() -> dict[str, CouncilDoor]:
    """Every configured door by the council's short name."""
    doors: dict[str, CouncilDoor] = current_app.config["COUNCIL_DOORS"]
    return doors


def shown(session: Session) -> list[Council]:
    """The councils with a door, by name; no statement where there is none."""
    if not all_doors():
        return []
    wanted = select(Council).where(Council.slug.in_(all_doors())).order_by(Council.name)
    return list(session.scalars(wanted))


def is_bound(session: Session, person_id: int) -> bool:
    """Whether this person signs in at their council, and so not with a password here.

    Otherwise somebody who has left, and whose account at the council is closed, would still come in.
    """
    issuers = [door.issuer for door in all_doors().values()]
    if not issuers:
        return False
    bound = exists().where(
        CouncilIdentity.person_id == person_id, CouncilIdentity.issuer.in_(issuers)
    )
    return bool(session.scalar(select(bound)))


def refuse_password(session: Session, person_id: int) -> None:
    """Raises RuleBroken `password:not-here`, for whoever signs in at their council."""
    if is_bound(session, person_id):
        raise RuleBroken(
            "password:not-here", "You sign in with your council’s account, not with a password."
        )
