"""Who may do what to a document, and why not: asked by the verb and by the page."""

from portal.access import Decision, Permission, Viewer, allowed, denied
from portal.documents.models import DocumentVersion, StoredFile
from scoring.stages import CheckStage, ScanStage


def may_upload(viewer: Viewer, provider_id: int) -> Decision:
    """Anybody of the organisation may add to its library."""
    if viewer.may(Permission.DOCUMENT_UPLOAD) and provider_id in viewer.provider_ids:
        return allowed
    return denied("Only people of this organisation can add documents for it.")


def may_open(version: DocumentVersion) -> Decision:
    """Nobody opens a file before it was scanned and found clean, its sender included."""
    return may_open_file(version.file)


def may_open_file(file: StoredFile) -> Decision:
    """The same for a file that belongs to no document."""
    if file.scan is ScanStage.CLEAN:
        return allowed
    if file.scan is ScanStage.INFECTED:
        return denied("A virus was found in this file, so nobody can open it.")
    return denied(
        "This file is still being checked for viruses. Nobody can open it until that is done."
    )


def may_check(viewer: Viewer, version: DocumentVersion) -> Decision:
    """A commissioner checks the newest version in a library, and may reject one that was accepted.

    Files of a bid go with the bid.
    """
    if not viewer.may(Permission.DOCUMENT_CHECK):
        return denied("Only a commissioner can check a document.")
    if version.document.bound_to:
        return denied("Files of an application are checked with the application.")
    accepted = version.check is CheckStage.ACCEPTED
    if version.document.newest is not version and not accepted:
        return denied("There is a newer version of this document. Check that one.")
    return may_open(version)
