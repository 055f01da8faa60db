from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from scoring.chain import GENESIS, link, next_hash, verify
from scoring.rules import RuleBroken

ENTRIES = [
    {"event": "round:published", "by": "P1"},
    {"event": "round:opened"},
    {"event": "bid:checked"},
]
OTHER = "f" * 64


def chained(entries):
    links, previous = [], GENESIS
    for number, entry in enumerate(entries, start=1):
        links.append(link(number, previous, entry))
        previous = links[-1].hash
    return links


def broken(links, **known):
    problem = verify(links, **known)
    return problem and (problem.number, problem.code)


def test_a_whole_chain_holds():
    links = chained(ENTRIES)
    assert verify(links) is None
    assert verify(links, head=links[-1].hash) is None
    assert verify([]) is None


def test_the_rule_is_stated_and_stays():
    assert next_hash(GENESIS, "{}") == (
        "5649d09ed68c17156095d175eef152856c5b1a81c117c409c1e00f096aa6838e"
    )


def test_what_is_not_a_hash_starts_nothing():
    for previous in ("", "0" * 63, "G" * 64, "0" * 64 + "\n"):
        with pytest.raises(RuleBroken) as refusal:
            next_hash(previous, "{}")
        assert refusal.value.code == "chain:not-a-hash"


def test_a_changed_entry_is_named():
    links = chained(ENTRIES)
    links[1] = replace(links[1], content='{"event":"round:cancelled"}')
    assert broken(links) == (2, "chain:content")


def test_an_entry_hashed_anew_breaks_the_next_link():
    links = chained(ENTRIES)
    links[1] = link(2, links[0].hash, {"event": "round:cancelled"})
    assert broken(links) == (3, "chain:previous")


def test_a_missing_moved_or_doubled_link_is_named():
    one, two, three = chained(ENTRIES)
    assert broken([one, three]) == (2, "chain:number")
    assert broken([one, three, two]) == (2, "chain:number")
    assert broken([one, two, two, three]) == (3, "chain:number")
    assert broken([one, replace(three, number=2)]) == (2, "chain:previous")


def test_a_chain_cut_short_needs_its_head_to_be_found_out():
    links = chained(ENTRIES)
    assert verify(links[:2]) is None
    assert broken(links[:2], head=links[-1].hash) == (3, "chain:cut-short")
    assert broken([], head=links[-1].hash) == (1, "chain:cut-short")


def test_a_slice_verifies_from_the_hash_before_it():
    first, *rest = chained(ENTRIES)
    renumbered = [replace(one, number=one.number - 1) for one in rest]
    assert verify(renumbered, first=first.hash) is None
    assert broken(renumbered) == (1, "chain:previous")


@given(
    st.lists(st.dictionaries(st.sampled_from("abc"), st.integers()), min_size=1, max_size=8),
    st.data(),
)
def test_any_one_change_is_detected(entries, data):
    links = chained(entries)
    head, at = links[-1].hash, data.draw(st.integers(0, len(links) - 1))
    old = links[at]
    changed = data.draw(
        st.sampled_from(
            [
                replace(old, content=old.content + " "),
                replace(old, number=old.number + 1),
                replace(old, previous=OTHER),
                replace(old, hash=OTHER),
                link(old.number, old.previous, {"forged": True}),
            ]
        )
    )
    assert verify(links, head=head) is None
    assert verify([*links[:at], changed, *links[at + 1 :]], head=head) is not None
    assert verify(links[:at] + links[at + 1 :], head=head) is not None
