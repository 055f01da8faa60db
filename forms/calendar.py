"""How people narrow the calendar."""

from forms import AddressForm, HiddenField, PortalForm, SelectField


class CalendarForm(AddressForm):
    """Which part of the calendar is shown. It lives in the address."""

    month = HiddenField()
    kind = SelectField("What")
    council = SelectField("Council")


class FeedForm(PortalForm):
    """One press of a button."""
