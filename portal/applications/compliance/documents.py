"""The documents of a bid in its compliance check: those of the checklist, and files that answer.

A file with a virus counts as missing, whenever the virus was found: the provider is asked once.
"""

from collections.abc import Iterator
from datetime import datetime

from portal.applications.compliance.evidence import CLARIFY, FAIL, PASS, Evidence, Item, concerned
from portal.applications.models import CheckOutcome
from portal.applications.submitting.sealing import SealedDocument
from portal.days import today
from portal.documents.models import DocumentVersion
from portal.documents.queries import state_of
from scoring.content import Content
from scoring.differences import Part
from scoring.eligibility import DocumentState
from scoring.stages import ScanStage
from scoring.timetable import date_words

GROUP = "Documents"


def documents(evidence: Evidence) -> Iterator[Item]:
    sealed = {one.checklist_key: one for one in evidence.content.documents if one.checklist_key}
    for line in evidence.application.round.checklist.body["documents"]:
        lots = concerned(line, evidence)
        offered = sealed.get(line["key"])
        wanted = line["required"] and line["stage"] == "submission"
        if line["of"] == "organisation" and lots and (wanted or offered):
            yield _document(line, offered, lots, evidence)


def _document(
    line: Content, offered: SealedDocument | None, lots: tuple[str, ...], evidence: Evidence
) -> Item:
    version = evidence.versions.get(offered.version_ref) if offered else None
    suggested, why = _judge(offered, version, evidence)
    if offered is None and (number := evidence.added_later(Part.DOCUMENTS, line["key"])):
        suggested = CLARIFY
        why = f"Version {number} added it after this bid was submitted. Ask once."
    return Item(
        key=f"document:{line['key']}",
        group=GROUP,
        title=line["title"],
        lots=lots,
        why=why,
        suggested=suggested,
        facts=_of_the_file(offered, version),
        version_ref=_to_open(offered, version),
        infected_at=_infected_at(version),
    )


def answer_files(evidence: Evidence) -> Iterator[Item]:
    """Files that answer a question: looked at here only where something is wrong with one."""
    for offered in evidence.content.documents:
        version = evidence.versions.get(offered.version_ref)
        if offered.checklist_key or offered.promised or _is_sound(offered, version):
            continue
        suggested, why = _judge(offered, version, evidence)
        yield Item(
            key=f"file:{offered.question_key}",
            group=GROUP,
            title=offered.title,
            lots=(offered.lot,) if offered.lot else evidence.content.lots,
            lot_code=offered.lot,
            why=why,
            suggested=suggested,
            facts=_of_the_file(offered, version),
            version_ref=_to_open(offered, version),
            infected_at=_infected_at(version),
        )


def _is_sound(offered: SealedDocument, version: DocumentVersion | None) -> bool:
    """Whether the file is there, is the one that was submitted, and was found clean."""
    return (
        version is not None
        and version.file.sha256 == offered.sha256
        and version.file.scan is ScanStage.CLEAN
    )


def _of_the_file(
    offered: SealedDocument | None, version: DocumentVersion | None
) -> tuple[tuple[str, str], ...]:
    if offered is None or offered.promised:
        return ()
    facts = [("File", offered.name), ("SHA-256", offered.sha256)]
    if version is not None:
        facts.append(("Virus check", _SCANS[version.file.scan]))
    if offered.valid_until_on:
        facts.append(("Valid until", date_words(offered.valid_until_on)))
    return tuple(facts)


_SCANS = {
    ScanStage.WAITING: "Still being searched for viruses",
    ScanStage.CLEAN: "No virus found",
    ScanStage.INFECTED: "Virus found, so it counts as missing",
}


def _to_open(offered: SealedDocument | None, version: DocumentVersion | None) -> str:
    """The reference of a file that can be opened: nobody opens one before it was found clean."""
    is_clean = version is not None and version.file.scan is ScanStage.CLEAN
    return offered.version_ref if offered and is_clean else ""


def _infected_at(version: DocumentVersion | None) -> datetime | None:
    if version is None or version.file.scan is not ScanStage.INFECTED:
        return None
    return version.file.scanned_at or version.uploaded_at


def _judge(
    offered: SealedDocument | None, version: DocumentVersion | None, evidence: Evidence
) -> tuple[CheckOutcome | None, str]:
    """What the rules suggest for a document that was or was not offered."""
    if offered is None:
        return FAIL, "It was not submitted."
    if offered.promised:
        return PASS, "The provider will hold it from the start (Procurement Act 2023, section 22)."
    if version is None or version.file.sha256 != offered.sha256:
        return FAIL, "The file is not the one that was submitted."
    state = state_of(version, evidence.on)
    deadline = evidence.application.round.deadline_at
    if state is DocumentState.EXPIRED and offered.valid_until_on and deadline:
        if offered.valid_until_on < today(deadline):
            return FAIL, "It had run out before the deadline."
        return CLARIFY, "It has run out since the deadline. Ask for the new one."
    return _STATES[state]


_STATES: dict[DocumentState, tuple[CheckOutcome | None, str]] = {
    DocumentState.MISSING: (FAIL, "It was not submitted."),
    DocumentState.WAITING_FOR_SCAN: (
        None,
        "It is still being searched for viruses. Wait for that.",
    ),
    DocumentState.INFECTED: (
        CLARIFY,
        "A virus was found in it, so it counts as missing. Ask once for a clean file.",
    ),
    DocumentState.WAITING_FOR_CHECK: (None, "It is there and clean. Open it and look."),
    DocumentState.ACCEPTED: (PASS, "It was checked and accepted, and is valid."),
    DocumentState.EXPIRING: (PASS, "It was checked and accepted. It runs out soon."),
    DocumentState.REJECTED: (FAIL, "An officer looked at it and did not accept it."),
    DocumentState.EXPIRED: (CLARIFY, "It has run out. Ask for one that is valid."),
}
