"""How a rule says no: an exception for one refusal, a finding for one line of a list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


class RuleBroken(Exception):
    """A rule refuses what was asked.

    Args:
        code: a stable name, `thing:problem`, for tests, logs and translations.
        message: a sentence that tells a person what to do about it.
        field: the key of the question or form field that it belongs to, if there is one.
    """

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field

    def __repr__(self) -> str:
        return f"RuleBroken({self.code!r}, {self.message!r}, field={self.field!r})"

    def __reduce__(self) -> tuple[type[RuleBroken], tuple[str, str, str | None]]:
        return (RuleBroken, (self.code, self.message, self.field))


@dataclass(frozen=True)
class Finding:
    """One thing that a check found. `where` is the key of what it is about."""

    code: str
    message: str
    where: str = ""
    level: Level = "error"

    def as_refusal(self) -> RuleBroken:
        """Return the same words as an exception, for a caller that stops at the first."""
        return RuleBroken(self.code, self.message, self.where or None)


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """Return only the findings that stop something; warnings inform and stop nothing."""
    return [finding for finding in findings if finding.level == "error"]


def refuse_errors(findings: Iterable[Finding]) -> None:
    """Raise the first error among the findings, if there is one.

    Raises:
        RuleBroken: with the code and the words of that finding.
    """
    for finding in errors(findings):
        raise finding.as_refusal()
