"""Reading content. It is published with every round and holds nothing secret, so that the plain
look-ups ask for no viewer; the pages that list it do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import load_only
from werkzeug.exceptions import NotFound

from portal.access import Permission, Viewer
from portal.content.kinds import Kind
from portal.content.models import ContentVersion
from portal.content.references import NAMED_BY_A_TEMPLATE
from portal.db import db
from scoring.canonical import canonical_json
from scoring.criteria import Scheme
from scoring.ofsted import OutcomeScale
from scoring.scales import Scale

SHIPPED = "shipped"
OF_A_ROUND = "RND-%"  # the source of what belongs to one round only


@dataclass(frozen=True, slots=True)
class Bundle:
    """A round template with the newest version of everything that it names."""

    template: ContentVersion
    question_set: ContentVersion
    checklist: ContentVersion
    rate_card: ContentVersion
    scheme: ContentVersion
    ofsted_scale: ContentVersion
    scales: Mapping[str, ContentVersion]  # by key: those of the scheme's criteria
    officer_scale: ContentVersion | None
    young_scale: ContentVersion | None


def newest(kind: Kind | str, key: str, *, source: str | None = None) -> ContentVersion | None:
    """The newest version, or none; with a source, the newest that came from there."""
    wanted = [ContentVersion.kind == Kind(kind).value, ContentVersion.key == key]
    if source is not None:
        wanted.append(ContentVersion.source == source)
    statement = (
        select(ContentVersion).where(*wanted).order_by(ContentVersion.version.desc()).limit(1)
    )
    return db.session.scalar(statement)


def newest_sha256(kind: Kind, key: str) -> str | None:
    """What the newest version hashes to, without reading it: what was made of it may be kept."""
    return db.session.scalar(
        select(ContentVersion.sha256)
        .where(ContentVersion.kind == kind.value, ContentVersion.key == key)
        .order_by(ContentVersion.version.desc())
        .limit(1)
    )


def content(kind: Kind | str, key: str, version: int | None = None) -> ContentVersion:
    """That version, or the newest.

    Raises:
        NotFound: there is none.
    """
    if kind not in set(Kind):
        raise NotFound
    if version is None:
        return _there(newest(kind, key))
    return _there(
        db.session.scalar(
            select(ContentVersion).where(
                ContentVersion.kind == Kind(kind).value,
                ContentVersion.key == key,
                ContentVersion.version == version,
            )
        )
    )


def by_id(content_id: int) -> ContentVersion:
    """The version that a round points at.

    Raises:
        NotFound: there is none.
    """
    return _there(db.session.get(ContentVersion, content_id))


def versions(kind: Kind | str, key: str) -> list[ContentVersion]:
    """Every version, newest first, without the bodies."""
    wanted = [ContentVersion.kind == Kind(kind).value, ContentVersion.key == key]
    statement = _without_bodies().where(*wanted).order_by(ContentVersion.version.desc())
    return list(db.session.scalars(statement))


def catalogue(viewer: Viewer) -> dict[Kind, list[ContentVersion]]:
    """The newest version of everything, by kind (what is made of others first), without the bodies.

    Raises:
        NotFound: for somebody who may not read content.
    """
    if not viewer.may(Permission.CONTENT_READ):
        raise NotFound
    found: dict[Kind, list[ContentVersion]] = {kind: [] for kind in reversed(Kind)}
    for version in db.session.scalars(
        _without_bodies().where(_is_newest(), _for_any_round()).order_by(ContentVersion.key)
    ):
        found[Kind(version.kind)].append(version)
    return {kind: of_kind for kind, of_kind in found.items() if of_kind}


def templates() -> list[ContentVersion]:
    """The newest version of each round template, for whoever makes a round."""
    wanted = ContentVersion.kind == Kind.ROUND_TEMPLATE.value
    return list(
        db.session.scalars(
            select(ContentVersion).where(wanted, _is_newest()).order_by(ContentVersion.key)
        )
    )


def document_types() -> dict[str, dict[str, Any]]:
    """The types of document by key, as the newest version tells them; empty before any was loaded."""
    version = newest(Kind.DOCUMENT_TYPES, "standard")
    return {} if version is None else {kind["key"]: kind for kind in version.body["types"]}


def shelf() -> dict[tuple[Kind, str], ContentVersion]:
    """The newest version of everything by kind and key, in one statement."""
    return {
        (Kind(version.kind), version.key): version
        for version in db.session.scalars(
            select(ContentVersion).where(_is_newest(), _for_any_round())
        )
    }


def bundle(template: ContentVersion) -> Bundle:
    """What a round made from a template would point at.

    Raises:
        NotFound: something that the template names is not there.
    """
    there = shelf()
    named = {
        name: _there(there.get((kind, template.body[name])))
        for name, kind in NAMED_BY_A_TEMPLATE.items()
    }
    scale_of = {
        leaf.panel.value: _there(there.get((Kind.SCALE, leaf.scale)))
        for leaf in scheme(named["scheme"]).leaves
        if not leaf.is_price
    }
    return Bundle(
        template=template,
        scales={version.key: version for version in scale_of.values()},
        officer_scale=scale_of.get("officers"),
        young_scale=scale_of.get("young"),
        **named,
    )


_SCALES: dict[str, Scale] = {}  # by the hash of the text; a process meets a handful of them
_SCHEMES: dict[str, Scheme] = {}
_OUTCOMES: dict[str, OutcomeScale] = {}


def scale(version: ContentVersion) -> Scale:
    """The rules of a scale; read once for each text."""
    if version.sha256 not in _SCALES:
        _SCALES[version.sha256] = Scale.from_content(version.body)
    return _SCALES[version.sha256]


def scheme(version: ContentVersion) -> Scheme:
    """The rules of an evaluation scheme; read once for each text."""
    if version.sha256 not in _SCHEMES:
        _SCHEMES[version.sha256] = Scheme.from_content(version.body)
    return _SCHEMES[version.sha256]


def ofsted_scale(version: ContentVersion) -> OutcomeScale:
    """The rules of a scale of Ofsted's outcomes; read once for each text."""
    if version.sha256 not in _OUTCOMES:
        _OUTCOMES[version.sha256] = OutcomeScale.from_content(version.body)
    return _OUTCOMES[version.sha256]


def ofsted_scale_of(service: str) -> OutcomeScale:
    """The newest scale of Ofsted's outcomes for a service, such as "fostering"."""
    return ofsted_scale(content(Kind.OFSTED_SCALE, f"ofsted-{service}"))


def canonical(version: ContentVersion) -> str:
    """The text that the hash of a version covers."""
    return canonical_json(version.body)


def _there(version: ContentVersion | None) -> ContentVersion:
    if version is None:
        raise NotFound
    return version


def _without_bodies() -> Select[tuple[ContentVersion]]:
    kept = (
        ContentVersion.id,
        ContentVersion.ref,
        ContentVersion.kind,
        ContentVersion.key,
        ContentVersion.version,
        ContentVersion.title,
        ContentVersion.sha256,
        ContentVersion.source,
        ContentVersion.published_at,
    )
    return select(ContentVersion).options(load_only(*kept))


def _for_any_round() -> ColumnElement[bool]:
    """What any round may be made from, without the copies that belong to one."""
    return ContentVersion.source.not_like(OF_A_ROUND)


def _is_newest() -> ColumnElement[bool]:
    other = ContentVersion.__table__.alias("other")
    highest = (
        select(func.max(other.c.version))
        .where(other.c.kind == ContentVersion.kind, other.c.key == ContentVersion.key)
        .scalar_subquery()
    )
    return ContentVersion.version == highest
