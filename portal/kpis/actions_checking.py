"""What a council does with a return: accept it, ask about it, correct a figure with a reason."""

from datetime import datetime
from fractions import Fraction

from portal import audit, mail
from portal.access import Role, Viewer
from portal.audit import Event
from portal.db import db
from portal.kpis import following, policy, queries
from portal.kpis.models_returns import KpiCorrection, KpiQuery, KpiReturn, hundredths
from portal.kpis.sets import kpi_set
from portal.mail import Message
from scoring.kpis import check_figure
from scoring.rules import RuleBroken
from scoring.stages import KPI_RETURN, move


def accept(one: KpiReturn, *, actor: Viewer, now: datetime) -> None:
    """Accept a return as it stands, corrections included.

    Raises:
        RuleBroken: `kpi:not-allowed`.
    """
    _may(one, "accept", actor)
    one.stage = move(KPI_RETURN, one.stage, "accept")
    one.accepted_at, one.accepted_by_id = now, actor.person_id
    db.session.flush()
    audit.record(Event.KPI_RETURN_ACCEPTED, one, actor=actor, now=now)
    following.close(one, actor=actor, now=now)


def query(one: KpiReturn, text: str, key: str = "", *, actor: Viewer, now: datetime) -> KpiQuery:
    """Send a return back with a question; the provider answers it when it submits again.

    Args:
        key: of the KPI that is asked about; empty for the return as a whole.

    Raises:
        RuleBroken: `kpi:not-allowed`, `kpi:unknown`, `kpi:query-empty`.
    """
    _may(one, "query", actor)
    if key and key not in one.kpi_keys:
        raise RuleBroken("kpi:unknown", "This return does not ask for this KPI.", "kpi")
    if not text.strip():
        raise RuleBroken("kpi:query-empty", "Write what you ask.", "text")
    asked = KpiQuery(
        of_return=one,
        kpi_key=key,
        text=text.strip(),
        asked_by_id=actor.acting_id(),
        asked_at=now,
    )
    db.session.add(asked)
    one.stage = move(KPI_RETURN, one.stage, "query")
    one.accepted_at = one.accepted_by_id = None
    db.session.flush()
    audit.record(
        Event.KPI_RETURN_QUERIED,
        one,
        actor=actor,
        now=now,
        query=asked.ref,
        kpi=key,
        values={"text": asked.text},
    )
    following.ask(one, asked.text, actor=actor, now=now)
    mail.write(
        Message.KPI_RETURN_QUERIED,
        to=queries.colleagues(one.plan.provider_id, Role.PROVIDER_ADMIN, Role.PROVIDER_CONTRIBUTOR),
        now=now,
        about=one.ref,
        period=one.period.words,
    )
    return asked


def correct(
    one: KpiReturn,
    key: str,
    numerator: Fraction | None,
    denominator: Fraction | None,
    reason: str,
    *,
    actor: Viewer,
    now: datetime,
) -> KpiCorrection:
    """Put other numbers beside those of the provider, which stay to be read.

    Raises:
        RuleBroken: `kpi:not-allowed`, `kpi:unknown`, `kpi:reason-missing`, `kpi:same`, and what
            `check_figure` refuses.
    """
    _may(one, "correct", actor)
    figure = one.figure(key)
    if figure is None or key not in one.kpi_keys:
        raise RuleBroken("kpi:unknown", "This return does not tell this KPI.", "kpi")
    check_figure(kpi_set(one.kpi_set).kpis[key], numerator, denominator)
    if not reason.strip():
        message = "Say why, so that the provider understands it."
        raise RuleBroken("kpi:reason-missing", message, "reason")
    if (numerator, denominator) == figure.standing:
        raise RuleBroken("kpi:same", "These are the numbers that stand already.", "numerator")
    made = KpiCorrection(
        figure=figure,
        revision=figure.revision,
        numerator_hundredths=_kept(numerator, "numerator"),
        denominator_hundredths=_kept(denominator, "denominator"),
        reason=reason.strip(),
        corrected_at=now,
        corrected_by_id=actor.acting_id(),
    )
    db.session.add(made)
    one.stage = move(KPI_RETURN, one.stage, "correct")
    db.session.flush()
    audit.record(
        Event.KPI_FIGURE_CORRECTED,
        one,
        actor=actor,
        now=now,
        kpi=key,
        values={"reason": made.reason},
    )
    return made


def _may(one: KpiReturn, verb: str, actor: Viewer) -> None:
    council_ids = queries.council_ids_of(one.plan)
    policy.may_decide(actor, one, verb, council_ids).or_refuse("kpi:not-allowed")


def _kept(number: Fraction | None, field: str) -> int | None:
    try:
        return hundredths(number)
    except ValueError:
        raise RuleBroken("kpi:too-fine", "Use two decimal places or fewer.", field) from None
