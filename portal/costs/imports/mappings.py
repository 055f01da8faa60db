"""What a council's files call the columns, as far as somebody has said so."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.costs.imports.actions import signature_of
from portal.costs.models import ColumnMapping, FileKind
from portal.db import db
from portal.people.models import Council


def finder(
    council: Council, session: Session | None = None
) -> Callable[[FileKind, Sequence[str]], Mapping[str, str]]:
    """A look-up of remembered columns by kind and headings."""

    def find(kind: FileKind, headings: Sequence[str]) -> Mapping[str, str]:
        columns = (session or db.session).scalar(
            select(ColumnMapping.columns).where(
                ColumnMapping.council_id == council.id,
                ColumnMapping.kind == kind,
                ColumnMapping.signature == signature_of(headings),
            )
        )
        return columns or {}

    return find
