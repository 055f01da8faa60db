"""Documents for tests: true small files, and versions in a library or bound to an application.

policy = a_document(oak, "safeguarding-policy", by=ada)            # scanned and clean
insurance = a_document(oak, "cyber-insurance", by=ada, valid_until_on=date(2027, 3, 31))
client.post(…, data={"file": a_file("accounts.pdf")})
"""

import io
from datetime import date, datetime
from typing import Any

from portal.access import Viewer
from portal.db import db
from portal.documents import actions
from portal.documents.actions import StagedFile
from portal.documents.models import DocumentVersion
from portal.people.models import Person
from portal.providers.models import Provider
from portal.providers.models_settings import Setting
from portal.storage import get_store
from scoring.stages import CheckStage
from tests.factories.people import viewer
from tests.factories.rounds import PREPARED, shipped_content

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def a_pdf(words: str = "A policy") -> bytes:
    """A true PDF, another one for other words."""
    return (
        f"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n% {words}\n".encode()
        + b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )


def a_file(name: str = "policy.pdf", content: bytes | None = None) -> tuple[io.BytesIO, str]:
    """A file as the test client sends it."""
    return io.BytesIO(a_pdf(name) if content is None else content), name


def an_infected_pdf() -> bytes:
    """A true PDF with the test virus in it."""
    return a_pdf("infected") + EICAR + b"\n%%EOF\n"


_STAGED: dict[tuple[str, str], StagedFile] = {}


def a_staged_file(name: str, words: str) -> StagedFile:
    """A PDF with these words in the store; the same one is written to disk once."""
    staged = _STAGED.get((name, words))
    if staged is None or not get_store().exists(staged.sha256):
        staged = actions.stage_file(io.BytesIO(a_pdf(words)), name)
        _STAGED[name, words] = staged
    return staged


def a_document(
    provider: Provider,
    type_key: str = "safeguarding-policy",
    *,
    by: Person | Viewer,
    valid_until_on: date | None = None,
    words: str = "",
    bound_to: str = "",
    chain: str | None = None,
    scanned: bool = True,
    checked: CheckStage = CheckStage.WAITING,
    title: str = "",
    setting: Setting | None = None,
    at: datetime = PREPARED,
) -> DocumentVersion:
    """A version uploaded by this person; scanned and found clean unless said otherwise."""
    shipped_content()
    actor = by if isinstance(by, Viewer) else viewer(by)
    staged = a_staged_file(f"{type_key}.pdf", words or f"{type_key} {at.isoformat()}")
    version = actions.add_version(
        provider,
        type_key,
        title or type_key,
        staged,
        valid_until_on,
        setting=setting,
        bound_to=bound_to,
        chain=chain,
        actor=actor,
        now=at,
    )
    if scanned:
        actions.record_scan(version.file, infected=False, actor=Viewer.system(), now=at)
    if checked is not CheckStage.WAITING:
        version.check, version.checked_at = checked, at
        version.check_reason = "Not ours" if checked is CheckStage.REJECTED else ""
    db.session.flush()
    return version


def find_infected(version: DocumentVersion, now: Any = PREPARED) -> None:
    """A scan that finds a virus in the file."""
    actions.record_scan(
        version.file, infected=True, signature="Test-Virus", actor=Viewer.system(), now=now
    )
