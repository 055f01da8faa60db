"""Who may do what with contracts, places on lists and their rates, and why not."""

from collections.abc import Collection
from datetime import date

from portal.access import Decision, Permission, Role, Viewer, allowed, denied
from portal.contracts.models import Contract, ListMembership
from portal.contracts.models_terms import ExtensionOption, HandEntry, Suspension
from scoring.stages import EntryStage

Agreed = Contract | ListMembership


def may_import_spot_rates(viewer: Viewer, council_id: int) -> Decision:
    """A council's spot rates are brought in by its own finance people."""
    if not viewer.may(Permission.RATE_IMPORT) or council_id not in viewer.councils_as(Role.FINANCE):
        return denied("Only finance people of this council bring in its spot rates.")
    return allowed


def may_edit(viewer: Viewer, held: Agreed) -> Decision:
    """A commissioner of a council that buys under it."""
    if not viewer.councils_where(Permission.CONTRACT_EDIT) & held.council_ids:
        return denied("Only a commissioner of a council of this contract can change it.")
    return allowed


def may_change_running(viewer: Viewer, held: Agreed, today: date) -> Decision:
    """What is over stays as it was."""
    if today > held.ends_on:
        return denied("It is over, so it stays as it is.")
    return may_edit(viewer, held)


def may_set_options(viewer: Viewer, held: Agreed, today: date) -> Decision:
    """The options stay from the first decision on, one that was undone included."""
    if any(one.decisions for one in held.options):
        return denied("One of the extensions was decided on, so the options stay as they are.")
    if held.terminated_on is not None:
        return denied("It was terminated.")
    return may_change_running(viewer, held, today)


def may_decide(viewer: Viewer, option: ExtensionOption, today: date) -> Decision:
    """One after the other, before the period that runs is over."""
    held = option.held
    if held.terminated_on is not None:
        return denied("It was terminated, so there is nothing to extend.")
    if option.decision is not None:
        return denied("This extension is decided on. Undo the decision to take another one.")
    for earlier in held.options:
        if earlier.number >= option.number:
            break
        if earlier.decision is None:
            return denied(f"Decide on extension {earlier.number} first.")
        if not earlier.decision.extended:
            return denied(f"Extension {earlier.number} was not taken, so this one has lapsed.")
    if not option.follows_on:
        return denied("It ended earlier than this extension begins, so there is nothing to extend.")
    return may_change_running(viewer, held, today)


def may_undo(viewer: Viewer, option: ExtensionOption, today: date) -> Decision:
    """A decision is undone before the extension would begin, the newest first."""
    if option.decision is None:
        return denied("There is no decision to undo.")
    if today >= option.starts_on:
        return denied("The decision has taken effect.")
    if any(one.number > option.number and one.decision for one in option.held.options):
        return denied("A later extension is decided on. Undo that one first.")
    if option.held.terminated_on is not None:
        return denied("It was terminated.")
    return may_edit(viewer, option.held)


def may_lift(viewer: Viewer, suspension: Suspension, held: Agreed, today: date) -> Decision:
    """A suspension is lifted once."""
    if suspension.lifted_on is not None:
        return denied("This suspension is lifted already.")
    return may_change_running(viewer, held, today)


def may_terminate(viewer: Viewer, held: Agreed, today: date) -> Decision:
    if held.terminated_on is not None:
        return denied("It is terminated already.")
    return may_change_running(viewer, held, today)


def may_withdraw_termination(viewer: Viewer, held: Agreed, today: date) -> Decision:
    """Until its last day a termination can be taken back."""
    if held.terminated_on is None:
        return denied("It was not terminated.")
    return may_change_running(viewer, held, today)


def may_enter(viewer: Viewer) -> Decision:
    """Any commissioner enters what their council has bought before."""
    if not viewer.may(Permission.CONTRACT_EDIT) or not viewer.councils_as(Role.COMMISSIONER):
        return denied("Only a commissioner enters a contract by hand.")
    return allowed


def may_read_entry(viewer: Viewer, entry: HandEntry) -> bool:
    """An entry that waits is for the commissioners of the council that entered it."""
    return viewer.may(Permission.CONTRACT_EDIT) and viewer.holds(
        Role.COMMISSIONER, entry.council_id
    )


def may_decide_entry(viewer: Viewer, entry: HandEntry) -> Decision:
    """A second officer looks: not the one who entered it."""
    if not may_read_entry(viewer, entry):
        return denied("Only a commissioner of the same council takes the second look.")
    if entry.stage is not EntryStage.PROPOSED:
        return denied(f"This entry is {entry.stage.value}.")
    if viewer.person_id == entry.proposed_by_id:
        return denied("You entered it, so somebody else must take the second look.")
    return allowed


def may_withdraw_entry(viewer: Viewer, entry: HandEntry) -> Decision:
    if viewer.person_id != entry.proposed_by_id or not may_read_entry(viewer, entry):
        return denied("Only the officer who entered it takes it back.")
    if entry.stage is not EntryStage.PROPOSED:
        return denied(f"This entry is {entry.stage.value}.")
    return allowed


def own_councils(viewer: Viewer, councils: Collection[int]) -> frozenset[int]:
    """The councils of a contract for which somebody commissions."""
    return viewer.councils_as(Role.COMMISSIONER) & frozenset(councils)
