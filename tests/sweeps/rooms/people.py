"""Where the pages of the room `people` lie in the story."""

from portal.people.demonstration import card_letters
from tests.sweeps.records import STAFF, UNKNOWN, YOUNG, Find, one, people

PLACES: dict[str, Find] = {
    "people.end_session": lambda records: {
        "Priya Nair's": {"ref": records.session_of("Priya Nair")}
    },
    "people.revoke_token": one(ref="KEY-NONE0-NONE0"),
    "people.resend_invitation": lambda records: {
        "staff": {"ref": records.invitation("officer@demo.example")}
    },
    "people.revoke_invitation": lambda records: {
        "staff": {"ref": records.invitation("officer@demo.example")}
    },
    "people.person": people(STAFF, "Priya Nair", YOUNG),
    "people.close_account": people(STAFF, YOUNG),
    "people.give_role": people(STAFF),
    "people.take_role": people(
        STAFF,
        organisation_ref=lambda records: records.council("bedford-borough"),
        role=lambda _: "evaluator",
    ),
    "people.card_pin": lambda records: {"Comet's": {"number": card_letters(records.card.ref)}},
    "people.confirm_email": one(token=UNKNOWN),
    "people.invitation": one(token=UNKNOWN),
    "people.new_password": one(token=UNKNOWN),
    "people.go_to_council": one(slug="luton"),
    "people.come_from_council": one(slug="luton"),
    "people.signed_out": one(slug="luton"),
    "people.leave_council": one(slug="luton"),
    "people.connect_council": one(slug="luton"),
    "people.remove_passkey": one(ref=UNKNOWN),
    "people.end_glass": one(ref=UNKNOWN),
    "people.kept": one(key="accounts"),
    "people.destruction": one(ref=UNKNOWN),
    "people.ask_deletion": one(key="accounts"),
    "people.agree_deletion": one(ref=UNKNOWN),
    "people.refuse_deletion": one(ref=UNKNOWN),
    "people.lift_stop": one(ref=UNKNOWN),
    "people.disconnect_council": one(ref=UNKNOWN),
    "people.young_person": people(YOUNG, STAFF),
    "people.new_card": people(YOUNG),
    "people.print_card": people(YOUNG),
    "people.stop_card": people(YOUNG, card_ref=lambda records: records.card.ref),
    "people.new_consent": people(YOUNG),
    "people.withdraw_consent": people(YOUNG, consent_ref=lambda records: records.consent),
}
