"""The filters of reports on the providers of one lot."""

from forms import AddressForm, DateField, SelectField


class LotForm(AddressForm):
    """Which lot, what its prices are compared for, and on which day."""

    lot = SelectField("Lot")
    like = SelectField("Price for")
    on = DateField("On this day")
