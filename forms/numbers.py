"""Fields for amounts: what is typed is kept as typed, what is read is exact."""

import re
from decimal import Decimal

from wtforms import Field
from wtforms.validators import ValidationError

from forms.fields import Dressed, tidy

_WHOLE = r"([0-9]{1,3}(,[0-9]{3})+|[0-9]+)"
_NUMBER = re.compile(rf"(?P<sign>-?)(?P<whole>{_WHOLE})(\.(?P<part>[0-9]*))?")
_MOST = 10**15  # beyond it the database could not hold it


class AmountField(Dressed, Field):
    """Base: one line that is read as a number. `data` is None when nothing was typed."""

    places = 0
    unit_signs = ""

    def __init__(self, label=None, validators=None, *, minimum=None, maximum=None, **kwargs):
        self.minimum, self.maximum = minimum, maximum
        self.typed = None
        kwargs.setdefault("inputmode", "decimal" if self.places else "numeric")
        kwargs.setdefault("width", 10)
        kwargs.setdefault("spellcheck", False)
        super().__init__(label, validators, **kwargs)

    def process_formdata(self, valuelist):
        if not valuelist:
            return
        self.typed = tidy(str(valuelist[0]))
        self.data = None
        if self.typed:
            text = re.sub(rf"[\s{self.unit_signs}]", "", self.typed).replace("−", "-")
            self.data = self._read(text)

    def pre_validate(self, form):
        if self.data is None:
            return
        if self.minimum is not None and self.data < self.minimum:
            raise ValidationError(f"{self.called} must be {self.written(self.minimum)} or more")
        if self.maximum is not None and self.data > self.maximum:
            raise ValidationError(f"{self.called} must be {self.written(self.maximum)} or less")

    @property
    def blank(self):
        return self.data is None and not self.typed

    @property
    def shown(self):
        if self.typed is not None:
            return self.typed
        return "" if self.data is None else self.bare(self.data)

    def bare(self, value):
        """Return the value as it stands in the input, without its unit."""
        return f"{value:,}"

    def written(self, value):
        """Return the value as it stands in a sentence."""
        return self.bare(value)

    def _read(self, text):
        found = _NUMBER.fullmatch(text)
        if not found:
            raise ValueError(self.unreadable)
        part = found["part"] or ""
        if len(part.rstrip("0") if self.lenient_zeros else part) > self.places:
            raise ValueError(self.too_fine)
        value = Decimal(f"{found['sign']}{found['whole'].replace(',', '')}.{part or '0'}")
        if abs(value) >= _MOST:
            raise ValueError(f"{self.called} is too large")
        return self._kept(value)

    lenient_zeros = True

    def _kept(self, value):
        return int(value)

    @property
    def unreadable(self):
        return f"{self.called} must be a number, like 12"

    @property
    def too_fine(self):
        return f"{self.called} must be a whole number"


class WholeNumberField(AmountField):
    """A whole number. `data` is an int, or None."""

    def __init__(self, label=None, validators=None, **kwargs):
        kwargs.setdefault("width", 5)
        super().__init__(label, validators, **kwargs)


class DecimalField(AmountField):
    """A number with up to `places` decimal places. `data` is an exact Decimal, or None."""

    def __init__(self, label=None, validators=None, *, places=2, **kwargs):
        self.places = places
        super().__init__(label, validators, **kwargs)

    def _kept(self, value):
        return value.quantize(Decimal(1).scaleb(-self.places))

    def bare(self, value):
        text = f"{value:,f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    @property
    def too_fine(self):
        if not self.places:
            return super().too_fine
        return f"{self.called} must have {self.places} decimal places or fewer"


class MoneyField(AmountField):
    """Pounds as people write them, "£1,234.50". `data` is whole pence as an int, or None.

    `minimum` and `maximum` are pence; without a minimum nothing below zero is taken.
    """

    places = 2
    unit_signs = "£"
    lenient_zeros = False

    def __init__(self, label=None, validators=None, *, minimum=0, example="1,234.50", **kwargs):
        self.example = example
        kwargs.setdefault("prefix", "£")
        super().__init__(label, validators, minimum=minimum, **kwargs)

    def _kept(self, value):
        return int(value * 100)

    def bare(self, value):
        sign, pence = ("-", -value) if value < 0 else ("", value)
        return f"{sign}{pence // 100:,}.{pence % 100:02d}"

    def written(self, value):
        return f"£{self.bare(value)}".replace("£-", "-£")

    @property
    def unreadable(self):
        return f"{self.called} must be an amount in pounds, like {self.example}"

    @property
    def too_fine(self):
        return f"{self.called} must have no more than 2 numbers for the pence, like {self.example}"


class PercentField(AmountField):
    """A share in per cent. `data` is basis points as an int (35% is 3500), or None.

    `minimum` and `maximum` are basis points.
    """

    places = 2
    unit_signs = "%"

    def __init__(self, label=None, validators=None, *, minimum=0, maximum=10_000, **kwargs):
        kwargs.setdefault("suffix", "%")
        kwargs.setdefault("width", 5)
        super().__init__(label, validators, minimum=minimum, maximum=maximum, **kwargs)

    def _kept(self, value):
        return int(value * 100)

    def bare(self, value):
        text = f"{Decimal(value) / 100:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def written(self, value):
        return f"{self.bare(value)}%"

    @property
    def unreadable(self):
        return f"{self.called} must be a percentage, like 35 or 7.5"

    @property
    def too_fine(self):
        return f"{self.called} must have 2 decimal places or fewer"
