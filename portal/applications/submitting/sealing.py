"""What is submitted, as two canonical texts: the content, and the prices in an envelope of their own.

The format is told in docs/submission-format.md. The content names the prices by their hash only;
the envelope carries a secret beside the prices, since a price alone is soon guessed from a hash.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.applications.lots.branches import gated
from portal.applications.lots.councils import councils_of
from portal.applications.marks import markable
from portal.applications.models import AttachedDocument
from portal.applications.working_copy import WorkingCopy
from portal.content.models import ContentVersion
from portal.documents.models import DocumentVersion
from scoring.answers import AnswerValue
from scoring.canonical import canonical_json, sha256_of
from scoring.confidentiality import Exemption
from scoring.rules import Finding, RuleBroken

CONTENT_FORMAT = "application-submission/1"
PRICES_FORMAT = "price-envelope/1"


@dataclass(frozen=True, slots=True)
class Sealed:
    """The two texts of a submission, each with the SHA-256 of its UTF-8 bytes."""

    content: str
    sha256: str
    prices: str
    prices_sha256: str


@dataclass(frozen=True, slots=True)
class SealedDocument:
    """A document as a submission pins it; a promise has no version."""

    title: str
    checklist_key: str = ""
    type_key: str = ""
    question_key: str = ""
    lot: str = ""
    promised: bool = False
    version_ref: str = ""
    number: int = 0
    name: str = ""
    sha256: str = ""
    size: int = 0
    mime: str = ""
    valid_until_on: date | None = None


@dataclass(frozen=True, slots=True)
class SealedMark:
    """A part that the bidder asked to be kept from requests for information."""

    kind: str
    key: str
    lot: str
    exemption: Exemption
    reason: str
    until_on: date | None

    @property
    def place(self) -> tuple[str, str, str]:
        return self.kind, self.key, self.lot


@dataclass(frozen=True, slots=True)
class BidContent:
    """A submission, read: answers by (question key, lot code), and the documents it pins."""

    lots: tuple[str, ...]
    answers: Mapping[tuple[str, str], AnswerValue]
    documents: tuple[SealedDocument, ...]
    prices_sha256: str
    sha256: str
    councils: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # only where chosen
    branches: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # only where chosen
    round_version: int = 1  # on which it was submitted
    marks: tuple[SealedMark, ...] = ()
    lot_order: tuple[str, ...] = ()  # where the round asks for it, the most wanted first

    def document(self, version_ref: str) -> SealedDocument | None:
        return next((one for one in self.documents if one.version_ref == version_ref), None)


def seal(copy: WorkingCopy, secret: str) -> Sealed:
    """Write down what would be submitted now."""
    application = copy.application
    prices = canonical_json(
        {
            "format": PRICES_FORMAT,
            "application": application.ref,
            "rate_card": _content(application.round.rate_card),
            "rates": [
                {"lot": lot, "item": item, "pence": pence}
                for (lot, item), pence in sorted(copy.prices.items())
            ],
            "secret": secret,
        }
    )
    content = canonical_json(
        {
            "format": CONTENT_FORMAT,
            "application": application.ref,
            "round": {
                "ref": application.round.ref,
                "title": application.round.title,
                "version": application.round.version,
            },
            "provider": {"ref": application.provider.ref, "name": application.provider.name},
            "question_set": _content(application.round.question_set),
            "checklist": _content(application.round.checklist),
            "lots": list(copy.lots),
            **({"lot_order": list(copy.lot_order)} if copy.lot_order else {}),
            **_councils(copy),
            **_branches(copy),
            "answers": _answers(copy),
            "documents": _documents(copy),
            **_confidential(copy),
            "prices_sha256": sha256_of(prices),
        }
    )
    return Sealed(content, sha256_of(content), prices, sha256_of(prices))


def secret_of(prices: str) -> str:
    """The secret in an envelope, for the next one of the same application."""
    return str(json.loads(prices)["secret"])


def read_content(text: str) -> BidContent:
    """Read the content of a submission."""
    body = json.loads(text)
    return BidContent(
        lots=tuple(body["lots"]),
        answers={(one["question"], one["lot"]): one["value"] for one in body["answers"]},
        documents=tuple(_read_document(one) for one in body["documents"]),
        prices_sha256=body["prices_sha256"],
        sha256=sha256_of(text),
        marks=tuple(_read_mark(one) for one in body.get("confidential", [])),
        lot_order=tuple(body.get("lot_order", [])),
        councils={lot: tuple(slugs) for lot, slugs in body.get("councils", {}).items()},
        branches={lot: tuple(urns) for lot, urns in body.get("branches", {}).items()},
        round_version=body.get("round", {}).get("version", 1),  # older ones were of the first
    )


def read_prices(text: str) -> dict[tuple[str, str], int]:
    """Read the prices of an envelope: pence by (lot code, item key)."""
    return {(one["lot"], one["item"]): one["pence"] for one in json.loads(text)["rates"]}


def verify(manifest: bytes, sha256: str, envelope: bytes | None = None) -> list[Finding]:
    """What speaks against a manifest being the one of a receipt; nothing, when it is.

    Args:
        manifest: the file as it was downloaded.
        sha256: the hash on the receipt.
        envelope: the price envelope, to be checked against the manifest.
    """
    try:
        body = json.loads(manifest)
        canonical = canonical_json(body)
    except (ValueError, RuleBroken, RecursionError):
        return [Finding("manifest:unreadable", "This file is not a manifest of the portal.")]
    if not isinstance(body, dict) or body.get("format") != CONTENT_FORMAT:
        return [Finding("manifest:unreadable", "This file is not a manifest of the portal.")]
    if sha256_of(manifest) != sha256 and sha256_of(canonical) != sha256:
        return [
            Finding(
                "manifest:differs",
                f"This file is not what was submitted. Its SHA-256 is {sha256_of(manifest)}.",
            )
        ]
    found = []
    if sha256_of(manifest) != sha256:
        found.append(
            Finding(
                "manifest:rewritten",
                "The content is what was submitted, but the file was written anew by a program.",
                level="warning",
            )
        )
    if envelope is not None and sha256_of(envelope) != body.get("prices_sha256"):
        found.append(
            Finding("envelope:differs", "The prices are not those that were submitted with it.")
        )
    return found


def _content(version: ContentVersion) -> dict[str, Any]:
    return {"key": version.key, "version": version.version, "sha256": version.sha256}


def _branches(copy: WorkingCopy) -> dict[str, Any]:
    """The registrations that will deliver each lot for which any were chosen."""
    asked = gated(copy.checklist, copy.lots)
    chosen = {
        lot.round_lot.code: lot.branches
        for lot in copy.application.lots
        if lot.branches is not None and lot.round_lot.code in asked
    }
    return {"branches": chosen} if chosen else {}


def _councils(copy: WorkingCopy) -> dict[str, Any]:
    """The councils of each lot for which any were chosen; nothing is said where none were."""
    chosen = {
        lot.round_lot.code: councils_of(lot, copy.application.round)
        for lot in copy.application.lots
        if lot.councils is not None and lot.round_lot.code in copy.lots
    }
    return {"councils": chosen} if chosen else {}


def _confidential(copy: WorkingCopy) -> dict[str, Any]:
    """The parts that the bidder marked, of those that are submitted; nothing where none is."""
    there = {place for place, _ in markable(copy)}
    marked = [
        {
            "kind": one.kind,
            "key": one.key,
            "lot": one.lot_code,
            "exemption": one.exemption.value,
            "reason": one.reason,
            "until": one.until_on,
        }
        for one in copy.marks
        if one.place in there
    ]
    return {"confidential": marked} if marked else {}


def _answers(copy: WorkingCopy) -> list[dict[str, Any]]:
    """Every answer to a question that is asked now; others stay in the working copy only."""
    return [
        {"question": question["key"], "lot": page.lot, "kind": question["kind"], "value": value}
        for page in copy.pages
        for question in page.questions
        if (value := copy.values.get((question["key"], page.lot))) not in (None, "", [])
    ]


def _documents(copy: WorkingCopy) -> list[dict[str, Any]]:
    lines = [
        _of_checklist(line["key"], line["type"], line["title"], copy.attached[line["key"]])
        for line in copy.document_lines
        if line["key"] in copy.attached
    ]
    return lines + [
        {"question": key, "lot": lot, **_version(copy.files[str(copy.values[key, lot])])}
        for key, lot in sorted(copy.asked_places)
        if copy.questions[key]["kind"] == "file" and copy.values.get((key, lot)) in copy.files
    ]


def _of_checklist(
    key: str, type_key: str, title: str, attached: AttachedDocument
) -> dict[str, Any]:
    line: dict[str, Any] = {"checklist": key, "type": type_key, "title": title}
    if attached.version is None:
        return {**line, "promised": True}
    return {**line, "promised": False, **_version(attached.version), "title": title}


def _version(version: DocumentVersion) -> dict[str, Any]:
    return {
        "title": version.document.title,
        "version": version.ref,
        "number": version.number,
        "name": version.file.name,
        "mime": version.file.mime,
        "size": version.file.size,
        "sha256": version.file.sha256,
        "valid_until": version.valid_until_on,
    }


def _read_mark(one: Mapping[str, Any]) -> SealedMark:
    until = one["until"]
    return SealedMark(
        kind=one["kind"],
        key=one["key"],
        lot=one["lot"],
        exemption=Exemption(one["exemption"]),
        reason=one["reason"],
        until_on=date.fromisoformat(until) if until else None,
    )


def _read_document(one: Mapping[str, Any]) -> SealedDocument:
    until = one.get("valid_until")
    return SealedDocument(
        title=one["title"],
        checklist_key=one.get("checklist", ""),
        type_key=one.get("type", ""),
        question_key=one.get("question", ""),
        lot=one.get("lot", ""),
        promised=one.get("promised", False),
        version_ref=one.get("version", ""),
        number=one.get("number", 0),
        name=one.get("name", ""),
        sha256=one.get("sha256", ""),
        size=one.get("size", 0),
        mime=one.get("mime", ""),
        valid_until_on=date.fromisoformat(until) if until else None,
    )
