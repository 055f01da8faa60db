"""What this room hands up to the house."""

from portal.access import Permission
from portal.evaluation import views_score, waiting  # noqa: F401  their pages
from portal.evaluation.decisions import views as views_decisions, views_correct  # noqa: F401  their pages
from portal.evaluation.moderation import (  # noqa: F401  their pages
    views as views_moderate,
    views_agree,
    views_agreement,
    views_meetings,
)
from portal.evaluation.panels import (  # noqa: F401  their pages
    views as views_panel,
    views_assign,
    views_declare,
    views_interests,
)
from portal.evaluation.practice import (  # noqa: F401  their pages
    views as views_practice,
    views_agree as views_practice_agree,
    views_made as views_practice_made,
    views_pairs as views_practice_pairs,
)
from portal.evaluation.prices import views as views_prices, views_question as views_price_question  # noqa: F401  their pages
from portal.evaluation.results import excluding, views as views_results  # noqa: F401  their pages
from portal.evaluation.views import bp
from portal.evaluation.young import (  # noqa: F401  their pages
    views as views_young,
    views_agree as views_young_agree,
    views_sign_off,
)
from portal.evaluation.young.said import said, took_part
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
