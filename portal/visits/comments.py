"""What young people wrote, with what the Participation Officer said of it, and the sign-off."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from portal.db import db
from portal.visits import frameworks
from portal.visits.models import MemberPart, Visit, VisitSheet
from portal.visits.models_entries import CheckOutcome, VisitCommentCheck, VisitEntry
from portal.visits.models_report import VisitAgreed, VisitSignOff
from scoring.rules import RuleBroken
from scoring.sheets import Mark
from scoring.stages import SheetStage, VisitStage
from scoring.terms import Panel
from scoring.visits import Part, mark_of, young_view


@dataclass(frozen=True, slots=True)
class Comment:
    """Free words of a young person, and whether others may read them."""

    entry: VisitEntry
    check: VisitCommentCheck | None

    @property
    def text(self) -> str:
        return words_of(self.entry)

    @property
    def is_cleared(self) -> bool:
        return self.check is not None and self.check.outcome is CheckOutcome.CLEARED

    @property
    def is_held(self) -> bool:
        return self.check is not None and self.check.outcome is CheckOutcome.HELD


UNREAD = "Held back until it was looked at."
HELD = "Held back for somebody’s care."


def words_of(entry: VisitEntry) -> str:
    """The free words of an entry."""
    return str(entry.value.get("reason") or entry.value.get("note") or "")


def check_of(entry: VisitEntry) -> VisitCommentCheck | None:
    """The look at this revision of an entry; an earlier one does not hold for it."""
    return db.session.scalar(
        select(VisitCommentCheck).where(
            VisitCommentCheck.entry_id == entry.id, VisitCommentCheck.revision == entry.revision
        )
    )


def of_visit(visit: Visit, entries: Sequence[VisitEntry] | None = None) -> list[Comment]:
    """Everything that young people wrote on a visit in words of their own. One or two statements."""
    if entries is None:
        entries = _entries(visit)
    young = {one.id for one in visit.sheets if one.panel is Panel.YOUNG}
    spoken = [one for one in entries if one.sheet_id in young and words_of(one)]
    checks = db.session.scalars(
        select(VisitCommentCheck).where(VisitCommentCheck.entry_id.in_([one.id for one in spoken]))
    )
    by_entry = {(one.entry_id, one.revision): one for one in checks}
    return [Comment(one, by_entry.get((one.id, one.revision))) for one in spoken]


def to_read(visit: Visit) -> list[Comment]:
    """What the Participation Officer reads: what was handed in, or never will be."""
    ended = visit.stage is VisitStage.GIVEN_UP
    sheets = {
        one.id
        for one in visit.sheets
        if ended or not one.required or one.stage is SheetStage.SUBMITTED
    }
    return [one for one in of_visit(visit) if one.entry.sheet_id in sheets]


def by_sheet_and_matter(visit: Visit) -> dict[tuple[int, str], Comment]:
    """What young people wrote of each matter, by their sheet; one word for all that is no matter."""
    return {
        (one.entry.owner, one.entry.place.removeprefix(f"{Part.SCORE}:")): one
        for one in of_visit(visit)
    }


def unread(visit_ids: Iterable[int]) -> set[int]:
    """Those of the visits on which young people wrote something that nobody has looked at. One statement."""
    looked_at = exists().where(
        VisitCommentCheck.entry_id == VisitEntry.id,
        VisitCommentCheck.revision == VisitEntry.revision,
    )
    found = db.session.scalars(
        select(VisitEntry)
        .join(VisitEntry.sheet)
        .where(VisitEntry.visit_id.in_(list(visit_ids)), VisitSheet.panel == Panel.YOUNG)
        .where(~looked_at)
    )
    return {one.visit_id for one in found if words_of(one)}


def _entries(visit: Visit) -> Sequence[VisitEntry]:
    return db.session.scalars(
        select(VisitEntry)
        .where(VisitEntry.visit_id == visit.id, VisitEntry.sheet_id.is_not(None))
        .options(joinedload(VisitEntry.sheet), joinedload(VisitEntry.saved_by))
        .order_by(VisitEntry.sheet_id, VisitEntry.place)
    ).all()


def sign_off_of(visit: Visit) -> VisitSignOff | None:
    wanted = select(VisitSignOff).where(VisitSignOff.visit_id == visit.id)
    return db.session.scalar(wanted.options(joinedload(VisitSignOff.signed_by)))


def young_sheets(visit: Visit) -> list[VisitSheet]:
    """The young people's sheets that count: who cannot hand theirs in is waited for no longer."""
    return [one for one in visit.sheets if one.panel is Panel.YOUNG and one.counts]


def view_of(
    visit: Visit, entries: Sequence[VisitEntry], agreed: Sequence[VisitAgreed]
) -> dict[str, Mark | None]:
    """What the young people say of each matter, once their sheets are in."""
    sheets = [
        {
            one.place.removeprefix(f"{Part.SCORE}:"): mark_of(one.value)
            for one in entries
            if one.sheet_id == sheet.id and one.place.startswith(f"{Part.SCORE}:")
        }
        for sheet in young_sheets(visit)
    ]
    among_them = {
        one.matter: Mark(one.value, one.reason, one.abstained)
        for one in agreed
        if one.panel is Panel.YOUNG
    }
    return young_view(frameworks.framework(visit), sheets, among_them)


def said_together(agreed: Sequence[VisitAgreed]) -> dict[str, str]:
    """What the young people wrote of each matter when they agreed it among themselves.

    No single name stands at it. The Participation Officer reads it before the sign-off, and with the
    sign-off it may be read by others; who changes it afterwards takes the sign-off away.
    """
    return {one.matter: one.reason for one in agreed if one.panel is Panel.YOUNG and one.reason}


def _can_still_agree(visit: Visit) -> bool:
    """Where all of them have left, their sheets say what they said, and nobody agrees for them."""
    return any(one.part is MemberPart.YOUNG and one.person.active for one in visit.members)


def before_sign_off(visit: Visit) -> Iterator[RuleBroken]:
    """What the Participation Officer waits for, in order."""
    sheets = young_sheets(visit)
    if visit.stage is VisitStage.GIVEN_UP:
        words = "This visit was given up. There is no report, so there is nothing to sign off."
        yield RuleBroken("visit-sign-off:given-up", words)
        return
    if not sheets:
        yield RuleBroken("visit-sign-off:no-young", "No Young Commissioners go on this visit.")
        return
    waiting = [one.title for one in sheets if one.stage is not SheetStage.SUBMITTED]
    if waiting:
        words = f"They have not sent their scores yet: {', '.join(waiting)}."
        yield RuleBroken("visit-sign-off:sheets", words)
    unread = sum(one.check is None for one in of_visit(visit))
    if unread:
        words = f"Look at what they wrote first: {unread} still to read."
        yield RuleBroken("visit-sign-off:comments", words)
    if len(sheets) > 1 and _can_still_agree(visit):
        agreed = db.session.scalars(
            select(VisitAgreed.matter).where(
                VisitAgreed.visit_id == visit.id, VisitAgreed.panel == Panel.YOUNG
            )
        ).all()
        open_ones = set(frameworks.framework(visit).matters) - set(agreed)
        if open_ones:
            words = (
                f"The young people have not agreed these matters: {', '.join(sorted(open_ones))}."
            )
            yield RuleBroken("visit-sign-off:agree", words)
