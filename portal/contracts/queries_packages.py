"""Reviews of packages, for the council that pays, and their figures as a table."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.access import Permission, Role, Viewer
from portal.contracts import policy_packages
from portal.contracts.models import Contract, ListMembership
from portal.contracts.models_packages import PackageLine, PackageReview
from portal.contracts.policy import Agreed
from portal.db import db
from portal.figures import NOT_APPLICABLE
from portal.people.models import Council
from portal.rounds.models import AgreementLot
from portal.tables import Column, Kind, Table
from portal.web import date_text


def review(ref: str, viewer: Viewer) -> PackageReview | None:
    """One review with its lines; nothing for a stranger, a partner council among them."""
    options = [
        selectinload(PackageReview.lines),
        joinedload(PackageReview.council),
        joinedload(PackageReview.made_by),
        joinedload(PackageReview.concluded_by),
    ]
    for way, kind in (
        (PackageReview.contract, Contract),
        (PackageReview.list_membership, ListMembership),
    ):
        options += [
            joinedload(way).joinedload(kind.provider),
            joinedload(way).selectinload(kind.councils),
            joinedload(way).joinedload(kind.agreement_lot).joinedload(AgreementLot.agreement),
        ]
    wanted = select(PackageReview).where(PackageReview.ref == ref).options(*options)
    found = db.session.scalars(wanted).unique().first()
    return found if found is not None and policy_packages.may_read(viewer, found) else None


def of_held(held: Agreed, viewer: Viewer) -> Sequence[PackageReview]:
    """The reviews of one's own councils under a contract or place, the newest first."""
    if not viewer.may(Permission.CONTRACT_READ):
        return []
    way = (
        PackageReview.contract_id
        if isinstance(held, Contract)
        else PackageReview.list_membership_id
    )
    return db.session.scalars(
        select(PackageReview)
        .where(way == held.id, PackageReview.council_id.in_(viewer.council_ids))
        .options(selectinload(PackageReview.lines))
        .order_by(PackageReview.until_on.desc(), PackageReview.id.desc())
    ).all()


def paying_council(held: Agreed, viewer: Viewer) -> Council | None:
    """The viewer's own council among those that buy; the first by name of several."""
    own = viewer.councils_as(Role.COMMISSIONER) & held.council_ids
    wanted = select(Council).where(Council.id.in_(own)).order_by(Council.name).limit(1)
    return db.session.scalar(wanted)


RULES = (
    "Due: weeks × (core price + worth of an hour × hours that count).",
    "An hour at a ratio of 1 to 3 is a third of an hour for each young person.",
    "Hours that count are those delivered, and no more than were agreed.",
    "The difference is what was paid less what was due; below zero, too little was paid.",
)
COLUMNS = (
    Column("placement", "Placement", Kind.TEXT),
    Column("weeks", "Weeks", Kind.NUMBER, decimals=1),
    Column("agreed", "Agreed", Kind.TEXT),
    Column("delivered", "Delivered", Kind.TEXT),
    Column("shortfall", "Not delivered", Kind.PERCENT, decimals=1),
    Column("agreed_pence", "Price as agreed", Kind.MONEY, total=True),
    Column("due_pence", "Due", Kind.MONEY, total=True),
    Column("paid_pence", "Paid", Kind.MONEY, total=True),
    Column("difference_pence", "Difference", Kind.MONEY, total=True, signed=True),
    Column("note", "Note", Kind.TEXT),
)


def table(found: PackageReview) -> Table:
    """The figures of a review, as page and files print them."""
    return Table(
        "package-review",
        f"Package review, {found.held.provider.name}",
        COLUMNS,
        [_row(line) for line in found.lines],
        source=f"{found.council.name}, {found.ref}",
        as_at=found.until_on,
        filters={"Period": f"{date_text(found.from_on)} to {date_text(found.until_on)}"},
        rules=RULES,
    )


def _row(line: PackageLine) -> dict[str, object]:
    package = line.package
    return {
        "placement": line.placement,
        "weeks": package.weeks,
        "agreed": f"{package.agreed_hours} hours, {line.agreed_ratio}",
        "delivered": f"{package.delivered_hours} hours, {line.delivered_ratio}",
        "shortfall": NOT_APPLICABLE if package.shortfall is None else package.shortfall,
        "agreed_pence": package.agreed_pence,
        "due_pence": package.due_pence,
        "paid_pence": package.paid_pence,
        "difference_pence": package.difference_pence,
        "note": line.note,
    }
