"""Follow-ups for tests: `a_follow_up(provider=oak)`; everything is made by the room's own verbs."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from portal.access import Role, Viewer
from portal.db import db
from portal.followups import actions, actions_forums, actions_plan
from portal.followups.actions import Owner, Source
from portal.followups.models import FollowUp, FollowUpKind, OwnerSide
from portal.followups.models_forums import Forum, ForumKind
from portal.followups.models_plan import ActionPlan
from portal.people.models import Council
from portal.providers.models import Provider, ServiceKind
from tests.factories.people import a_council, a_viewer
from tests.factories.providers import a_provider

NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)
DUE = date(2026, 12, 1)
MANAGER = Owner(OwnerSide.PROVIDER, "Registered manager")
VISIT = Source("visit", "VIS-1", "Visit to 12 Mill Lane")


def a_commissioner_of(council: Council) -> Viewer:
    return a_viewer(Role.COMMISSIONER, council.slug)


def a_follow_up(
    *, provider: Provider | None = None, council: Council | None = None, **more: Any
) -> FollowUp:
    """A recommendation to a provider, raised by a visit, open, due on 1 December 2026."""
    council = council or a_council()
    given: dict[str, Any] = {
        "text": "Mend the lock of the back door.",
        "owner": MANAGER,
        "due_on": DUE,
        "source": VISIT,
        "actor": Viewer.system(),
        "now": NOW,
    }
    made = actions.raise_followup(
        more.pop("kind", FollowUpKind.RECOMMENDATION),
        provider=provider or a_provider(),
        council=council,
        **given | more,
    )
    db.session.commit()
    return made


def a_council_action(council: Council | None = None, **more: Any) -> FollowUp:
    """Something that the council itself is to do, about nobody in particular."""
    council = council or a_council()
    given: dict[str, Any] = {
        "text": "Send every provider the new referral form.",
        "owner": Owner(OwnerSide.COUNCIL, "Placements team"),
        "due_on": DUE,
        "source": Source("forum", "FOR-1", "Autumn forum"),
        "actor": Viewer.system(),
        "now": NOW,
    }
    made = actions.raise_followup(
        FollowUpKind.ACTION, provider=None, council=council, **given | more
    )
    db.session.commit()
    return made


def a_forum(officer: Viewer, **more: Any) -> Forum:
    """A forum of Luton in a week, to which nobody is invited yet."""
    given: dict[str, Any] = {
        "council": a_council(),
        "title": "Winter provider forum",
        "held_at": NOW + timedelta(days=7),
        "place": "Town Hall, Luton",
        "agenda": "Referrals, and what young people say.",
        "actor": officer,
        "now": NOW,
    }
    made = actions_forums.draft(ForumKind.FORUM, **given | more)
    db.session.commit()
    return made


def a_plan(officer: Viewer, council: Council) -> ActionPlan:
    """The plan for supported accommodation, whose first review is due on 1 December 2026."""
    made = actions_plan.make_plan(
        council,
        ServiceKind.SUPPORTED_ACCOMMODATION,
        "Supported accommodation",
        DUE,
        actor=officer,
        now=NOW,
    )
    db.session.commit()
    return made
