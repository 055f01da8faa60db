"""What people choose when they compare rates."""

from forms import AddressForm, DateField, RadiosField, SelectField, WholeNumberField, choice

LIST, SPOT, BOTH = "list", "spot", "both"


class ComparisonForm(AddressForm):
    """Which rates stand side by side. It lives in the address, so that a view can be sent on."""

    lot = SelectField("Lot")
    hours = WholeNumberField("Hours of support a week", minimum=0, maximum=168)
    on = DateField("On this day")
    source = RadiosField(
        "Which rates?",
        choices=[
            choice(LIST, "Rates of the list"),
            choice(SPOT, "Your council's spot rates"),
            choice(BOTH, "Both"),
        ],
    )
