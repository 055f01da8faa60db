"""How an organisation signs its applications."""

from forms import PortalForm, RadiosField, Required, choice

ONE, TWO = "one", "two"


class SigningForm(PortalForm):
    """One person, or two."""

    people = RadiosField(
        "Who must stand behind an application before it is submitted?",
        [Required("Choose one")],
        choices=[
            choice(ONE, "One administrator", hint="Any administrator can submit alone."),
            choice(
                TWO,
                "Two people",
                hint="Somebody says that it is ready, and an administrator who is somebody else "
                "submits it. A change after that needs both again.",
            ),
        ],
    )
