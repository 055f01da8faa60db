"""Every template can be read, finds what it imports, and leads to pages that exist."""

import re
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment, meta, nodes
from werkzeug.routing import BuildError

from tests.sweeps.sources import ROOT, sources

FOLDER = ROOT / "templates"
NAMES = sorted(str(file.relative_to(FOLDER)) for file in FOLDER.rglob("*.*"))
SAFE_IS_SAID_BY = {"components/", "pdf/"}  # markup that the portal itself has made
USED_BY_FILTERS = re.compile(r"\|\s*safe\b")


@pytest.fixture
def trees(app):
    """Every template, read."""
    return _trees(app.jinja_env)


@cache
def _trees(environment: Environment) -> dict[str, nodes.Template]:
    return {name: environment.parse((FOLDER / name).read_text(), name) for name in NAMES}


def test_every_template_compiles(app):
    for name in NAMES:
        assert app.jinja_env.get_template(name)


def test_every_import_finds_what_it_names(trees):
    lost = []
    for name, tree in trees.items():
        for one in tree.find_all(nodes.FromImport):
            made = _made_by(trees, one.template.value)
            for wanted in one.names:
                word = wanted[0] if isinstance(wanted, tuple) else wanted
                if word not in made:
                    lost.append(f"{name}: {word} is not in {one.template.value}")
        for one in tree.find_all(nodes.Import):
            made = _made_by(trees, one.template.value)
            lost += [
                f"{name}: {one.template.value} has no {got.attr}"
                for got in tree.find_all(nodes.Getattr)
                if isinstance(got.node, nodes.Name)
                and got.node.name == one.target
                and got.attr not in made
            ]
    assert not lost, "\n" + "\n".join(sorted(lost))


def test_every_import_is_used(trees):
    idle = []
    shells = {
        tree.find(nodes.Extends).template.value
        for tree in trees.values()
        if tree.find(nodes.Extends)
    }
    for name, tree in trees.items():
        if name in shells or name.startswith("components/"):
            continue  # what they import is for those who stand on them
        text = (FOLDER / name).read_text()
        for one in tree.find_all(nodes.FromImport):
            words = [word if isinstance(word, str) else word[1] for word in one.names]
            idle += [
                f"{name}: {word}"
                for word in words
                if len(re.findall(rf"\b{re.escape(word)}\b", text)) < 2
            ]
    assert not idle, "\n" + "\n".join(sorted(idle))


def test_every_block_of_a_page_has_its_place_in_the_shell(trees):
    lost = []
    for name, tree in trees.items():
        parent = tree.find(nodes.Extends)
        if parent is None:
            continue
        above = _blocks(trees, parent.template.value)
        own = {block.name for block in tree.find_all(nodes.Block)}
        inner = {
            block.name
            for outer in tree.find_all(nodes.Block)
            for block in outer.find_all(nodes.Block)
        }
        lost += [f"{name}: {block}" for block in own - above - inner]
    assert not lost, "\n" + "\n".join(sorted(lost))


def test_every_template_is_used_by_something(trees):
    spoken_of = " ".join(source.text for source in sources("portal", "forms"))
    included = {
        one for tree in trees.values() for one in meta.find_referenced_templates(tree) if one
    }
    made_up = ("emails/", "errors/", "content/kinds/")  # named by a word of a vocabulary
    idle = [
        name
        for name in NAMES
        if name not in included and not name.startswith(made_up) and name not in spoken_of
    ]
    assert not idle, "\n" + "\n".join(sorted(idle))


def test_every_template_that_is_named_exists():
    named = re.compile(r"\b(?:page|render_template|render_pdf|get_template)\(\s*f?\"([^\"{]+)\"")
    lost = {
        f"{source.name}: {name}"
        for source in sources("portal")
        for name in named.findall(source.text)
        if not (FOLDER / name).exists()
    }
    assert not lost, "\n" + "\n".join(sorted(lost))


def test_every_address_in_a_template_is_of_a_page_that_exists(app, trees):
    lost = []
    adapter = app.url_map.bind("localhost")
    for name, tree in trees.items():
        room = name.partition("/")[0]
        for call in tree.find_all(nodes.Call):
            if not (isinstance(call.node, nodes.Name) and call.node.name == "url_for"):
                continue
            endpoint = call.args[0].value if isinstance(call.args[0], nodes.Const) else None
            if endpoint is None or endpoint == "static" or endpoint.startswith("demo."):
                continue  # a file, with its version behind the question mark
            full = f"{room}{endpoint}" if endpoint.startswith(".") else endpoint
            given = {word.key: "1" for word in call.kwargs}
            if not _can_be_built(adapter, full, given, open_ended=call.dyn_kwargs is not None):
                lost.append(f"{name}: {endpoint} with {sorted(given)}")
    assert not lost, "\n" + "\n".join(sorted(lost))


def test_markup_is_trusted_only_where_the_portal_made_it():
    trusting = [
        name
        for name in NAMES
        if USED_BY_FILTERS.search((FOLDER / name).read_text())
        and not name.startswith(tuple(SAFE_IS_SAID_BY))
    ]
    assert not trusting, "\n" + "\n".join(sorted(trusting))


def test_no_template_carries_style_or_script_of_its_own():
    refused = re.compile(r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son[a-z]+=|javascript:")
    found = [
        f"{name}: {match[0]}"
        for name in NAMES
        if name.endswith(".html") and not name.startswith("pdf/")
        for match in refused.finditer((FOLDER / name).read_text())
    ]
    assert not found, "\n" + "\n".join(sorted(found))


def _made_by(trees: dict[str, nodes.Template], name: str) -> set[str]:
    tree = trees.get(name)
    assert tree is not None, f"{name} is imported and not there"
    macros = {one.name for one in tree.find_all(nodes.Macro)}
    words = {
        target.name
        for one in tree.find_all(nodes.Assign)
        for target in one.find_all(nodes.Name)
        if target.ctx == "store"
    }
    handed_on = {
        word if isinstance(word, str) else word[1]
        for one in tree.find_all(nodes.FromImport)
        for word in one.names
    }
    return macros | words | handed_on


def _blocks(trees: dict[str, nodes.Template], name: str) -> set[str]:
    tree = trees[name]
    own = {block.name for block in tree.find_all(nodes.Block)}
    parent = tree.find(nodes.Extends)
    return own | (_blocks(trees, parent.template.value) if parent else set())


def _can_be_built(adapter, endpoint: str, given: dict[str, str], *, open_ended: bool) -> bool:
    rules = list(adapter.map.iter_rules(endpoint)) if endpoint in _endpoints(adapter) else []
    if open_ended:
        return bool(rules)
    try:
        adapter.build(endpoint, given)
    except BuildError:
        return False
    known = set().union(*(rule.arguments for rule in rules))
    return all(word in known or _may_be_asked(word) for word in given)


def _may_be_asked(word: str) -> bool:
    """Whether a word that goes into the query of an address is read by anything."""
    return word == "_anchor" or any(
        f'"{word}"' in source.text for source in sources("portal", "forms")
    )


def _endpoints(adapter) -> set[str]:
    return {rule.endpoint for rule in adapter.map.iter_rules()}


def test_every_template_lies_in_the_folder_of_its_room():
    rooms = {file.parent.name for file in Path(ROOT / "portal").glob("*/__init__.py")}
    known = rooms | {"components", "emails", "errors", "pages", "pdf", "opening", "compliance"}
    assert {name.partition("/")[0] for name in NAMES if "/" in name} - known == set()
