"""Required documents that ran out: which of them stop new placements, of whom and where."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portal.content import queries as content
from portal.documents.models import Document
from portal.documents.queries import facts_of, library_documents
from portal.providers.models_settings import Setting
from portal.wording import within
from scoring.documents import stops_placements


@dataclass(frozen=True, slots=True)
class Stop:
    """One document that stops placements: at one home, or everywhere.

    Args:
        title: of the document's type.
        where: the name of the home; empty where it stops them everywhere.
    """

    document: Document
    title: str
    where: str = ""
    home: Setting | None = None

    @property
    def words(self) -> str:
        """In the answer of the register: "Mill Lane (gas safety record out of date)"."""
        return f"{self.where} ({within(self.title)} out of date)" if self.where else self.title

    @property
    def label(self) -> str:
        """By itself: "Gas safety record, Mill Lane"."""
        return f"{self.title}, {self.where}" if self.where else self.title


def stops(provider_ids: Iterable[int], on: date) -> dict[int, list[Stop]]:
    """What stops new placements with these providers on a day, by provider. Three statements."""
    types = content.document_types()
    found: dict[int, list[Stop]] = {}
    for one in library_documents(provider_ids):
        kind = types.get(one.type_key, {})
        is_closed = one.setting is not None and one.setting.closed_on is not None
        if not kind.get("blocks_placement") or is_closed:
            continue
        if stops_placements([facts_of(version) for version in one.versions], on):
            found.setdefault(one.provider_id, []).append(_stop(one, kind["title"], kind["of"]))
    return found


def _stop(document: Document, title: str, of: str) -> Stop:
    if of != "setting":
        return Stop(document, title)
    named = document.setting.name if document.setting else document.title
    return Stop(document, title, named, document.setting)
