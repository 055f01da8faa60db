"""Two forums, one held and one to come, what they asked for, and the review of a quarter."""

from datetime import timedelta

from portal.db import db
from portal.demo.cast import Cast
from portal.demo.following import OFFICER, PLACEMENTS, Clock, ask
from portal.followups import actions, actions_forums, actions_plan, queries_plan
from portal.followups.actions import Owner, Source
from portal.followups.models import OwnerSide
from portal.followups.models_forums import Forum, ForumKind, Reply
from portal.followups.models_plan import Progress
from portal.providers.models import ServiceKind

HOMES = ("harbour", "oakbridge", "northgate", "willow", "brightpath", "cedar")
PARTNERS = ("central-bedfordshire", "bedford-borough")
AGENDA = (
    "Welcome and what changed since spring\n"
    "Referrals: what a good answer looks like\n"
    "Young Commissioners: what we look for in a home\n"
    "Empty places, and how to keep them up to date\n"
    "Any other business"
)
MINUTES = (
    "Referrals: answers within a day find a home sooner. The placements team promised a shorter "
    "form.\n"
    "Young Commissioners spoke about house rules that nobody explains. Providers agreed to write "
    "theirs again in plain words.\n"
    "Empty places: counts that are older than two weeks do not help anybody."
)


def gather(cast: Cast, clock: Clock) -> None:
    """The autumn forum with its minutes, and the workshop to which providers are invited."""
    held = _forum(cast, clock, "Autumn provider forum", ForumKind.FORUM, called=-75, held=-47)
    actions_forums.record(
        held,
        {
            cast.providers[key].id: number
            for key, number in zip(HOMES[:4], (2, 1, 3, 2), strict=True)
        },
        also_there="Head of placements, Luton\nParticipation Officer, Luton",
        minutes=MINUTES,
        actor=cast.viewer(OFFICER),
        now=clock(-46),
    )
    _its_actions(cast, clock, held)
    _quarter(cast, clock)
    _forum(cast, clock, "Workshop: rights and house rules", ForumKind.WORKSHOP, called=-9, held=19)
    db.session.commit()


def _forum(
    cast: Cast, clock: Clock, title: str, kind: ForumKind, *, called: int, held: int
) -> Forum:
    officer = cast.viewer(OFFICER)
    forum = actions_forums.draft(
        kind,
        council=cast.councils["luton"],
        shared_with=[cast.councils[slug] for slug in PARTNERS],
        title=title,
        held_at=clock(held, 10),
        place="Town Hall, George Street, Luton, or by video call",
        agenda=AGENDA,
        actor=officer,
        now=clock(called),
    )
    everybody = [cast.providers[key] for key in HOMES]
    made = actions_forums.invite(
        forum, everybody, actor=officer, now=clock(called) + timedelta(minutes=20)
    )
    replies = (Reply.COMING, Reply.COMING, Reply.NOT_COMING)
    keys = ("harbour", "willow", "cedar") if kind is ForumKind.WORKSHOP else HOMES[:3]
    by_id = {one.provider_id: one for one in made}
    for key, coming in zip(keys, replies, strict=True):
        invitation = by_id[cast.providers[key].id]
        actions_forums.reply(invitation, coming, actor=cast.admin_of(key), now=clock(called + 3))
    return forum


def _its_actions(cast: Cast, clock: Clock, forum: Forum) -> None:
    """One in each state: open, answered, closed; and a promise of the council."""
    source = Source("forum", forum.ref, forum.title)
    rules = "Write the house rules again in plain words, with young people."
    manager = Owner(OwnerSide.PROVIDER, "Service manager")
    asked = {"source": source, "owner": manager, "raised": -45}
    ask(cast, "oakbridge", rules, clock, due=12, **asked)
    written = ask(cast, "harbour", rules, clock, due=5, **asked)
    actions.answer(
        written,
        "Four young people wrote them with us. They hang in every kitchen since Monday.",
        actor=cast.admin_of("harbour"),
        now=clock(-7),
    )
    known = ask(cast, "willow", rules, clock, due=-15, **asked)
    actions.answer(
        known, "The new rules are one page long.", actor=cast.admin_of("willow"), now=clock(-30)
    )
    actions.close(
        known,
        "Read at the house, and two young people could say them.",
        actor=cast.viewer(OFFICER),
        now=clock(-28),
    )
    promise = "Send every provider the shorter referral form."
    ask(cast, "", promise, clock, raised=-45, due=8, source=source, owner=PLACEMENTS)


def _quarter(cast: Cast, clock: Clock) -> None:
    """The plan for supported accommodation, with the review of the quarter."""
    officer, luton = cast.viewer(OFFICER), cast.councils["luton"]
    homes = ServiceKind.SUPPORTED_ACCOMMODATION
    plan = actions_plan.make_plan(
        luton,
        homes,
        "Supported accommodation",
        clock(-10).date(),
        actor=officer,
        now=clock(-90),
    )
    review = actions_plan.start_review(plan, actor=officer, now=clock(-10))
    for one in queries_plan.to_review(review):
        late = one.due_on < clock(-2).date()
        progress = Progress.AT_RISK if late else Progress.ON_TRACK
        note = "The assessor was there; the paper is still to come." if late else ""
        actions_plan.look_at(review, one, progress, note, actor=officer, now=clock(-10))
    actions_plan.finish(
        review,
        "Most of what the autumn forum asked for is done or on its way. One fire risk assessment "
        "is late. We ask the meeting to take note.",
        actor=officer,
        now=clock(-10),
    )
