"""Work of this room behind the pages: its handlers lie beside what they tell."""

from portal.followups import actions_plan, telling  # noqa: F401  they register their handlers
