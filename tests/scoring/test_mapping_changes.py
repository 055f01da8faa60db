"""Changes of the mapping: what was asked for changes, and nothing else."""

import pytest
from hypothesis import given, strategies as st

from scoring.mapping_changes import with_code, with_word
from scoring.placement_types import Mapping903
from scoring.rules import RuleBroken

PLACES, PROVIDERS, TYPES = ("U4", "K2"), ("PR1", "PR4", "PR5"), ("ifa", "own", "other")


def a_body(codes):
    types = [
        {"key": key, "title": key.title(), "paid": True, "group": "none", "words": []}
        for key in TYPES
    ]
    lines = [
        {"place": place, "providers": list(providers), "type": kind}
        for (place, providers), kind in codes.items()
    ]
    return {"types": types, "codes": lines}


bodies = st.dictionaries(
    st.tuples(st.sampled_from(PLACES), st.sampled_from([(), ("PR1",), ("PR4", "PR5")])),
    st.sampled_from(TYPES),
).map(a_body)
wanted = st.lists(st.sampled_from(PROVIDERS), max_size=3, unique=True)


@given(bodies, st.sampled_from(PLACES), wanted, st.sampled_from(TYPES))
def test_only_what_was_asked_for_leads_elsewhere(body, place, providers, kind):
    before = Mapping903.from_content(body)
    if all(before.codes.get((place, one)) == kind for one in providers or ["*"]):
        with pytest.raises(RuleBroken) as broken:
            with_code(body, place, providers, kind)
        assert broken.value.code == "types:no-change"
        return
    after = Mapping903.from_content(with_code(body, place, providers, kind))
    for one in PLACES:
        for provider in (*PROVIDERS, "*"):
            changed = one == place and provider in (providers or ["*"])
            expected = kind if changed else before.codes.get((one, provider))
            assert after.codes.get((one, provider)) == expected


@pytest.mark.parametrize(
    ("place", "providers", "kind", "code"),
    [
        ("U", [], "ifa", "types:place"),
        ("U44", [], "ifa", "types:place"),
        ("U4", ["4"], "ifa", "types:provider"),
        ("U4", [], "space", "types:unknown"),
    ],
)
def test_what_is_no_code_is_refused(place, providers, kind, code):
    with pytest.raises(RuleBroken) as broken:
        with_code(a_body({}), place, providers, kind)
    assert broken.value.code == code


def test_a_word_leads_to_one_type_alone():
    body = with_word(a_body({}), "Space hotel", "own")
    assert Mapping903.from_content(body).of_words("space-hotel") == "own"
    for word, code in (("SPACE HOTEL", "types:word-taken"), (" - ", "types:no-word")):
        with pytest.raises(RuleBroken) as broken:
            with_word(body, word, "ifa")
        assert broken.value.code == code
