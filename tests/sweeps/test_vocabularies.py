"""Closed vocabularies are whole: what is named is used, and what is used has its other half."""

import ast
import re
from collections import defaultdict
from datetime import UTC, datetime
from functools import cache
from importlib import import_module

import pytest
from jinja2 import meta

from portal import jobs, queue
from portal.access import DENIALS, GRANTS, Permission, Role
from portal.audit import Event
from portal.mail import Message
from scoring import stage_names
from scoring.stages import LIVES, ends, verbs_from
from tests.sweeps.sources import ROOT, Source, calls, members_named, sources

GRAMMAR = re.compile(r"[a-z]+(-[a-z]+)*:[a-z]+(-[a-z]+)*")
GIVEN_TO_EVERY_MAIL = {"base_url", "product_name", "about"}
STAGES = [(life, stage) for life in LIVES.values() for stage in type(life.start)]


@pytest.mark.parametrize(
    ("life", "stage"), STAGES, ids=[f"{life.name}-{stage}" for life, stage in STAGES]
)
def test_every_stage_has_a_way_out_or_is_an_end(life, stage):
    leads_on = bool(verbs_from(life, stage)) or stage in life.clock
    assert leads_on != ends(life, stage)


def test_every_stage_can_be_reached():
    for life in LIVES.values():
        led_to = {life.start, *life.moves.values()}
        led_to |= {stage for after in life.clock.values() for stage in after}
        assert set(type(life.start)) - led_to == set(), life.name


def test_every_kind_of_stage_belongs_to_a_life():
    lived = {type(life.start) for life in LIVES.values()}
    named = {one for name, one in vars(stage_names).items() if name.endswith("Stage")}
    assert named == lived


def test_every_stage_has_a_colour_of_its_own_word(app):
    tag = app.jinja_env.get_template("components/tag.html").module
    assert {stage.value for _, stage in STAGES} - set(tag.STAGE_COLOURS) == set()


@pytest.mark.parametrize("vocabulary", [Event, Permission])
def test_words_follow_the_grammar(vocabulary):
    assert [one.value for one in vocabulary if not GRAMMAR.fullmatch(one.value)] == []


def test_every_event_is_recorded_somewhere():
    assert {one.name for one in Event} - members_named("Event") == set()


def test_every_message_is_written_somewhere():
    assert {one.name for one in Message} - members_named("Message") == set()


def test_every_permission_is_asked_for_and_somebody_has_it():
    asked = {
        node.attr
        for source in sources()
        if source.name != "portal/access.py"
        for node in source.nodes
        if isinstance(node, ast.Attribute)
    }
    assert {one.name for one in Permission} - asked == set()
    assert set(Permission) - frozenset().union(*GRANTS.values()) == set()


def test_every_role_has_its_grants_and_no_denial_is_idle():
    assert set(GRANTS) == set(Role)
    granted = {role: GRANTS[role] for role in Role}
    for role, denied in DENIALS.items():
        others = frozenset().union(*(granted[one] for one in Role if one is not role))
        assert denied <= others, f"what {role} forbids, nobody else may do"


def test_every_mail_has_its_template_and_every_template_its_mail():
    templates = {file.stem for file in (ROOT / "templates" / "emails").glob("*.txt")}
    assert templates == {one.value for one in Message}


@pytest.mark.parametrize("message", list(Message))
def test_a_mail_says_what_it_is_about_and_is_handed_all_that_it_says(app, message):
    source, _, _ = app.jinja_env.loader.get_source(app.jinja_env, f"emails/{message.value}.txt")
    wanted = meta.find_undeclared_variables(app.jinja_env.parse(source)) - GIVEN_TO_EVERY_MAIL
    for place, handed in _mails()[message.name]:
        assert wanted - handed == set(), place
    with app.test_request_context():
        told = {name: _like(name) for name in wanted | GIVEN_TO_EVERY_MAIL}
        text = app.jinja_env.get_template(f"emails/{message.value}.txt").render(told)
    first, _, body = text.strip().partition("\n")
    assert first.startswith("Subject: ")
    assert len(first) < 120
    assert body.strip()
    assert "{" not in text


def _like(name: str) -> object:
    """Something that a mail might say under this name."""
    if name.endswith(("_at", "_on")) or name == "until":
        return datetime(2027, 3, 4, 12, tzinfo=UTC)
    return 7 if name == "days" else name


@cache
def _mails() -> dict[str, list[tuple[str, set[str]]]]:
    """Where each mail is written by name, and the words that it is handed there."""
    found: dict[str, list[tuple[str, set[str]]]] = defaultdict(list)
    for source, call in calls("portal"):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        first = call.args[0] if call.args else None
        if name in {"write", "to_address"} and isinstance(first, ast.Attribute):
            words = {word.arg for word in call.keywords}
            if None not in words:
                given = words | ({"name"} if name == "write" else set())
                found[first.attr].append((f"{source.name}:{call.lineno}", given))
    return found


def test_every_kind_of_work_that_is_asked_for_has_somebody_to_do_it():
    assert jobs is not None  # importing it registers the handlers
    asked = set()
    for source, call in calls("portal"):
        if ast.unparse(call.func) == "queue.put":
            kind = call.args[0]
            asked.add(kind.value if isinstance(kind, ast.Constant) else _value_of(source, kind))
    assert asked
    assert asked - set(queue._handlers) == set()
    assert set(queue._handlers) - asked == set(), "work that nobody asks for"


def _value_of(source: Source, name: ast.expr) -> str:
    module = import_module(source.name.removesuffix(".py").replace("/", "."))
    return getattr(module, ast.unparse(name))


def test_nothing_unfinished_is_left_in_the_source():
    unfinished = re.compile(r"\b(TODO|FIXME|XXX|HACK|breakpoint\(|pdb)\b")
    found = []
    for source in sources("portal", "forms", "scoring", "tests"):
        if source.path.name == "test_vocabularies.py":
            continue
        for number, line in enumerate(source.text.splitlines(), 1):
            if unfinished.search(line):
                found.append(f"{source.name}:{number}: {line.strip()}")
    printed = [
        f"{source.name}:{call.lineno}"
        for source, call in calls("portal", "forms", "scoring")
        if isinstance(call.func, ast.Name) and call.func.id == "print"
    ]
    assert found + printed == []
