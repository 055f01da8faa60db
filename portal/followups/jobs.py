"""Work of this room behind the pages: its handlers lie beside what they tell."""

from portal.followups import telling  # noqa: F401  registers its handlers
