"""What was asked of providers and of the councils, and what became of it: one in each state."""

from collections.abc import Callable
from datetime import datetime

from portal.db import db
from portal.demo.cast import Cast
from portal.demo.papers import small_pdf
from portal.documents import actions as documents
from portal.followups import actions
from portal.followups.actions import Owner, Source
from portal.followups.models import FollowUp, FollowUpKind, OwnerSide

OFFICER = "Amina Hussain"
MANAGER = Owner(OwnerSide.PROVIDER, "Registered manager")
PLACEMENTS = Owner(OwnerSide.COUNCIL, "Placements team")
BY_HAND = Source("plan", "", "Raised by hand")
Clock = Callable[..., datetime]


def follow_up(cast: Cast, clock: Clock) -> None:
    """Actions by hand: one overdue, one answered with a file, one closed, one withdrawn."""
    late = ask(
        cast,
        "oakbridge",
        "Send the fire risk assessment of the house in Mill Lane.",
        clock,
        raised=-45,
        due=-6,
    )
    priya = cast.admin_of("oakbridge")
    actions.note(late, "The assessor comes on Thursday.", actor=priya, now=clock(-12))
    _answered(cast, clock)
    done = ask(cast, "willow", "Show the new rota for waking nights.", clock, raised=-70, due=-40)
    actions.answer(
        done,
        "The rota runs since Monday. It is on the wall of the office.",
        actor=cast.admin_of("willow"),
        now=clock(-44),
    )
    actions.close(
        done,
        "Seen on the rota that they sent by email.",
        actor=cast.viewer(OFFICER),
        now=clock(-41),
    )
    needless = ask(cast, "cedar", "Say how many places open in spring.", clock, raised=-30, due=20)
    actions.withdraw(
        needless,
        "The winter opening asks for it anyway.",
        actor=cast.viewer(OFFICER),
        now=clock(-12),
    )
    db.session.commit()


def ask(
    cast: Cast,
    key: str,
    text: str,
    clock: Clock,
    *,
    raised: int,
    due: int,
    source: Source = BY_HAND,
    owner: Owner = MANAGER,
) -> FollowUp:
    """Luton asks a provider for something; its partners see it too."""
    return actions.raise_followup(
        FollowUpKind.ACTION,
        provider=cast.providers[key] if key else None,
        council=cast.councils["luton"],
        shared_with=[cast.councils["central-bedfordshire"], cast.councils["bedford-borough"]],
        text=text,
        owner=owner,
        due_on=clock(due).date(),
        source=source,
        actor=cast.viewer(OFFICER),
        now=clock(raised),
    )


def _answered(cast: Cast, clock: Clock) -> None:
    one = ask(
        cast,
        "northgate",
        "Have the boiler of the house in Park Road serviced.",
        clock,
        raised=-25,
        due=10,
    )
    luke = cast.admin_of("northgate")
    paper = documents.stage_file(small_pdf("Invoice", "Boiler service", "Paid"), "invoice.pdf")
    version = documents.add_version(
        cast.providers["northgate"],
        "follow-up-evidence",
        "invoice.pdf",
        paper,
        None,
        bound_to=one.ref,
        actor=luke,
        now=clock(-4),
    )
    actions.answer(
        one,
        "The boiler was serviced. The invoice says what was done.",
        version=version,
        actor=luke,
        now=clock(-4),
    )
