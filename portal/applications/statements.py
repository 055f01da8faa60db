"""Applications with what is read along with them: few statements, the same number however much."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import defer, joinedload, selectinload

from portal.applications.models import Application, ApplicationLot, Readiness, Submission
from portal.rounds.models import Round, RoundCouncil


def with_round() -> Select[tuple[Application]]:
    """An application with what its pages need: the round with its lots, councils and content."""
    return select(Application).options(
        joinedload(Application.provider),
        joinedload(Application.readiness).joinedload(Readiness.said_by),
        joinedload(Application.round).options(
            joinedload(Round.agreement),
            joinedload(Round.question_set),
            joinedload(Round.checklist),
            joinedload(Round.rate_card),
            joinedload(Round.scheme),  # says whether lots are put in order
            selectinload(Round.lots),
            selectinload(Round.councils).joinedload(RoundCouncil.council),
        ),
        selectinload(Application.lots).joinedload(ApplicationLot.round_lot),
        selectinload(Application.submissions).options(
            defer(Submission.content), joinedload(Submission.submitted_by)
        ),
    )


def with_content(content: Any) -> Select[tuple[Application]]:
    """An application with its lots and the one content that a page writes by."""
    return select(Application).options(
        joinedload(Application.provider),
        joinedload(Application.round).options(joinedload(content), selectinload(Round.lots)),
        selectinload(Application.lots).joinedload(ApplicationLot.round_lot),
    )
