"""Sending files of placements and costs: checked whole, looked at, then all of a batch or nothing."""

from io import BytesIO
from typing import Any

from flask import request
from marshmallow import fields, validate

from portal.access import Permission, current_viewer
from portal.api.fields import Asked, Moment, Told, word
from portal.api.routes import bp, reads, writes
from portal.api.shared import on_today
from portal.costs.imports import actions, receiving, seen
from portal.costs.models import CostImport, FileKind, ImportStage
from portal.db import db
from portal.people.models import Council
from portal.people.scopes import Scope
from portal.web import clock, or_404

TAG = "Costs"
CSV, EXCEL = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BODY = {
    "required": True,
    "description": "The file itself, 25 MB at most",
    "content": {
        CSV: {"schema": {"type": "string"}},
        EXCEL: {"schema": {"type": "string", "format": "binary"}},
    },
}


class FileSchema(Told):
    """A file of a batch, and what its check found."""

    ref = fields.String()
    kind = fields.String(metadata={"enum": [one.value for one in FileKind]})
    stage = fields.String(metadata={"enum": [one.value for one in ImportStage]})
    file_name = fields.String()
    sha256 = fields.String()
    as_at_on = fields.Date()
    accepted = fields.Integer()
    rejected = fields.Integer()
    made_at = Moment()


class BatchSchema(Told):
    """Files that were sent together. Nothing of them counts before they are taken."""

    batch = fields.String()
    council = fields.String()
    files = fields.List(fields.Nested(FileSchema))


class SendQuery(Asked):
    """Whose file it is, and up to when it tells what is."""

    council = word(60, load_default="", metadata={"description": "Its short name; else your first"})
    name = fields.String(
        required=True,
        validate=[validate.Length(1, 200), validate.Regexp(r"^[\w .()-]+$")],
        metadata={"description": "The file's name, such as ledger.csv"},
    )
    as_at = fields.Date(metadata={"description": "Today, where it is left out"})
    replaces = fields.Boolean(load_default=False)


@reads(
    "/cost-imports/<batch>",
    BatchSchema,
    tag=TAG,
    scope=Scope.COSTS_WRITE,
    permission=Permission.COST_IMPORT,
)
def cost_batch(_query: dict[str, Any], batch: str) -> dict[str, Any]:
    """How far the check of a batch is, and what it found."""
    return _told(batch)


@writes(
    "/cost-imports",
    BatchSchema,
    tag=TAG,
    status=202,
    scope=Scope.COSTS_WRITE,
    permission=Permission.COST_IMPORT,
    takes=(CSV, EXCEL),
)
@bp.arguments(SendQuery, location="query")
@bp.doc(requestBody=BODY)
def send_costs(query: dict[str, Any]) -> Any:
    """Send one file as the body. It is checked in the background; nothing of it counts yet."""
    with db.reading() as session:
        councils = list(session.scalars(seen.my_councils(current_viewer())))
    wanted = (one for one in councils if query["council"] in {"", one.slug})
    council: Council = or_404(next(wanted, None))
    made = receiving.receive(
        council,
        [(query["name"], BytesIO(request.get_data(cache=False)))],
        as_at=query.get("as_at") or on_today(),
        replaces=query["replaces"],
        actor=current_viewer(),
        now=clock(),
    )
    batch = made[0].batch
    return lambda: _told(batch)


@writes(
    "/cost-imports/<batch>/take",
    BatchSchema,
    tag=TAG,
    scope=Scope.COSTS_WRITE,
    permission=Permission.COST_IMPORT,
)
def take_costs(batch: str) -> Any:
    """Let every accepted row of a checked batch count."""
    actions.take(seen.batch(batch, current_viewer()), actor=current_viewer(), now=clock())
    return lambda: _told(batch)


@writes(
    "/cost-imports/<batch>/discard",
    BatchSchema,
    tag=TAG,
    scope=Scope.COSTS_WRITE,
    permission=Permission.COST_IMPORT,
)
def discard_costs(batch: str) -> Any:
    """Take nothing of a batch."""
    actions.discard(seen.batch(batch, current_viewer()), actor=current_viewer(), now=clock())
    return lambda: _told(batch)


def _told(batch: str) -> dict[str, Any]:
    files = seen.batch(batch, current_viewer())
    return {
        "batch": batch,
        "council": files[0].council.slug,
        "files": [_file(one) for one in files],
    }


def _file(one: CostImport) -> dict[str, Any]:
    names = ("ref", "file_name", "sha256", "as_at_on", "accepted", "rejected", "made_at")
    told = {name: getattr(one, name) for name in names}
    return told | {"kind": one.kind.value, "stage": one.stage.value}
