"""Councils' own sign-in as the environment says it: whole, or not at all."""

import pytest

from portal.council_doors import DoorError, from_environment

WHOLE = {
    "ISSUER": "https://login.example/tenant/v2.0",
    "CLIENT_ID": "portal",
    "CLIENT_SECRET": "s3cret",
    "DOMAINS": "centralbeds.example, Sub.centralbeds.example",
}


def doors(slug="CENTRAL_BEDFORDSHIRE", **changes):
    parts = {**WHOLE, **changes}
    named = {f"PORTAL_OIDC_{slug}_{part}": value for part, value in parts.items() if value}
    return from_environment({"PATH": "/bin", **named})


def test_a_door_is_read():
    door = doors(SECOND_FACTOR="mfa, http://schemas.example/multi")["central-bedfordshire"]
    assert door.domains == {"centralbeds.example", "sub.centralbeds.example"}
    assert door.second_factor == {"mfa", "http://schemas.example/multi"}
    assert "s3cret" not in repr(door)


def test_the_secret_may_lie_in_a_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text("from a file\n")
    door = doors(CLIENT_SECRET="", CLIENT_SECRET_FILE=str(file))
    assert door["central-bedfordshire"].client_secret == "from a file"


@pytest.mark.parametrize(
    "changes",
    [
        {"ISSUER": ""},
        {"ISSUER": "http://login.example"},
        {"ISSUER": "https://login.example/common/v2.0?x=1"},
        {"ISSUER": "https://login.example/common"},
        {"ISSUER": "https://login.example/{tenantid}/v2.0"},
        {"CLIENT_ID": ""},
        {"CLIENT_SECRET": ""},
        {"CLIENT_SECRET": "", "CLIENT_SECRET_FILE": "/nowhere/at/all"},
        {"DOMAINS": "luton"},
        {"ISSUERS": "x"},
    ],
)
def test_halves_are_refused(changes):
    with pytest.raises(DoorError):
        doors(**changes)


def test_without_any_there_is_none():
    assert from_environment({"PATH": "/bin"}) == {}
