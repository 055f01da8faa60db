"""The closed vocabularies that a scheme is stated in."""

from __future__ import annotations

from enum import StrEnum

WHOLE_BP = 10_000
"""All of something, in basis points."""

ALL_POINTS = 100
"""The points of a scheme whose weights are basis points."""

MOST_DECIMALS = 6

MOST_LEVELS = 4
"""How deep criteria may lie in criteria."""


class Panel(StrEnum):
    """Who scores a criterion."""

    OFFICERS = "officers"
    YOUNG = "young"


class CriterionKind(StrEnum):
    """What a criterion is about."""

    QUALITY = "quality"
    PRICE = "price"
    SOCIAL_VALUE = "social-value"
    YOUNG = "young"


class Stated(StrEnum):
    """How weights are stated: shares that sum to 10 000 at each level, or points as they are."""

    BASIS_POINTS = "basis-points"
    POINTS = "points"


class Agreeing(StrEnum):
    """How many scores become one: the panel agrees, or the exact mean is taken."""

    AGREED = "agreed"
    MEAN = "mean"


class BelowLeast(StrEnum):
    """What happens to a question for which too few pairs of Young Commissioners gave a score.

    REFUSE: nothing is computed. LEAVE_OUT: the question leaves that lot for every bid, and its
    weight goes to the other questions of its criterion, in proportion.
    """

    REFUSE = "refuse"
    LEAVE_OUT = "leave-out"


class Mechanism(StrEnum):
    """How results become awards."""

    ALL_OVER_THRESHOLDS = "all-over-thresholds"
    RANKED_TOP = "ranked-top"
    SINGLE_WINNER = "single-winner"


class TieBy(StrEnum):
    """What breaks a tie: more is better, but for the price, of which less is."""

    QUALITY = "quality"
    QUESTION = "question"
    CRITERION = "criterion"
    PRICE = "price"


class TieAtCap(StrEnum):
    """What happens when bids of one rank stand on both sides of the last award."""

    ADMIT_ALL = "admit-all"
    DECIDE = "decide"


class LotsMechanism(StrEnum):
    """Which lots a bidder keeps who would win more than it may have.

    LOT_ORDER: lots are awarded one after the other, in the order of the round.
    BIDDER_PREFERENCE: each bidder keeps those that it named first in its bid.
    """

    LOT_ORDER = "lot-order"
    BIDDER_PREFERENCE = "bidder-preference"


class Formula(StrEnum):
    """How a price becomes points; W is what price is worth."""

    RELATIVE_TO_LOWEST = "relative-to-lowest"
    DEVIATION_FROM_MEAN = "deviation-from-the-mean"
    DIFFERENCE_FROM_LOWEST = "difference-from-lowest"
    LINEAR_TO_MAXIMUM = "linear-to-a-maximum"
    PRICE_PER_QUALITY_POINT = "price-per-quality-point"
    AGAINST_CEILING = "against-a-ceiling"


class BasketMethod(StrEnum):
    """How the items of a basket become one price."""

    SUM = "sum"
    WEIGHTED_MEAN = "weighted-mean"
