import pytest

from scoring.accounts import check_password, check_pin
from scoring.rules import RuleBroken

COMMON = {"password1234", "qwertyuiop123", "qwertyuiopasdf", "correcthorsebatterystaple"}


def refusal(password, **known):
    with pytest.raises(RuleBroken) as refused:
        check_password(password, common=COMMON, **known)
    assert refused.value.field == "password"
    return refused.value.code


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "2468 1357 9753",
        "our council sits on mondays",
        "zwölf Zeichen",
        "twelve chars",
        "🦉 and owls too",
        "x" * 100 + "yz",
    ],
)
def test_length_is_all_that_is_asked(password):
    check_password(password, common=COMMON, email="ada@example.org", name="Ada Okafor")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password:too-short"),
        ("elevenchars", "password:too-short"),
        ("ab" * 101, "password:too-long"),
        ("password1234", "password:common"),
        ("PassWord1234", "password:common"),
        (" password1234 ", "password:common"),
        ("Correct horse battery staple", "password:common"),
        ("qwertyuiopasdf2026!", "password:common"),
        ("aaaaaaaaaaaa", "password:repeated"),
        ("Placement-Portal-2026", "password:our-words"),
        ("council.council!", "password:our-words"),
        ("aAaAaAabbbbb", "password:repeated"),
    ],
)
def test_a_weak_password_is_refused(password, code):
    assert refusal(password) == code


@pytest.mark.parametrize(
    "password",
    ["my name is okafor", "OKAFOR-okafor!", "ada.okafor@example.org", "hello ada.okafor x"],
)
def test_the_persons_own_words_are_refused(password):
    known = {"email": "ada.okafor@example.org", "name": "Ada Okafor"}
    assert refusal(password, **known) == "password:own-words"


def test_a_name_of_four_letters_counts():
    assert refusal("noor and twelve more", name="Noor") == "password:own-words"


def test_two_hundred_characters_are_the_most():
    check_password("correct horse " * 14 + "abcd")
    assert refusal("correct horse " * 14 + "abcde") == "password:too-long"


def test_short_names_and_other_peoples_are_allowed():
    check_password("canada and adaptors", email="al@example.org", name="Ada Li")


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "12345a", " 123456", "١٢٣٤٥٦", "582931\n"])
def test_a_pin_has_six_digits(pin):
    with pytest.raises(RuleBroken) as refused:
        check_pin(pin)
    assert refused.value.code == "pin:not-six-digits"


@pytest.mark.parametrize(
    "pin",
    ["123456", "654321", "012345", "789012", "111111", "121212", "123123", "246802", "000000"],
)
def test_a_pin_that_is_tried_first_is_refused(pin):
    with pytest.raises(RuleBroken) as refused:
        check_pin(pin)
    assert (refused.value.code, refused.value.field) == ("pin:easy-to-guess", "pin")


@pytest.mark.parametrize("pin", ["582931", "112233", "100000", "123457"])
def test_other_pins_are_taken(pin):
    check_pin(pin)
