"""Who may read what a young person told, and who writes down their time and money.

| verb                                  | who                                                              |
|---------------------------------------|------------------------------------------------------------------|
| tell someone                          | a Young Commissioner                                             |
| read it, take it on, settle, reopen   | Participation Officers of their council, its safeguarding lead   |
| say whom to ring                      | a Participation Officer of the council                           |
| write down time and money, pay        | a Participation Officer of the council                           |

Nobody else: no administrator, no commissioner, no auditor, no council beside theirs.
"""

from collections.abc import Collection

from portal.access import Decision, Role, Viewer, allowed, denied
from portal.young.models import CareContact, Told


def may_hear(viewer: Viewer, told: Told, contact: CareContact | None) -> Decision:
    """A Participation Officer of the young person's council, or its safeguarding lead."""
    if told.council_id in viewer.councils_as(Role.PARTICIPATION_OFFICER):
        return allowed
    lead = contact.lead_id if contact is not None else None
    if lead is not None and lead == viewer.person_id and told.council_id in viewer.council_ids:
        return allowed
    return denied("Only those who look after this young person can do this.")


def may_look_after(viewer: Viewer, council_ids: Collection[int]) -> Decision:
    """A Participation Officer of one of these councils."""
    if viewer.councils_as(Role.PARTICIPATION_OFFICER).isdisjoint(council_ids):
        return denied("Only a Participation Officer of this council can do this.")
    return allowed
