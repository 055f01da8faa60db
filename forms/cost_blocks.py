"""What finance types of places that are bought as a block."""

from forms import (
    DateField,
    MaxCharacters,
    MoneyField,
    PortalForm,
    Required,
    SelectField,
    TextAreaField,
    TextField,
    WholeNumberField,
)


class BlockForm(PortalForm):
    """Places of one provider at one weekly price."""

    council = SelectField("Which council buys them?", [Required("Choose the council")])
    provider = SelectField("Provider", [Required("Choose the provider")])
    type = SelectField("Type of placement", [Required("Choose the type")])
    places = WholeNumberField("Number of places", [Required("Enter how many places")], minimum=1)
    weekly = MoneyField("Price of one place for one week", [Required("Enter the weekly price")])
    from_on = DateField("First day", [Required("Enter the first day")])
    until_on = DateField("Last day", [Required("Enter the last day")])
    source = TextField(
        "Where is this written?",
        [Required("Say which contract or order says so"), MaxCharacters(200)],
        hint="The contract or the purchase order",
    )

    def fit(self, councils, providers, types):
        """One council is taken without asking."""
        self.council.choices = councils
        self.provider.choices = providers
        self.type.choices = types
        if len(councils) == 1:
            del self.council
        return self


class BlockBackForm(PortalForm):
    """Why a block counts no more."""

    reason = TextAreaField(
        "What was wrong?", [Required("Say what was wrong"), MaxCharacters(500)], rows=3
    )
