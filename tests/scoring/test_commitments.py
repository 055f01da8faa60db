import hmac
import json
from hashlib import sha256

import pytest
from hypothesis import given, settings, strategies as st

from scoring.commitments import (
    HIDDEN,
    Mask,
    below,
    changed_items,
    commit,
    hide,
    is_item,
    item_hash,
    leads_somewhere,
    marks,
    path_text,
    read_path,
    reckon,
)
from scoring.rules import RuleBroken

FEW = settings(max_examples=60)
SECRET = bytes(range(32))
OTHER = bytes(32)
CONTENT = {
    "bids.json": {"bids": [{"bid": "A", "rows": [{"q": 1}, {"q": 2}]}, {"bid": "B", "rows": []}]},
    "round.json": {"ref": "RND-1"},
}


def root(value, salt=SECRET):
    return commit(value, salt).hash


def shown(value, *paths):
    return hide(value, commit(value, SECRET), SECRET, Mask.of(paths))


def test_the_rule_is_stated_and_stays():
    assert item_hash({"ref": "RND-1"}, SECRET) == (
        "32d352cb1163e6b13e3d0bff41223e3e8d3892af249de4adbc957f037d4c2311"
    )
    assert root(CONTENT) == "49f9aca9ae69eef8d3dd6d702dd8cd7d1e171f97a28c765b79412afa480da74a"


def test_the_rule_can_be_followed_with_the_standard_library_alone():
    salt = hmac.digest(hmac.digest(SECRET, b"k:a", "sha256"), b"n:0", "sha256")
    item = sha256(b"leaf\n" + salt + b'"x"').hexdigest()
    branch = sha256(b"branch\n" + f'["{item}"]'.encode()).hexdigest()
    assert root({"a": ["x"]}) == sha256(b"branch\n" + f'{{"a":"{branch}"}}'.encode()).hexdigest()


@pytest.mark.parametrize("item", [None, True, 7, "text", [], {}, {"a": 1, "b": None}])
def test_items_have_one_hash(item):
    assert is_item(item)


@pytest.mark.parametrize("branch", [[1], {"a": []}, {"a": {}}, [[]]])
def test_everything_else_is_a_branch(branch):
    assert not is_item(branch)


class TestTheRoot:
    def test_another_secret_makes_another_root(self):
        assert root(CONTENT) != root(CONTENT, OTHER)

    @pytest.mark.parametrize("salt", [b"", bytes(31), bytes(33)])
    def test_a_secret_of_another_length_is_refused(self, salt):
        with pytest.raises(RuleBroken) as refused:
            commit(CONTENT, salt)
        assert refused.value.code == "pack:secret"

    def test_no_part_may_pass_for_a_hidden_one(self):
        with pytest.raises(RuleBroken) as refused:
            commit({"a": [{HIDDEN: "0" * 64}]}, SECRET)
        assert refused.value.code == "pack:hidden-name"

    def test_equal_items_have_unlike_hashes(self):
        tree = commit([{"q": 1}, {"q": 1}], SECRET)
        assert tree.parts[0].hash != tree.parts[1].hash

    def test_a_list_is_not_an_object_with_numbers_for_names(self):
        assert root([["a"]]) != root({"0": ["a"]})


class TestHiding:
    def test_the_root_stays(self):
        found = shown(CONTENT, "bids.json/bids/0/rows/1")
        assert reckon(found.value, found.salts).node.hash == root(CONTENT)
        assert found.value["bids.json"]["bids"][0]["rows"][1].keys() == {HIDDEN}

    def test_only_what_is_shown_has_salts(self):
        found = shown(CONTENT, "bids.json/bids/1", "round.json")
        assert found.salts.keys() == {"bids.json/bids/0"}

    def test_nothing_hidden_is_one_salt(self):
        found = shown(CONTENT)
        assert found.value == CONTENT
        assert found.salts == {"": SECRET.hex()}

    def test_each_of_a_list(self):
        found = shown(CONTENT, "bids.json/bids/*/rows/*")
        rows = [entry["rows"] for entry in found.value["bids.json"]["bids"]]
        assert [set(row) for row in rows[0]] == [{HIDDEN}, {HIDDEN}]
        assert rows[1] == []
        assert reckon(found.value, found.salts).node.hash == root(CONTENT)

    def test_a_path_that_is_not_there_hides_nothing(self):
        found = shown(CONTENT, "bids.json/nothing/*", "round.json/refs")
        assert found.value == CONTENT
        assert reckon(found.value, found.salts).node.hash == root(CONTENT)

    @pytest.mark.parametrize("path", ["round.json/ref", "bids.json/bids/*/rows/*/*"])
    def test_half_an_item_cannot_be_hidden(self, path):
        with pytest.raises(RuleBroken) as refused:
            shown(CONTENT, path)
        assert refused.value.code == "pack:part-of-an-item"

    def test_a_name_may_not_be_empty(self):
        with pytest.raises(RuleBroken) as refused:
            commit({"": [1]}, SECRET)
        assert refused.value.code == "pack:empty-name"

    @pytest.mark.parametrize(
        ("path", "leads"),
        [
            ("round.json", True), ("bids.json/bids/*/rows/1", True), ("bids.json/bids/2", False),
            ("bids.json/bids/x", False), ("round.json/ref/0", False), ("*/bids", True),
        ],
    )  # fmt: skip
    def test_whether_a_path_leads_somewhere(self, path, leads):
        assert leads_somewhere(CONTENT, read_path(path)) == leads

    def test_a_hash_beside_other_names_hides_nothing(self):
        with pytest.raises(RuleBroken) as refused:
            reckon({"a": {HIDDEN: "0" * 64, "b": 1}}, {"": SECRET.hex()})
        assert refused.value.code == "pack:not-a-hash"

    def test_an_item_without_salt_is_told(self):
        found = reckon(CONTENT, {"bids.json": below(SECRET, "bids.json").hex()})
        assert found.without_salt == [("round.json",)]

    @pytest.mark.parametrize("salt", ["", "0" * 63, "G" * 64, 5])
    def test_a_salt_that_is_none(self, salt):
        with pytest.raises(RuleBroken) as refused:
            reckon(CONTENT, {"": salt})
        assert refused.value.code == "pack:not-a-hash"


class TestFinding:
    def test_the_item_that_was_changed(self):
        kept = marks(commit(CONTENT, SECRET))
        other = json.loads(json.dumps(CONTENT))
        other["bids.json"]["bids"][0]["rows"][1]["q"] = 3
        assert list(changed_items(commit(other, SECRET), kept)) == [
            ("bids.json", "bids", "0", "rows", "1")
        ]

    @pytest.mark.parametrize(
        ("rows", "path"),
        [([{"q": 1}], "1"), ([{"q": 1}, {"q": 2}, {"q": 3}], "2"), ([], None)],
    )
    def test_an_item_that_is_missing_or_added(self, rows, path):
        kept = marks(commit(CONTENT, SECRET))
        other = json.loads(json.dumps(CONTENT))
        other["bids.json"]["bids"][0]["rows"] = rows
        (found,) = changed_items(commit(other, SECRET), kept)
        assert found == ("bids.json", "bids", "0", "rows", *([path] if path else []))


def test_paths_are_written_and_read():
    for path in ((), ("a",), ("a/b", "~c", "0")):
        assert read_path(path_text(path)) == path


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("ab/~*0", min_size=1, max_size=2), inner, max_size=3)
    ),
    max_leaves=12,
)


def paths_of(value, path=()):
    """Every path to a part that can be hidden."""
    yield path
    if is_item(value):
        return
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(
        value, list
    ) else ()  # fmt: skip
    for step, part in parts:
        yield from paths_of(part, (*path, str(step)))


class TestProperties:
    @FEW
    @given(plain, st.data())
    def test_hiding_anything_keeps_the_root(self, value, data):
        every = [path for path in paths_of(value) if path and "*" not in path]
        chosen = data.draw(st.lists(st.sampled_from(every), max_size=4)) if every else []
        found = shown(value, *map(path_text, chosen))
        assert reckon(found.value, found.salts).node.hash == root(value)
        assert not reckon(found.value, found.salts).without_salt

    @FEW
    @given(plain, plain)
    def test_other_content_has_another_root(self, one, other):
        same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
        assert (root(one) == root(other)) == same

    @FEW
    @given(plain, plain)
    def test_what_differs_is_found(self, one, other):
        same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
        found = list(changed_items(commit(other, SECRET), marks(commit(one, SECRET))))
        assert bool(found) != same

    @FEW
    @given(plain, st.data())
    def test_hiding_again_hides_more_and_keeps_the_root(self, value, data):
        every = [path for path in paths_of(value) if path and "*" not in path]
        if not every:
            return
        first, second = data.draw(st.sampled_from(every)), data.draw(st.sampled_from(every))
        both = shown(value, path_text(first), path_text(second))
        one = shown(value, path_text(first))
        assert reckon(both.value, both.salts).node.hash == reckon(one.value, one.salts).node.hash
