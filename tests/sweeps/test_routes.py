"""Every route says who may come, and lets nobody else: the whole table, and what it must never say."""

import pytest
from flask import Flask

from portal.access import GRANTS, Permission, Role
from tests.sweeps.demonstration import NOBODY
from tests.sweeps.matrix import COLUMNS, differences, observe, read
from tests.sweeps.places import Unplaced, places

CHANGES = {"POST", "PUT", "PATCH", "DELETE"}
SIGNED = {
    "people.leave_council"
}  # from another server, with a signed token and never with a cookie


def test_every_route_says_who_may_come(app, demonstration):
    silent = [
        f"{rule.rule} ({rule.endpoint})"
        for portal in (app, demonstration.app)
        for rule in portal.url_map.iter_rules()
        if rule.endpoint != "static"
        and not hasattr(portal.view_functions[rule.endpoint], "permission")
    ]
    assert not silent, "put @needs(Permission.…) or @public on the view of " + ", ".join(silent)


def test_what_is_public_is_written_down(app):
    """Public pages are few; another one is a decision, taken here."""
    public = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "permission", "") is None
    }
    assert public == {
        "api.accredited",
        "api.me",
        "api.one_round",
        "api.rounds",
        "interface.openapi",
        "interface.show",
        "kpis.definitions",
        "people.card",
        "people.card_pin",
        "people.code",
        "people.come_from_council",
        "people.confirm_email",
        "people.confirm_sent",
        "people.forgotten",
        "people.forgotten_sent",
        "people.go_to_council",
        "people.invitation",
        "people.leave_council",
        "people.new_password",
        "people.passkey",
        "people.recovery",
        "people.sign_in",
        "people.sign_out",
        "people.signed_out",
        "providers.new",
        "providers.new_sent",
        "register.accent",
        "register.accessibility",
        "register.calendar_of",
        "register.cookies",
        "register.front",
        "register.live",
        "register.figures",
        "register.privacy",
        "register.public_list",
        "register.public_list_file",
        "register.ready",
        "rounds.all_versions",
        "rounds.blank_questions",
        "rounds.can_we_apply",
        "rounds.clarifications",
        "rounds.clarifications_file",
        "rounds.open_rounds",
        "rounds.past_rounds",
        "rounds.questions",
        "rounds.show",
        "visits.phone_farewell",
        "visits.phone_worker",
    }


def test_no_address_holds_a_number_of_the_database(app):
    """A record is addressed by a reference that cannot be counted up."""
    counted = [rule.rule for rule in app.url_map.iter_rules() if "<int:" in rule.rule]
    assert counted == ["/content/<kind>/<key>/<int:version>"]  # the version of published content


FOR_PROGRAMS = "/api/"


def test_no_page_answers_to_two_words_for_the_same_act(app):
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(FOR_PROGRAMS):
            continue
        assert not (rule.methods or set()) & (CHANGES - {"POST"}), rule.rule


def test_every_change_needs_the_token_of_the_page(demonstration):
    with demonstration.open():
        posts = list(places(demonstration.app, "POST"))
    open_to_forgery = []
    for place in {place.rule: place for place in posts}.values():
        if place.rule.startswith(FOR_PROGRAMS) or place.endpoint in SIGNED:
            continue  # the next test; tests/rooms/people has forged tokens
        client = demonstration.by(_somebody_with(place.permission))
        client.checks = False
        answer = client.post(place.address)
        client.checks = True
        if answer.status_code != 400 or demonstration.changes():
            open_to_forgery.append(f"{place.name}: {answer.status_code}")
    assert open_to_forgery == []


def test_a_cookie_changes_nothing_through_the_interface_for_programs(demonstration):
    with demonstration.open():
        acts = list(places(demonstration.app, "POST", "PATCH"))
    found = {}
    for place in acts:
        if place.rule.startswith(FOR_PROGRAMS):
            client = demonstration.by(_somebody_with(place.permission))
            found[place.name] = client.open(place.address, method=place.method, json={}).status_code
    assert found
    assert set(found.values()) == {401}
    assert demonstration.changes() == set()


def _somebody_with(permission: Permission | None) -> str:
    posts = {
        Role.PROVIDER_ADMIN: "adm",
        Role.COMMISSIONER: "com",
        Role.MODERATOR: "mod",
        Role.EVALUATOR: "eva",
        Role.YOUNG_COMMISSIONER: "you",
        Role.PARTICIPATION_OFFICER: "off",
        Role.FINANCE: "fin",
        Role.APPROVER: "app",
        Role.ADMINISTRATOR: "sys",
    }
    if permission is None:
        return NOBODY
    return next(COLUMNS[short][0] for role, short in posts.items() if permission in GRANTS[role])


def test_the_table_of_who_may_go_where_holds(demonstration):
    found = differences(read(), observe(demonstration))
    assert not found, "\n".join(["", *found])


def test_a_route_that_nobody_has_placed_is_named(demonstration):
    with demonstration.open():
        demo = Flask("another")
        demo.add_url_rule("/somewhere/<ref>", "somewhere.show", lambda ref: "")
        with pytest.raises(Unplaced, match="say there for which records it is looked at"):
            list(places(demo))


@pytest.fixture(scope="module")
def table():
    """The table as it is written down."""
    return {name: dict(zip(COLUMNS, cells, strict=True)) for name, cells in read().items()}


INSIDE = {"200", "302", "422"}


def _inside(table, words, columns):
    return [
        f"{name}: {COLUMNS[short][1]} gets {cells[short]}"
        for name, cells in table.items()
        if all(word in name for word in words)
        for short in columns
        if cells[short] in INSIDE
    ]


COUNCIL = [
    "com",
    "par",
    "out",
    "mod",
    "eva",
    "ev2",
    "evo",
    "you",
    "yo2",
    "off",
    "fin",
    "app",
    "aud",
    "sys",
]
NOT_OWN = ["any", "oth", *COUNCIL]


def test_an_application_is_its_own_provider_s_alone(table):
    assert _inside(table, ["/applications/", "[own"], ["any", "oth"]) == []
    assert _inside(table, ["/applications/<ref>", "[own, open]"], COUNCIL) == []


def test_a_sealed_bid_has_no_page_for_any_council(table):
    assert _inside(table, ["another's, sealed"], ["any", "adm", "con", *COUNCIL]) == []
    assert _inside(table, ["compliance", "[sealed]"], COUNCIL) == []
    assert _inside(table, ["record", "[sealed]"], COUNCIL) == []
    assert _inside(table, ["own, open"], COUNCIL) == []


def test_a_council_outside_finds_nothing_of_a_round_but_what_is_public(table):
    assert _inside(table, ["/council/rounds/<ref>"], ["out"]) == []
    assert _inside(table, ["/council/applications/<ref>"], ["out"]) == []
    assert _inside(table, ["/letters/<ref>"], ["out"]) == []


def test_nobody_sees_a_result_before_quality_is_locked(table):
    assert _inside(table, ["results", "[scoring]"], list(COLUMNS)) == []
    assert _inside(table, ["award", "[scoring]"], list(COLUMNS)) == []


def test_a_sheet_is_its_scorer_s_alone(table):
    others = [short for short in COLUMNS if short != "eva"]
    assert _inside(table, ["/scoring/sheets/"], others) == []
    others = [short for short in COLUMNS if short != "you"]
    assert _inside(table, ["/your-scores/<ref>"], others) == []


def test_an_administrator_and_finance_read_no_bid(table):
    for words in (["/council/applications/"], ["/applications/"], ["results"], ["/scoring/"]):
        assert _inside(table, words, ["sys", "fin"]) == []


def test_young_commissioners_see_neither_bids_nor_rates(table):
    for words in (["/council/"], ["/costs/"], ["/register"], ["/letters"], ["/documents"]):
        assert _inside(table, words, ["you", "yo2"]) == []


def test_an_auditor_changes_nothing(table):
    own = (
        "/calendar/address",
        "/account",
        "/sign-",
        "/card",
        "/confirm",
        "/invitations",
        "/password",
        "/organisations",
    )
    changed = [
        name
        for name in table
        if name.startswith("POST") and not name.removeprefix("POST ").startswith(own)
    ]
    # who asks for a pack changes nothing of the round, and the two-minute check keeps nothing
    harmless = ("/council/rounds/<ref>/evidence", "/rounds/<ref>/can-we-apply")
    found = [name for name in changed if table[name]["aud"] in INSIDE]
    assert [name for name in found if not name.removeprefix("POST ").startswith(harmless)] == []


def test_a_contributor_does_not_submit(table):
    assert _inside(table, ["/submit"], ["con"]) == []
    assert _inside(table, ["/withdraw"], ["con"]) == []
