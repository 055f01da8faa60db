"""The standing words of a letter, for each law, for a list and for a ranked tender."""

from typing import Any

from portal.rounds.models import Regime

SUMMARY, DECISION = "Assessment summary", "Notice of the decision"

FAILED = {
    "failed": "Your application for this lot did not pass the compliance check, so it was not scored.",
    "not-assessed": "Your application for this lot was not scored.",
}
LIST = {
    "admitted": "You are admitted to this lot.",
    "not-admitted": "You are not admitted to this lot.",
}
TENDER = {
    "admitted": "Your bid is successful in this lot.",
    "not-admitted": "Your bid is not successful in this lot.",
}
SHORT_FAILED = {"failed": "Did not pass the compliance check", "not-assessed": "Not scored"}
SHORT_LIST = {"admitted": "Admitted", "not-admitted": "Not admitted"}
SHORT_TENDER = {"admitted": "Successful", "not-admitted": "Not successful"}

HOW_LIST = (
    "Every provider that passed the compliance check and reached the thresholds that were published "
    "with the round is admitted. Nobody was ranked, so there is no winner to compare with."
)
HOW_TENDER = (
    "The bids of each lot that passed the compliance check and reached the published thresholds were "
    "ranked by their points. An unsuccessful bid is compared with the one that came first."
)
NEXT = {
    Regime.PA_2023: (
        "A contract award notice is published next. A standstill of at least 8 working days begins "
        "with the day of its publication; no contract is made before it is over (Procurement Act "
        "2023, section 51). This letter is your assessment summary under section 50."
    ),
    Regime.PA_2023_LIGHT_TOUCH: (
        "A contract award notice is published next. If it states a standstill period, no contract "
        "is made before that is over. This letter is your assessment summary under section 50 of "
        "the Procurement Act 2023."
    ),
    Regime.PCR_2015_LIGHT_TOUCH: (
        "A standstill of 10 days begins with the day after this letter is sent, and ends at midnight "
        "at the end of the tenth day, or of the next working day if that is not one. No contract is "
        "made before. A claim that begins in that time stops the award until it is decided (Public "
        "Contracts Regulations 2015, regulations 86 and 87)."
    ),
}


def words_for(law: str, *, ranked: bool) -> dict[str, Any]:
    """The words of a letter; one written before laws were told apart has none on what is next."""
    regime = Regime(law) if law else None
    return {
        "name": DECISION if regime is Regime.PCR_2015_LIGHT_TOUCH else SUMMARY,
        "how": HOW_TENDER if ranked else HOW_LIST,
        "next": "" if regime is None else NEXT[regime],
        "outcomes": {**FAILED, **(TENDER if ranked else LIST)},
        "short_outcomes": {**SHORT_FAILED, **(SHORT_TENDER if ranked else SHORT_LIST)},
    }
