"""A council's own version of the framework. Visits that are planned keep the version they have."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from portal.access import Viewer
from portal.content import actions as content
from portal.content.kinds import Kind
from portal.content.models import ContentVersion
from portal.content.queries import SHIPPED, newest
from portal.people.models import Council
from portal.visits import frameworks
from scoring.canonical import canonical_json, sha256_of
from scoring.rules import RuleBroken
from scoring.visits import MATTERS_OF_THE_LAW

Body = dict[str, Any]


def change_matter(
    council: Council,
    key: str,
    words: Mapping[str, Any],
    *,
    seen: str | None = None,
    actor: Viewer,
    now: datetime,
) -> ContentVersion:
    """Publish the council's version with other words for one matter.

    Args:
        words: title, plain, formal, guidance and young_guidance; what is left out stays.
        seen: the digest of the matter that the writer had before them; without one, none is asked.

    Raises:
        RuleBroken: the actor may not; `framework:no-matter`, `framework:changed`, `content:…`.
    """

    def change(body: Body) -> None:
        matter = _matter(body, key)
        if seen is not None and seen != digest(matter) and matter != {**matter, **words}:
            message = "A colleague changed these words meanwhile. Press again to publish yours."
            raise RuleBroken("framework:changed", message)
        matter.update(words)

    return _publish(council, change, actor=actor, now=now)


def add_matter(
    council: Council, key: str, words: Mapping[str, Any], *, actor: Viewer, now: datetime
) -> ContentVersion:
    """Publish the council's version with one matter more.

    Raises:
        RuleBroken: the actor may not; `framework:key-used`, `content:…`.
    """
    _refuse_used(council, key, str(words.get("title", "")))

    def change(body: Body) -> None:
        body["matters"].append({"key": key, "source": "", "standards": [], "asks": [], **words})

    return _publish(council, change, actor=actor, now=now)


def drop_matter(council: Council, key: str, *, actor: Viewer, now: datetime) -> ContentVersion:
    """Publish the council's version without a matter that it added.

    Raises:
        RuleBroken: the actor may not; `framework:of-the-law`, `framework:no-matter`.
    """
    if key in MATTERS_OF_THE_LAW:
        words = "The regulations name this matter, so it stays."
        raise RuleBroken("framework:of-the-law", words)

    def change(body: Body) -> None:
        body["matters"].remove(_matter(body, key))

    return _publish(council, change, actor=actor, now=now)


def take_shipped(council: Council, *, actor: Viewer, now: datetime) -> ContentVersion:
    """Go back to the words that ship with the portal.

    Raises:
        RuleBroken: the actor may not; `visit:no-framework`.
    """
    shipped = newest(Kind.VISIT_FRAMEWORK, frameworks.KEY, source=SHIPPED)
    if shipped is None:
        raise RuleBroken("visit:no-framework", "No framework ships with this portal.")

    def change(body: Body) -> None:
        body.clear()
        body.update(deepcopy(shipped.body))

    return _publish(council, change, actor=actor, now=now)


def digest(matter: Mapping[str, Any]) -> str:
    """What tells one wording of a matter from another."""
    return sha256_of(canonical_json(dict(matter)))


def _refuse_used(council: Council, key: str, title: str) -> None:
    """A key that meant something else before would put the scores of both on one line."""
    for version in frameworks.versions_of(council):
        for matter in version.body["matters"]:
            if matter["key"] == key and matter["title"].casefold() != title.casefold():
                words = f"{key} was “{matter['title']}” before. Choose another short name."
                raise RuleBroken("framework:key-used", words, "key")


def _publish(
    council: Council, change: Callable[[Body], None], *, actor: Viewer, now: datetime
) -> ContentVersion:
    body = deepcopy(frameworks.of_council(council).body)
    change(body)
    return content.publish_version(
        Kind.VISIT_FRAMEWORK, frameworks.KEY, body, council=council, actor=actor, now=now
    )


def _matter(body: Body, key: str) -> Body:
    found: Body | None = next((one for one in body["matters"] if one["key"] == key), None)
    if found is None:
        raise RuleBroken("framework:no-matter", "This framework has no such matter.")
    return found
