"""Versions of content: added when the text differs, and never touched again."""

from copy import deepcopy
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, func, select
from werkzeug.exceptions import NotFound

from portal.access import ANONYMOUS, OrganisationKind, Post, Role, Viewer
from portal.audit import AuditEntry, Event
from portal.content import actions, queries
from portal.content.loading import defaults
from portal.content.models import ContentVersion
from portal.content.schemas import Kind
from portal.people.models import Council
from scoring.canonical import sha256_of
from scoring.rules import RuleBroken
from tests.factories.replay import replayed

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SYSTEM = Viewer.system()


@replayed
def load():
    actions.load_defaults(actor=SYSTEM, now=NOW)


@pytest.fixture
def loaded(session):
    load()
    return session


@pytest.fixture
def luton(session):
    council = Council(name="Luton Council", slug="luton", created_at=NOW)
    session.add(council)
    session.flush()
    return council


def viewer(role, council_id=1, kind=OrganisationKind.COUNCIL):
    return Viewer(
        person_id=None,
        name="Kim",
        posts=(Post(role, council_id, kind, "A council"),),
        ref="PER-KIM",
    )


def test_loading_takes_in_everything_that_ships(session):
    added = actions.load_defaults(actor=SYSTEM, now=NOW)
    assert len(added) == len(defaults())
    assert {version.version for version in added} == {1}
    assert {version.source for version in added} == {"shipped"}


def test_loading_again_adds_nothing(loaded):
    assert actions.load_defaults(actor=SYSTEM, now=NOW) == []


def test_a_stored_text_still_has_its_hash(loaded):
    loaded.expire_all()
    for version in loaded.scalars(select(ContentVersion)):
        assert sha256_of(queries.canonical(version)) == version.sha256


def test_a_changed_text_becomes_a_version_and_the_old_one_stays(loaded, monkeypatch):
    before = queries.newest(Kind.SCALE, "officers-0-5")
    old = deepcopy(before.body)
    shipped = defaults()
    changed = next(content for content in shipped if content.key == "officers-0-5")
    changed.body["points"][0]["label"] = "Nothing"
    object.__setattr__(changed, "sha256", "0" * 64)
    monkeypatch.setattr(actions, "defaults", lambda: shipped)
    added = actions.load_defaults(actor=SYSTEM, now=NOW)
    assert [(version.key, version.version) for version in added] == [("officers-0-5", 2)]
    assert queries.content(Kind.SCALE, "officers-0-5", 1).body == old
    assert queries.content(Kind.SCALE, "officers-0-5").version == 2


def test_loading_leaves_a_councils_own_version_alone(loaded, luton):
    own = _own_scale(luton)
    assert actions.load_defaults(actor=SYSTEM, now=NOW) == []
    assert queries.newest(Kind.SCALE, "officers-0-5") is own
    assert queries.newest(Kind.SCALE, "officers-0-5", source="shipped").version == 1


def test_each_version_is_in_the_trail(loaded):
    recorded = loaded.scalar(
        select(func.count()).where(AuditEntry.event == Event.CONTENT_PUBLISHED.value)
    )
    assert recorded == len(defaults())


@pytest.mark.parametrize("role", [Role.COMMISSIONER, Role.EVALUATOR, Role.AUDITOR, Role.FINANCE])
def test_only_an_administrator_loads(session, role):
    with pytest.raises(RuleBroken, match="Only an administrator"):
        actions.load_defaults(actor=viewer(role), now=NOW)
    assert session.scalar(select(func.count(ContentVersion.id))) == 0


def test_a_commissioner_publishes_for_the_own_council(loaded, luton):
    version = _own_scale(luton)
    assert (version.version, version.source) == (2, luton.ref)
    assert queries.scale(version).label(0) == "Nothing at all"
    assert queries.scale(queries.content(Kind.SCALE, "officers-0-5", 1)).label(0) == "No answer"


def test_publishing_the_same_text_twice_adds_one_version(loaded, luton):
    assert _own_scale(luton) is _own_scale(luton)
    assert len(queries.versions(Kind.SCALE, "officers-0-5")) == 2


def test_nobody_publishes_for_another_council(loaded, luton):
    with pytest.raises(RuleBroken, match="your own council"):
        _own_scale(luton, actor=viewer(Role.COMMISSIONER, luton.id + 1))


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.ADMINISTRATOR, Role.APPROVER, Role.FINANCE])
def test_only_a_commissioner_publishes(loaded, luton, role):
    with pytest.raises(RuleBroken, match="Only a commissioner"):
        _own_scale(luton, actor=viewer(role, luton.id))


def test_a_commissioner_who_is_an_auditor_too_does_not_publish(loaded, luton):
    posts = viewer(Role.COMMISSIONER, luton.id).posts + viewer(Role.AUDITOR, luton.id).posts
    both = Viewer(person_id=None, name="Kim", posts=posts, ref="PER-KIM")
    with pytest.raises(RuleBroken, match="Only a commissioner"):
        _own_scale(luton, actor=both)


def test_nothing_is_kept_of_what_is_refused(loaded, luton):
    before = loaded.scalar(select(func.count(ContentVersion.id)))
    body = {**queries.content(Kind.SCHEME, "apl-16plus").body, "decimals": 9}
    with pytest.raises(RuleBroken):
        actions.publish_version(
            Kind.SCHEME,
            "apl-16plus",
            body,
            council=luton,
            actor=viewer(Role.COMMISSIONER, luton.id),
            now=NOW,
        )
    assert loaded.scalar(select(func.count(ContentVersion.id))) == before


def test_a_scheme_is_checked_against_the_scales_that_are_there(loaded, luton):
    body = deepcopy(queries.content(Kind.SCHEME, "apl-16plus").body)
    body["criteria"][0]["scale"] = "unheard-of"
    with pytest.raises(RuleBroken) as caught:
        actions.publish_version(
            Kind.SCHEME,
            "own",
            body,
            council=luton,
            actor=viewer(Role.COMMISSIONER, luton.id),
            now=NOW,
        )
    assert caught.value.code == "scheme:no-scale"


def test_a_bundle_holds_what_a_round_points_at(loaded):
    template = next(one for one in queries.templates() if one.key == "apl-16plus")
    bundle = queries.bundle(template)
    assert bundle.question_set.kind == "question-set"
    assert bundle.rate_card.kind == "rate-card"
    assert bundle.checklist.kind == "checklist"
    assert bundle.officer_scale.key == "officers-0-5"
    assert bundle.young_scale.key == "faces-0-4"
    assert bundle.ofsted_scale.key == "ofsted-supported-accommodation"
    assert queries.scheme(bundle.scheme).least_pairs == 1


def test_what_is_not_there_is_not_found(loaded):
    for kind, key, version in [
        ("scale", "none", None),
        ("recipe", "cake", None),
        ("scale", "faces-0-4", 9),
    ]:
        with pytest.raises(NotFound):
            queries.content(kind, key, version)
    with pytest.raises(NotFound):
        queries.by_id(999_999)


def test_types_of_document_by_key(session):
    assert queries.document_types() == {}
    actions.load_defaults(actor=SYSTEM, now=NOW)
    assert queries.document_types()["gas-safety-record"]["months"] == 12


@pytest.mark.parametrize(
    "stranger", [ANONYMOUS, viewer(Role.PROVIDER_ADMIN, 7, OrganisationKind.PROVIDER)]
)
def test_the_catalogue_is_for_the_councils(loaded, stranger):
    with pytest.raises(NotFound):
        queries.catalogue(viewer=stranger)


def test_the_catalogue_takes_one_statement_however_much_there_is(loaded, luton):
    first = _statements(lambda: queries.catalogue(viewer=viewer(Role.COMMISSIONER)))
    for number in range(5):
        _own_scale(luton, key=f"own-{number}")
    loaded.flush()
    loaded.expunge_all()
    assert _statements(lambda: queries.catalogue(viewer=viewer(Role.COMMISSIONER))) == first == 1


def _own_scale(council, *, actor=None, key="officers-0-5"):
    body = deepcopy(queries.content(Kind.SCALE, "officers-0-5", 1).body)
    body["points"][0]["label"] = "Nothing at all"
    actor = actor or viewer(Role.COMMISSIONER, council.id)
    return actions.publish_version(Kind.SCALE, key, body, council=council, actor=actor, now=NOW)


def _statements(read):
    from portal.db import db

    seen = []
    listen = lambda *_, **__: seen.append(1)  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        read()
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
    return len(seen)
