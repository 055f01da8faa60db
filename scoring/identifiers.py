"""Numbers by which registers know an organisation, as a question may ask for them (`identifier`).

| identifier | what is taken |
| --- | --- |
| company-or-charity | a company, charity or mutual society number, or “none” |
| ppon | a supplier identifier of the central digital platform, or “none” |
| urns | one Ofsted URN or several, with commas between |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from scoring.content import Content
from scoring.rules import RuleBroken

# Companies House: 8 numbers, or letters and numbers, 8 in all. Charities: 6 or 7 numbers in England
# and Wales (a linked one has a number behind), SC and 6 in Scotland, NIC or 6 numbers in Northern
# Ireland. Societies: numbers, often with R behind.
COMPANY = re.compile(r"[0-9]{8}|[A-Z]{2}[0-9]{6}|[A-Z]{2}[0-9]{5}[A-Z]")
CHARITY = re.compile(r"[0-9]{6,7}(-[0-9]{1,3})?|(SC|NIC)[0-9]{6}|[0-9]{3,5}R")
PPON = re.compile(r"P[A-Z]{3}-?[0-9]{4}-?[A-Z]{4}")
URN = re.compile(r"[0-9]{5,8}|SC[0-9]{6}")
NONE = "NONE"


def check_identifier(question: Content, typed: str) -> None:
    """Refuse what cannot be a number of the register that the question names.

    Args:
        question: its content; `identifier` names a register, or is missing.
        typed: the answer, not empty.

    Raises:
        RuleBroken: `answer:not-a-company-or-charity`, `answer:not-a-ppon`, `answer:not-a-urn`,
            with the question's key as the field.
    """
    name = question.get("identifier")
    if not name:
        return
    fits, code, message = REGISTERS[name]
    if not fits(typed.upper()):
        raise RuleBroken(code, message, question["key"])


def _company_or_charity(typed: str) -> bool:
    parts = [re.sub(r"\s", "", part) for part in re.split(r",|;|/| AND ", typed)]
    return all(part == NONE or COMPANY.fullmatch(part) or CHARITY.fullmatch(part) for part in parts)


def _ppon(typed: str) -> bool:
    bare = re.sub(r"\s", "", typed).removeprefix("GB-PPON-")
    return bare == NONE or PPON.fullmatch(bare) is not None


def _urns(typed: str) -> bool:
    return all(URN.fullmatch(re.sub(r"\s", "", part)) for part in re.split(r",|;| AND ", typed))


REGISTERS: Mapping[str, tuple[Callable[[str], bool], str, str]] = {
    "company-or-charity": (
        _company_or_charity,
        "answer:not-a-company-or-charity",
        "Enter a company number, such as 01234567, a charity number, such as 1123456, or “none”.",
    ),
    "ppon": (
        _ppon,
        "answer:not-a-ppon",
        "Enter an identifier such as PABC-1234-DEFG, or “none” if you have not registered yet.",
    ),
    "urns": (
        _urns,
        "answer:not-a-urn",
        "An Ofsted number has numbers only, like 2712345, or SC and 6 numbers. Put commas between several.",
    ),
}
