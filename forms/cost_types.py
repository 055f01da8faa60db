"""What finance types to change the mapping of placement types."""

from forms import AddressForm, HiddenField, PortalForm, SelectField, TextField


class CodeChangeForm(AddressForm):
    """A code of the return, and the type that it should lead to."""

    place = TextField("Place code", hint="Such as U4", width=5)
    providers = TextField(
        "Provider codes", hint="Such as PR4, PR5. Leave it empty for any provider.", width=10
    )
    type = SelectField("Type of placement")


class WordChangeForm(AddressForm):
    """A word of a ledger, and the type that it means."""

    word = TextField("Word in the ledger", width=20)
    kind = SelectField("Type of placement")


class UseTypesForm(PortalForm):
    """From now on."""

    seen = HiddenField()
