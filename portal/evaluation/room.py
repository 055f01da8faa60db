"""What this room hands up to the house."""

from portal.access import Permission
from portal.evaluation import (  # noqa: F401  their pages
    excluding,
    views_agree,
    views_agreement,
    views_assign,
    views_correct,
    views_decisions,
    views_declare,
    views_interests,
    views_meetings,
    views_moderate,
    views_panel,
    views_practice,
    views_practice_agree,
    views_practice_made,
    views_practice_pairs,
    views_price_question,
    views_prices,
    views_results,
    views_score,
    views_sign_off,
    views_young,
    views_young_agree,
    waiting,
)
from portal.evaluation.said import said, took_part
from portal.evaluation.views import bp
from portal.web import NavItem, Room

room = Room(
    bp,
    nav=(
        NavItem("Scoring", "evaluation.index", Permission.BID_SCORE),
        NavItem("Your scores", "evaluation.young", Permission.YOUNG_SCORE),
        NavItem("Moderation", "evaluation.moderations", Permission.BID_MODERATE),
        NavItem("Sign-off", "evaluation.sign_offs", Permission.YOUNG_SIGN_OFF),
    ),
    due=waiting.due,
    said=said,
    took_part=took_part,
)
