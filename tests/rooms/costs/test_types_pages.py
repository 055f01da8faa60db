"""The mapping of placement types: changed with a look at what follows, by version, by finance alone."""

import pytest

from portal.access import Viewer
from portal.costs.figures import store
from portal.costs.placement_types import versions as types
from portal.costs.placement_types.actions import publish_types
from portal.costs.placement_types.shown import changes_table
from portal.costs.reports.asking import Asked, Wanted
from scoring.mapping_changes import with_code
from scoring.placement_types import Mapping903
from scoring.rules import RuleBroken
from tests.factories.contracts import a_finance_officer
from tests.factories.placements import NOW, a_costing_council, bring_in
from tests.factories.rounds import an_officer

SYSTEM = Viewer.system()
EPISODES = """CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN
1,01/06/2025,S,E1,N1,U4,PR4,,,,,,
2,01/07/2025,S,E1,N1,U4,PR1,,,,,,
"""


@pytest.fixture
def luton(session):
    council = a_costing_council()
    bring_in(council, ("2026.csv", EPISODES))
    return council


def asked():
    return Asked(Wanted("luton"), SYSTEM)


def changed(council, actor=SYSTEM, **more):
    used = types.version_of(council)
    body = with_code(used.body, "U4", ["PR4"], "residential")
    values = {"seen": used.sha256, "used": used, "actor": actor, "now": NOW} | more
    return publish_types(council, body, **values)


def test_what_would_change_is_told_and_then_it_does(luton):
    used = types.version_of(luton)
    body = with_code(used.body, "U4", ["PR4"], "residential")
    rows = changes_table(asked(), Mapping903.from_content(body)).rows
    assert [(row["type"], row["children"], row["children_after"]) for row in rows] == [
        ("IFA fostering", 1, 0),
        ("Residential, funding not stated", 0, 1),
    ]
    version = changed(luton)
    assert (version.key, version.version) == ("luton", 1)
    cells = store.figures(luton, asked().as_at)
    assert cells[2025, "residential"].children == 1
    assert (2025, "ifa") not in cells
    assert types.version_of(a_costing_council("bedford-borough")).source == "shipped"


def test_somebody_who_was_quicker_is_not_overwritten(luton):
    before = types.version_of(luton).sha256
    changed(luton)
    with pytest.raises(RuleBroken) as broken:
        publish_types(
            luton,
            types.version_of(luton).body,
            seen=before,
            used=types.version_of(luton),
            actor=SYSTEM,
            now=NOW,
        )
    assert broken.value.code == "types:changed"


def test_only_finance_of_the_council_changes_it(luton):
    for actor in (an_officer("luton"), a_finance_officer("bedford-borough")):
        with pytest.raises(RuleBroken) as broken:
            changed(luton, actor)
        assert broken.value.code == "types:refused"


def test_the_pages_show_a_change_before_they_make_it(luton, by):
    client = by(a_finance_officer())
    assert "come with the portal" in client.page("/costs/types").text
    address = "/costs/types/change?council=luton&place=u4&providers=pr4&type=residential"
    shown = client.page(address)
    assert "U4 with PR4 leads to Residential" in shown.text
    after = client.sends(shown, button="Use it from now on", to="/costs/types*")
    assert "its own types, version 1" in after.text
    assert "used again" in client.page("/costs/types/change?council=luton&version=shipped").text
    assert "leads to this type already" in client.get(address).text
    assert "must be" not in client.get("/costs/types/change?council=luton&word=&kind=ifa").text
    assert '"U4","PR4","Residential' in client.get("/costs/types/codes.csv").data.decode()


def test_a_wrong_code_is_mended_where_it_was_typed(luton, by):
    client = by(a_finance_officer())
    page = client.get("/costs/types/change?council=luton&place=9x&providers=pr4&type=residential")
    assert "A place code is a letter and a digit" in page.text
    assert 'value="9x"' in page.text
    assert 'value="pr4"' in page.text
