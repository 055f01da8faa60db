"""Who may do what on a visit, and why not: asked by the verb and by the page."""

from datetime import datetime

from portal.access import Decision, Permission, Role, Viewer, allowed, denied
from portal.days import LONDON
from portal.visits.models import MemberPart, Visit, VisitSheet
from portal.visits.models_entries import VisitPhoto
from scoring.stages import SheetStage, VisitStage
from scoring.terms import Panel

V = VisitStage
BEFORE = frozenset({V.PLANNED, V.CONFIRMED})
FINAL = frozenset({V.ACTIONS_OPEN, V.CLOSED})
SENT = FINAL | {V.WITH_PROVIDER, V.PROVIDER_RESPONDED}
ENDED_EARLY = frozenset({V.CANCELLED, V.GIVEN_UP})
OVER = FINAL | ENDED_EARLY
SCORES_SHOWN = SENT | {V.SCORES_IN, V.AGREED, V.GIVEN_UP}

READERS = (Role.COMMISSIONER, Role.PARTICIPATION_OFFICER, Role.AUDITOR, Role.APPROVER)


def reading_councils(viewer: Viewer) -> frozenset[int]:
    """The councils whose visits the viewer reads without being of the team."""
    if not viewer.may(Permission.VISIT_READ):
        return frozenset()
    return frozenset().union(*(viewer.councils_as(role) for role in READERS))


def part_of(viewer: Viewer, visit: Visit) -> MemberPart | None:
    """What the viewer does on this visit; nothing for somebody who does not go."""
    return next((one.part for one in visit.members if one.person_id == viewer.person_id), None)


def may_read(viewer: Viewer, visit: Visit) -> Decision:
    """Its team, officers of its council, and councils with which the final report is shared."""
    if viewer.is_system or part_of(viewer, visit) is not None:
        return allowed
    if visit.council_id in reading_councils(viewer):
        return allowed
    return may_read_shared(viewer, visit)


def may_read_shared(viewer: Viewer, visit: Visit) -> Decision:
    """An officer of another council reads the final report, and nothing besides."""
    shared = {one.council_id for one in visit.shared_with}
    if visit.stage in FINAL and shared & reading_councils(viewer):
        return allowed
    return denied("You cannot see this visit.")


def may_read_inside(viewer: Viewer, visit: Visit) -> Decision:
    """More than the report: the plan, the sheets that are in, what was written down.

    Young Commissioners have pages of their own, and their sheet is all they see before the end.
    """
    if viewer.is_system:
        return allowed
    part = part_of(viewer, visit)
    if part is not None and part is not MemberPart.YOUNG:
        return allowed
    if visit.council_id in reading_councils(viewer):
        return allowed
    return denied("You cannot see this visit.")


def may_plan(viewer: Viewer, council_id: int) -> Decision:
    """A commissioner of the council that visits."""
    if viewer.may(Permission.VISIT_PLAN) and council_id in viewer.councils_as(Role.COMMISSIONER):
        return allowed
    return denied("Only a commissioner of this council plans its visits.")


def may_change(viewer: Viewer, visit: Visit) -> Decision:
    """Until the visit begins."""
    if visit.stage not in BEFORE:
        return denied("This visit has begun. Its plan stays as it was.")
    return may_plan(viewer, visit.council_id)


def may_change_team(viewer: Viewer, visit: Visit) -> Decision:
    """Until scores are brought together: somebody may fall ill on the day."""
    if visit.stage not in BEFORE | {V.UNDER_WAY}:
        return denied("The scores of this visit are in. Its team stays as it was.")
    return may_plan(viewer, visit.council_id)


def may_begin(viewer: Viewer, visit: Visit, now: datetime) -> Decision:
    """Anybody of the team, from the day on; an announced visit is confirmed first."""
    found = may_begin_on_its_day(viewer, visit)
    if found and now.astimezone(LONDON).date() < visit.starts_at.astimezone(LONDON).date():
        return denied("You can begin on the day of the visit.")
    return found


def may_begin_on_its_day(viewer: Viewer, visit: Visit) -> Decision:
    """What a phone keeps the evening before, for a house without reception."""
    if visit.stage not in BEFORE:
        return denied("This visit has begun already.")
    if part_of(viewer, visit) is None:
        return denied("Only somebody of the team begins the visit.")
    if visit.announced and visit.stage is V.PLANNED:
        return denied("The provider has not confirmed the day yet.")
    return allowed


def may_end(viewer: Viewer, visit: Visit) -> Decision:
    """Call it off before it begins, or break it off until its scores are agreed."""
    if visit.stage in BEFORE:
        return may_plan(viewer, visit.council_id)
    if visit.stage in {V.UNDER_WAY, V.SCORES_IN}:
        return may_lead(viewer, visit)
    if visit.stage is V.AGREED:
        return denied("The scores are agreed. Open them again first.")
    return denied("This visit is over, or the provider has its report.")


def may_excuse(viewer: Viewer, sheet: VisitSheet) -> Decision:
    """Wait for a sheet no longer: the lead for officers, the Participation Officer for young people."""
    if sheet.visit.stage is not V.UNDER_WAY or sheet.stage is not SheetStage.DRAFT:
        return denied("Nobody waits for this sheet.")
    if not sheet.required:
        return denied("This sheet need not be handed in.")
    if sheet.panel is Panel.YOUNG:
        return may_support(viewer, sheet.visit)
    return may_lead(viewer, sheet.visit)


def may_write(viewer: Viewer, visit: Visit) -> Decision:
    """What belongs to the whole team: documents, people spoken to, the walk round, photographs."""
    part = part_of(viewer, visit)
    if part is None:
        return denied("Only somebody of the team writes this down.")
    if visit.stage is not V.UNDER_WAY:
        return denied("The visit is not under way.")
    return allowed


def is_own(viewer: Viewer, sheet: VisitSheet) -> bool:
    return any(one.person_id == viewer.person_id for one in sheet.people)


def may_score(viewer: Viewer, sheet: VisitSheet) -> Decision:
    """Whose sheet it is, while the visit is under way and the sheet is not handed in."""
    if not is_own(viewer, sheet):
        return denied("This sheet is somebody else's.")
    if sheet.visit.stage is not V.UNDER_WAY:
        return denied("The visit is not under way.")
    if sheet.stage is not SheetStage.DRAFT:
        return denied("This sheet was handed in.")
    return allowed


def may_give_back(viewer: Viewer, sheet: VisitSheet) -> Decision:
    """The lead for officers; for young people their Participation Officer, and nobody else."""
    if sheet.stage is not SheetStage.SUBMITTED:
        return denied("This sheet was not handed in.")
    if sheet.visit.stage not in {V.UNDER_WAY, V.SCORES_IN}:
        return denied("The scores of this visit are agreed.")
    if sheet.panel is Panel.YOUNG:
        return may_support(viewer, sheet.visit)
    return may_lead(viewer, sheet.visit)


def may_lead(viewer: Viewer, visit: Visit) -> Decision:
    """The lead of the visit, or another commissioner of its council in their place."""
    if part_of(viewer, visit) is MemberPart.LEAD and viewer.may(Permission.VISIT_PLAN):
        return allowed
    return may_plan(viewer, visit.council_id)


def may_support(viewer: Viewer, visit: Visit) -> Decision:
    """The Participation Officer of the visit, or another one of its council."""
    council = visit.council_id in viewer.councils_as(Role.PARTICIPATION_OFFICER)
    if viewer.may(Permission.VISIT_SIGN_OFF) and council:
        return allowed
    return denied("Only the Participation Officer does this.")


def may_read_comments(viewer: Viewer, visit: Visit) -> bool:
    """What young people wrote before it was looked at, and what was held back."""
    return viewer.is_system or bool(may_support(viewer, visit))


def may_see_photos(viewer: Viewer, visit: Visit) -> Decision:
    """Only those who were there."""
    if part_of(viewer, visit) is not None:
        return allowed
    return denied("Only the team of the visit sees its photographs.")


def may_remove_photo(viewer: Viewer, photo: VisitPhoto) -> Decision:
    """Whoever took it, or the lead: a photograph with a person on it must go at once."""
    if photo.removed_at is not None:
        return denied("This photograph was removed already.")
    own = photo.taken_by_id == viewer.person_id
    if own or part_of(viewer, photo.visit) is MemberPart.LEAD:
        return allowed
    return denied("Only who took it, or the lead of the visit, removes a photograph.")


def may_choose(viewer: Viewer, visit: Visit, sheet: VisitSheet | None) -> Decision:
    """Between two versions: whose sheet it is; for what belongs to the team, the adults of it."""
    if visit.stage not in {V.UNDER_WAY, V.SCORES_IN}:
        return denied("The scores of this visit are agreed.")
    if sheet is not None and not is_own(viewer, sheet):
        return denied("Only whose sheet it is chooses.")
    part = part_of(viewer, visit)
    if part is None or (sheet is None and part is MemberPart.YOUNG):
        return denied("Only officers of the team choose.")
    return allowed


def may_agree(viewer: Viewer, visit: Visit) -> Decision:
    """Officers of the team, once every sheet is in."""
    if visit.stage is not V.SCORES_IN:
        return denied("Scores are agreed after every sheet is in, and before the report is sent.")
    if part_of(viewer, visit) in {MemberPart.LEAD, MemberPart.OFFICER}:
        return allowed
    return denied("Only officers of the team agree the team's scores.")


def may_agree_young(viewer: Viewer, visit: Visit) -> Decision:
    """Only the young people themselves, after their sheets are in."""
    young = [one for one in visit.sheets if one.panel is Panel.YOUNG and one.counts]
    if part_of(viewer, visit) is not MemberPart.YOUNG:
        return denied("Only the Young Commissioners of this visit agree their view.")
    if visit.stage not in {V.UNDER_WAY, V.SCORES_IN}:
        return denied("Your view is agreed already.")
    if len(young) < 2:
        return denied("There is one sheet, so that is your view.")
    if any(one.stage is not SheetStage.SUBMITTED for one in young):
        return denied("Wait until all of you have sent your scores.")
    return allowed


def knows_of(viewer: Viewer, visit: Visit) -> bool:
    """Whether a provider's people know of a visit: when they were asked, or have the report."""
    if visit.setting.provider_id not in viewer.provider_ids:
        return False
    if not viewer.may(Permission.VISIT_ANSWER):
        return False
    return visit.stage in SENT or (visit.announced and visit.asked_at is not None)


def may_confirm(viewer: Viewer, visit: Visit) -> Decision:
    """Anybody of the provider says whether the day suits; who said yes may still say no."""
    if not knows_of(viewer, visit):
        return denied("You cannot see this visit.")
    if visit.stage not in BEFORE or visit.asked_at is None:
        return denied("There is nothing to confirm.")
    if visit.declined_note:
        return denied("You have asked for another day. The council will write to you.")
    return allowed


def may_comment(viewer: Viewer, visit: Visit) -> Decision:
    """Anybody of the provider writes; an administrator sends."""
    if visit.stage is not V.WITH_PROVIDER or not knows_of(viewer, visit):
        return denied("The report cannot be commented on now.")
    return allowed


def may_respond(viewer: Viewer, visit: Visit) -> Decision:
    """Sending the comments is for an administrator, as every binding word of a provider."""
    if not viewer.administers(visit.setting.provider_id):
        return denied("Only an administrator of your organisation can send the answer.")
    return may_comment(viewer, visit)
