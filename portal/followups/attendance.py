"""Who is invited to a forum, what they replied and who came, as a table."""

from datetime import date

from portal.followups.models_forums import Forum, ForumInvitation, Reply
from portal.tables import Column, Kind, Table

REPLIES = {Reply.COMING: "Coming", Reply.NOT_COMING: "Not coming", None: "No reply"}


def came(forum: Forum) -> list[ForumInvitation]:
    """The invitations of those of whom somebody came, by name."""
    there = [one for one in forum.invitations if one.came]
    return sorted(there, key=lambda one: one.provider.name)


def table(forum: Forum, today: date) -> Table:
    """Each provider that is invited."""
    columns = (
        Column("provider", "Provider"),
        Column("reply", "Reply"),
        Column("came", "People who came", Kind.WHOLE, total=True),
    )
    rows = [
        {"provider": one.provider.name, "reply": REPLIES[one.reply], "came": one.came}
        for one in sorted(forum.invitations, key=lambda one: one.provider.name)
    ]
    return Table(
        "attendance",
        f"Attendance: {forum.title}",
        columns,
        rows,
        source=forum.council.name,
        as_at=today,
    )
