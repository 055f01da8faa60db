"""Schemes, scales and bids for the tests: a small worked one, and any that hypothesis likes."""

from itertools import pairwise

from hypothesis import strategies as st

from scoring.award_rules import AwardRule
from scoring.awards import BidScores
from scoring.criteria import WHOLE_BP, Criterion, Panel, Scheme, ScoredQuestion
from scoring.scales import Scale
from scoring.terms import CriterionKind

OFFICERS = Scale.from_content(
    {
        "key": "officers-0-5",
        "title": "0 to 5",
        "points": [{"value": value, "label": f"Label {value}"} for value in range(6)],
    }
)
FACES = Scale.from_content(
    {
        "key": "faces-0-4",
        "title": "Five faces",
        "abstention": True,
        "points": [{"value": value, "label": f"Face {value}"} for value in range(5)],
    }
)
SCALES = {scale.key: scale for scale in (OFFICERS, FACES)}


def content(**changes):
    """Return the content of the worked scheme: quality 80% (60/40), young people 20%."""
    return {
        "kind": "scheme",
        "key": "worked",
        "title": "Worked example",
        "decimals": 2,
        "rounding": "half-up",
        "award": {"mechanism": "all-over-thresholds", "ranked": False},
        "thresholds": {"total_share_bp": 6000},
        "criteria": [
            {
                "key": "quality",
                "title": "Quality",
                "weight_bp": 8000,
                "panel": "officers",
                "scale": "officers-0-5",
                "minimum_share_bp": 5000,
                "questions": [
                    {"question": "safeguarding", "weight_bp": 6000, "minimum_score": 3},
                    {"question": "homes", "weight_bp": 4000, "minimum_score": None},
                ],
            },
            {
                "key": "young",
                "title": "Young Commissioners",
                "weight_bp": 2000,
                "panel": "young",
                "scale": "faces-0-4",
                "minimum_share_bp": None,
                "questions": [{"question": "voice", "weight_bp": 10000}],
            },
        ],
        "young": {"least_pairs": 1, "below_least": "refuse"},
        **changes,
    }


def a_scheme(**changes):
    return Scheme.from_content(content(**changes))


def ranked():
    return a_scheme(award={"mechanism": "all-over-thresholds", "ranked": True}, thresholds={})


def scores(safeguarding, homes, voice):
    return BidScores({"safeguarding": safeguarding, "homes": homes, "voice": voice})


@st.composite
def weights(draw, most=5):
    """Draw whole weights that sum to 10 000."""
    cuts = draw(st.lists(st.integers(0, WHOLE_BP), max_size=most - 1))
    edges = [0, *sorted(cuts), WHOLE_BP]
    return [after - before for before, after in pairwise(edges)]


@st.composite
def schemes(draw, *, ranked=True):
    """Draw a sound scheme."""
    criteria = []
    for number, weight in enumerate(draw(weights(3))):
        panel = draw(st.sampled_from(Panel))
        scale = FACES if panel is Panel.YOUNG else OFFICERS
        questions = tuple(
            ScoredQuestion(
                f"q-{number}-{place}", part, draw(st.none() | st.sampled_from(scale.values))
            )
            for place, part in enumerate(draw(weights(4)))
        )
        share = draw(st.none() | st.integers(0, WHOLE_BP))
        criteria.append(
            Criterion(
                f"c-{number}",
                f"C{number}",
                weight,
                panel,
                scale.key,
                questions,
                share,
                kind=CriterionKind.YOUNG if panel is Panel.YOUNG else CriterionKind.QUALITY,
            )
        )
    return Scheme(
        "drawn",
        "Drawn",
        tuple(criteria),
        award=AwardRule(ranked=ranked),
        decimals=draw(st.integers(0, 4)),
    )


@st.composite
def lots(draw, *, ranked=True, least=1):
    """Draw a scheme with bids that are scored in full."""
    scheme = draw(schemes(ranked=ranked))
    values = {
        part.question: st.sampled_from(SCALES[criterion.scale].values)
        for criterion in scheme.criteria
        for part in criterion.questions
    }
    names = st.lists(st.sampled_from("ABCDEFGH"), min_size=least, max_size=6, unique=True)
    bids = {name: BidScores(draw(st.fixed_dictionaries(values))) for name in draw(names)}
    return scheme, bids
