"""The filters of reports of costs. They live in the address, so that a view can be sent on."""

from forms import (
    AddressForm,
    DateField,
    PercentField,
    SelectField,
    WholeNumberField,
    choice,
)

ALL = "all"  # of a filter that narrows nothing


class ReportForm(AddressForm):
    """Which council, years, day, provider and lot."""

    council = SelectField("Council")
    from_year = SelectField("From")
    to_year = SelectField("To")
    as_at = DateField("As at")
    provider = SelectField("Provider")
    lot = SelectField("Lot")
    ahead = WholeNumberField("Whole years ahead", minimum=1, maximum=5)
    rise = PercentField("Rise of prices each April", minimum=-5_000, maximum=5_000)
    seed = WholeNumberField("Seed of what is drawn", minimum=1, maximum=999_999)

    def fit(self, *, councils, years, providers, lots, sees_all):
        """Offer what there is; what there is only one of is not asked."""
        self.council.choices = councils
        self.from_year.choices = [
            choice(ALL, "The usual years"),
            *(choice(one, one) for one in years),
        ]
        self.to_year.choices = [choice(ALL, "The last year"), *(choice(one, one) for one in years)]
        self.provider.choices = [choice(ALL, "All"), *(choice(one, one) for one in providers)]
        self.lot.choices = [choice(ALL, "All"), *(choice(one, one) for one in lots)]
        if len(councils) == 1:
            del self.council
        if not sees_all:
            del self.as_at, self.provider, self.lot
        elif not lots:
            del self.lot
        return self

    def only(self, *, forecasts):
        """Leave out what is not asked: a forecast is asked other things than a report of what was."""
        looks_back = ("from_year", "to_year", "provider", "lot")
        for name in looks_back if forecasts else ("ahead", "rise", "seed"):
            if name in self:
                del self[name]
        return self


class WhatIfForm(AddressForm):
    """What to change about a year."""

    council = SelectField("Council")
    year = SelectField("Year to start from")
    uplift = PercentField("Uplift on external prices", minimum=-5_000)
    moved = WholeNumberField("Children who move in house for a whole year", maximum=10_000)
    leaving = SelectField("The type that they leave")
    void = PercentField("Share of in-house places that stands empty", maximum=9_999)
