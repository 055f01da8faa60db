"""Where the pages of the room `providers` lie in the story."""

from tests.sweeps.records import OWN, Find, libraries, own_organisation

PLACES: dict[str, Find] = {
    "providers.show": libraries(),
    "providers.edit": libraries(),
    "providers.colleague": own_organisation(
        person_ref=lambda records: records.person("Jack Ellis").ref
    ),
    "providers.remove_colleague": own_organisation(
        person_ref=lambda records: records.person("Jack Ellis").ref
    ),
    "providers.invite": libraries(),
    "providers.resend_invitation": lambda records: {
        "own": {
            "in_organisation": records.organisation(OWN),
            "ref": records.invitation("colleague@demo.example"),
        }
    },
    "providers.revoke_invitation": lambda records: {
        "own": {
            "in_organisation": records.organisation(OWN),
            "ref": records.invitation("colleague@demo.example"),
        }
    },
    "providers.new_registration": libraries(),
    "providers.edit_registration": own_organisation(
        registration_ref=lambda records: records.registration
    ),
}
