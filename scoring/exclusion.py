"""When a supplier is excluded: grounds, how far back they reach, and what may be decided.

| law                       | mandatory, may recur    | discretionary, may recur | may not recur |
| ------------------------- | ----------------------- | ------------------------ | ------------- |
| Procurement Act 2023, 57  | must be excluded        | may be excluded          | may not be    |
| Regulations of 2015, 57   | must be excluded        | may be excluded          | may not be    |

On the debarment list for a mandatory ground a supplier must be excluded, whatever may recur. A ground
of somebody on whom the supplier relies does not count once that person is replaced (section 28). The
supplier is heard first (section 58(3)), and a second person confirms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from scoring.life import Life
from scoring.rules import RuleBroken


class Weight(StrEnum):
    """What a ground does: of a mandatory one no authority has the choice."""

    MANDATORY = "mandatory"
    DISCRETIONARY = "discretionary"


class About(StrEnum):
    """Of whom a ground is true."""

    SUPPLIER = "supplier"
    CONNECTED = "connected-person"
    ASSOCIATED = "associated-person"
    SUBCONTRACTOR = "sub-contractor"

    @property
    def can_be_replaced(self) -> bool:
        """Whether the supplier can find somebody else instead, and must be given the chance."""
        return self in {About.ASSOCIATED, About.SUBCONTRACTOR}


class Debarment(StrEnum):
    """What a look-up in the debarment list found."""

    NOT_LISTED = "not-listed"
    DISCRETIONARY = "listed-discretionary"
    MANDATORY = "listed-mandatory"


class ExclusionStage(StrEnum):
    """Where the exclusion of a supplier stands."""

    HEARING = "hearing"  # it was told, and may answer
    PROPOSED = "proposed"  # one officer has decided
    EXCLUDED = "excluded"  # a second person has confirmed
    NOT_EXCLUDED = "not-excluded"
    LIFT_PROPOSED = "lift-proposed"
    LIFTED = "lifted"


E = ExclusionStage
EXCLUSION: Life[ExclusionStage] = Life(
    "exclusion",
    start=E.HEARING,
    moves={
        (E.HEARING, "propose"): E.PROPOSED,
        (E.PROPOSED, "exclude"): E.EXCLUDED,
        (E.PROPOSED, "keep"): E.NOT_EXCLUDED,
        (E.PROPOSED, "send-back"): E.HEARING,
        (E.EXCLUDED, "propose-lifting"): E.LIFT_PROPOSED,
        (E.LIFT_PROPOSED, "lift"): E.LIFTED,
        (E.LIFT_PROPOSED, "send-back"): E.EXCLUDED,
    },
    ends=frozenset({E.NOT_EXCLUDED, E.LIFTED}),
)


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground as the law names it. `years`: how far back an event may lie when it is decided."""

    key: str
    title: str
    weight: Weight
    source: str
    years: int


def _act(weight: Weight, schedule: int, *grounds: tuple[str, str]) -> tuple[Ground, ...]:
    source = f"Procurement Act 2023, Schedule {schedule}"
    return tuple(Ground(key, title, weight, source, 5) for key, title in grounds)


def _regulations(
    weight: Weight, part: str, years: int, *grounds: tuple[str, str]
) -> tuple[Ground, ...]:
    source = f"Public Contracts Regulations 2015, regulation 57({part})"
    return tuple(Ground(key, title, weight, source, years) for key, title in grounds)


ACT = (
    *_act(
        Weight.MANDATORY,
        6,
        ("manslaughter", "Corporate manslaughter or homicide"),
        ("terrorism", "Terrorism"),
        ("theft-fraud-bribery", "Theft, robbery, fraud, bribery or money laundering"),
        ("labour-slavery", "Offences against workers, slavery or human trafficking"),
        ("organised-crime", "Organised crime"),
        ("tax", "Tax offences or penalties"),
        ("competition", "Cartels or competition law"),
        ("ancillary", "Helping, encouraging or planning an offence"),
        ("debarment-investigation", "Failing to help a debarment investigation"),
    ),
    *_act(
        Weight.DISCRETIONARY,
        7,
        ("labour-market", "Labour market misconduct"),
        ("environmental", "Environmental misconduct"),
        ("insolvency", "Insolvency or bankruptcy"),
        ("competition-possible", "Possible breaches of competition law"),
        ("professional", "Professional misconduct"),
        ("performance", "Breach of a contract or poor performance"),
        ("improper", "Acting improperly in a procurement"),
        ("national-security", "A threat to national security"),
    ),
)
REGULATIONS = (
    *_regulations(
        Weight.MANDATORY,
        "1",
        5,
        ("organised-crime", "Conspiracy or organised crime"),
        ("theft-fraud-bribery", "Corruption, bribery, fraud, theft or money laundering"),
        ("terrorism", "Terrorism"),
        ("labour-slavery", "Slavery or human trafficking"),
        ("tax", "Tax or social security not paid, by a final decision"),
    ),
    *_regulations(
        Weight.DISCRETIONARY,
        "8",
        3,
        ("environmental", "Breach of environmental, social or labour law"),
        ("insolvency", "Insolvency or bankruptcy"),
        ("professional", "Grave professional misconduct"),
        ("competition-possible", "Agreements that distort competition"),
        ("conflict", "A conflict of interest that nothing else puts right"),
        ("performance", "Serious shortcomings in an earlier contract"),
        ("misrepresentation", "Serious misrepresentation"),
        ("improper", "Undue influence on the decision"),
    ),
)
CONSIDERATIONS = {
    "seriousness": "How seriously it took what happened, and what it paid or put right",
    "changes": "What it changed in people, rules, training and checks",
    "promises": "What it has promised to do, and to whom",
    "time": "How much time has passed",
    "other": "Other evidence, explanations and facts",
}
"""What may be weighed (Procurement Act 2023, section 58(1); regulation 57(15) of the regulations)."""


@dataclass(frozen=True, slots=True)
class Found:
    """A ground that was found to apply. `replaced`: it was another's, who is not relied on any more."""

    ground: Ground
    about: About
    happened_on: date
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """What may be decided, and the sentence of the law that says so."""

    may_exclude: bool
    may_keep: bool
    why: str


def grounds(under_the_act: bool) -> tuple[Ground, ...]:
    """The grounds of a law: of the Procurement Act 2023, or of the regulations of 2015."""
    return ACT if under_the_act else REGULATIONS


def ground(key: str, under_the_act: bool) -> Ground:
    """A ground by its key.

    Raises:
        RuleBroken: `exclusion:no-ground`.
    """
    for one in grounds(under_the_act):
        if one.key == key:
            return one
    raise RuleBroken("exclusion:no-ground", "Choose a ground of this law.", "ground")


def reaches_back_to(one: Ground, on: date) -> date:
    """The first day on which an event still counts, when it is decided on a day."""
    try:
        return on.replace(year=on.year - one.years)
    except ValueError:  # 29 February
        return on.replace(year=on.year - one.years, day=28)


def refuse_date(one: Ground, happened_on: date, on: date) -> None:
    """Refuse an event that lies ahead, or too far back.

    Raises:
        RuleBroken: `exclusion:in-the-future`, `exclusion:too-old`.
    """
    if happened_on > on:
        raise RuleBroken("exclusion:in-the-future", "This day has not come yet.", "happened_on")
    if happened_on < reaches_back_to(one, on):
        raise RuleBroken(
            "exclusion:too-old",
            f"This is more than {one.years} years ago, so it is no ground any more.",
            "happened_on",
        )


def choice(found: Sequence[Found], may_recur: bool, debarment: Debarment | None) -> Choice:
    """What may be decided about a supplier.

    Args:
        found: the grounds that apply.
        may_recur: whether what happened goes on, or is likely to happen again; after the supplier
            was heard on what it put right.
        debarment: what the look-up found; None where the law knows no list.
    """
    if debarment is Debarment.MANDATORY:
        return Choice(True, False, "It is on the debarment list for a mandatory ground.")
    counted = [one for one in found if not (one.replaced and one.about.can_be_replaced)]
    listed = debarment is Debarment.DISCRETIONARY
    if not counted and not listed:
        return Choice(False, True, "No ground is left: who had it is not relied on any more.")
    if not may_recur and not listed:
        return Choice(False, True, "What happened is over and not likely to happen again.")
    if may_recur and any(one.ground.weight is Weight.MANDATORY for one in counted):
        return Choice(True, False, "A mandatory ground applies and may happen again.")
    return Choice(True, True, "A discretionary ground applies. The council decides.")


def refuse_decision(exclude: bool, given: Choice) -> None:
    """Refuse what the law does not leave open.

    Raises:
        RuleBroken: `exclusion:must-exclude`, `exclusion:may-not-exclude`.
    """
    if exclude and not given.may_exclude:
        raise RuleBroken("exclusion:may-not-exclude", f"{given.why} It stays in.", "exclude")
    if not exclude and not given.may_keep:
        raise RuleBroken("exclusion:must-exclude", f"{given.why} It must be excluded.", "exclude")
