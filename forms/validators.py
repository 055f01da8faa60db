"""Checks on what people type. Each says in one plain sentence what to do next.

A check runs only on a value that could be read: `Field.validate` in `forms.fields`
stops at a value that could not, so nobody reads two errors about one slip.
"""

import re
from urllib.parse import urlsplit

from wtforms.validators import StopValidation, ValidationError

_EMAIL = re.compile(r"[^@\s,;:<>()\"]{1,64}@([A-Za-z0-9](-*[A-Za-z0-9])*\.)+[A-Za-z]{2,63}")
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 /.-]*")


def count_words(text):
    """Return how many words `text` has, counted as the page counts them: by the gaps."""
    return len((text or "").split())


def is_blank(field):
    """Tell whether nothing was given to `field`, whatever kind it is."""
    blank = getattr(field, "blank", None)
    if blank is not None:
        return blank
    return field.data is None or (isinstance(field.data, str) and not field.data.strip())


class Required:
    """Something must be given. The message tells the person what: "Enter your name"."""

    def __init__(self, message="Answer this question"):
        self.message = message

    def __call__(self, form, field):
        if is_blank(field):
            raise StopValidation(self.message)


class RequiredIf:
    """Something must be given when `other` has one of the `values`."""

    def __init__(self, other, *values, message="Answer this question"):
        self.other, self.values, self.message = other, values, message

    def __call__(self, form, field):
        if form[self.other].data in self.values and is_blank(field):
            raise StopValidation(self.message)


class MaxWords:
    """At most `words` words. The page shows how many are left."""

    def __init__(self, words, message=None):
        self.words, self.message = words, message

    def __call__(self, form, field):
        extra = count_words(field.data) - self.words
        if extra > 0:
            more = "1 word" if extra == 1 else f"{extra:,} words"
            text = f"Use {self.words:,} words or fewer. You have {more} too many"
            raise ValidationError(self.message or text)


class MinWords:
    """At least `words` words, when anything is written at all."""

    def __init__(self, words, message=None):
        self.words, self.message = words, message

    def __call__(self, form, field):
        if not is_blank(field) and count_words(field.data) < self.words:
            least = "1 word" if self.words == 1 else f"{self.words:,} words"
            raise ValidationError(self.message or f"Write at least {least}")


class MaxCharacters:
    """At most `characters` characters."""

    def __init__(self, characters, message=None):
        self.characters, self.message = characters, message

    def __call__(self, form, field):
        if len(field.data or "") > self.characters:
            text = f"Use {self.characters:,} characters or fewer"
            raise ValidationError(self.message or text)


class MinCharacters:
    """At least `characters` characters, when anything is written at all."""

    def __init__(self, characters, message=None):
        self.characters, self.message = characters, message

    def __call__(self, form, field):
        if not is_blank(field) and len(field.data) < self.characters:
            text = f"Use at least {self.characters:,} characters"
            raise ValidationError(self.message or text)


class Matches:
    """The whole text fits the regular expression `pattern`."""

    def __init__(self, pattern, message):
        self.pattern, self.message = re.compile(pattern), message

    def __call__(self, form, field):
        if not is_blank(field) and not self.pattern.fullmatch(field.data):
            raise ValidationError(self.message)


class Email(Matches):
    """Looks like an e-mail address. Whether mail reaches it, only a mail can tell."""

    def __init__(self, message="Enter an email address in the right form, like name@example.com"):
        super().__init__(_EMAIL, message)


class Reference(Matches):
    """A reference that is safe in an address: letters, numbers, spaces, / . and -."""

    def __init__(self, message="Use only letters, numbers, spaces, full stops, / and -"):
        super().__init__(_REFERENCE, message)


class WebAddress:
    """A web address that is safe to link to: http or https, and nothing else."""

    def __init__(self, message="Enter a web address, like https://www.example.org"):
        self.message = message

    def __call__(self, form, field):
        if is_blank(field):
            return
        try:
            parts = urlsplit(field.data)
            safe = parts.scheme in {"http", "https"} and "." in (parts.hostname or "")
        except ValueError:
            safe = False
        if not safe or re.search(r"[\s<>\"]", field.data):
            raise ValidationError(self.message)


class SameAs:
    """The same as what was typed in the field `other`."""

    def __init__(self, other, message):
        self.other, self.message = other, message

    def __call__(self, form, field):
        if field.data != form[self.other].data:
            raise ValidationError(self.message)
