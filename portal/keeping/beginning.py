"""The first council and its administrator, when nobody can sign in yet."""

from datetime import datetime

from flask import current_app
from sqlalchemy import select

from portal.access import Role, Viewer
from portal.content.actions import load_defaults
from portal.db import db
from portal.people import actions, actions_invitations
from portal.people.models import Council
from scoring.rules import RuleBroken


def begin(slug: str, name: str, administrator: str, now: datetime) -> str:
    """Take in what ships with the portal, make the host council and invite its administrator.

    Returns:
        The address that the invitation leads to. It is mailed too, and works once.

    Raises:
        RuleBroken: `installation:begun`, where there is a council already; what the actions raise.
    """
    if db.session.scalar(select(Council.id).limit(1)) is not None:
        raise RuleBroken(
            "installation:begun", "There is a council already: its administrator adds others."
        )
    system = Viewer.system()
    load_defaults(actor=system, now=now)
    council = actions.create_council(slug, name, is_host=True, actor=system, now=now)
    token = actions_invitations.invite(
        administrator, council, Role.ADMINISTRATOR, actor=system, now=now
    )
    db.session.commit()
    return f"{current_app.config['BASE_URL']}/invitations/{token}"
