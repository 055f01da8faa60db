"""How people narrow the calendar."""

from forms import AddressForm, HiddenField, PortalForm, SelectField


class CalendarForm(AddressForm):
    """Which part of the calendar is shown. It lives in the address."""

    month = HiddenField()
    kind = SelectField("What", blank_label=None)
    council = SelectField("Council", blank_label=None)


class FeedForm(PortalForm):
    """One press of a button."""
