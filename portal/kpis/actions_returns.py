"""What a provider does with a return: fill it in, attach evidence, submit it, take it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.days import today
from portal.db import db, new_ref
from portal.documents.actions import StagedFile, add_version
from portal.kpis import following, policy
from portal.kpis.models_returns import KpiEvidence, KpiFigure, KpiReturn, hundredths
from portal.kpis.sets import kpi_set
from scoring.canonical import canonical_json, fraction_text, sha256_of
from scoring.kpis import Kpi, check_figure, check_whole
from scoring.rules import Finding, RuleBroken, errors
from scoring.stages import KPI_RETURN, move

MOST_COMMENT = 2_000  # characters
MOST_FILES = 30
LARGEST = Fraction(10**9)


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one KPI: the parts that `given` names, and nothing else is touched."""

    numerator: Fraction | None = None
    denominator: Fraction | None = None
    comment: str = ""
    given: frozenset[str] = field(default=frozenset({"numerator", "denominator", "comment"}))


def save_figures(
    one: KpiReturn, told: Mapping[str, Told], *, actor: Viewer, now: datetime
) -> list[KpiFigure]:
    """Keep what was typed, complete or not: it is judged when the return is submitted.

    Args:
        told: by the key of a KPI.

    Raises:
        RuleBroken: `kpi:enter-refused`, `kpi:unknown`, `kpi:too-fine`, `kpi:too-large`,
            `kpi:not-whole`, `kpi:comment-too-long`; then nothing is kept.
    """
    policy.may_enter(actor, one, today(now)).or_refuse("kpi:enter-refused")
    for key, what in told.items():
        _check_typed(one, key, what)
    changed = [kept for key, what in told.items() if (kept := _keep(one, key, what, actor, now))]
    if not changed:
        return []
    one.stage = move(KPI_RETURN, one.stage, "save")
    db.session.flush()
    audit.record(
        Event.KPI_FIGURES_SAVED,
        one,
        actor=actor,
        now=now,
        kpis=sorted(figure.kpi_key for figure in changed),
    )
    return changed


def findings(one: KpiReturn) -> list[Finding]:
    """What stops a return from being submitted, each with the name of its field."""
    found = []
    for kpi in kpi_set(one.kpi_set).of(one.kpi_keys):
        figure = one.figure(kpi.key)
        try:
            check_figure(kpi, *(figure.given if figure else (None, None)))
        except RuleBroken as broken:
            found.append(Finding(broken.code, broken.message, f"{broken.field}-{kpi.key}"))
    return found


def submit(one: KpiReturn, answer: str = "", *, actor: Viewer, now: datetime) -> None:
    """Send a return to the councils of the contract.

    Args:
        answer: to the council's question, where one is open.

    Raises:
        RuleBroken: `kpi:submit-refused`, `kpi:answer-missing`, or the first finding.
    """
    policy.may_submit(actor, one, today(now)).or_refuse("kpi:submit-refused")
    for finding in errors(findings(one)):
        raise finding.as_refusal()
    _answer(one, answer.strip(), actor, now)
    one.stage = move(KPI_RETURN, one.stage, "submit")
    one.submitted_at = one.submitted_at or now
    one.sent_at, one.sent_by_id = now, actor.person_id
    db.session.flush()
    audit.record(
        Event.KPI_RETURN_SUBMITTED,
        one,
        actor=actor,
        now=now,
        kpi_set=one.kpi_set.sha256,
        figures=sha256_of(canonical_json(_as_told(one))),
    )


def file_return(one: KpiReturn, told: Mapping[str, Told], *, actor: Viewer, now: datetime) -> None:
    """Fill in and submit in one go, as a provider's own system or a bulk page would.

    Raises:
        RuleBroken: as `save_figures` and `submit`.
    """
    save_figures(one, told, actor=actor, now=now)
    submit(one, actor=actor, now=now)


def withdraw(one: KpiReturn, *, actor: Viewer, now: datetime) -> None:
    """Take a return back before it is checked; its numbers stay as a draft.

    Raises:
        RuleBroken: `kpi:withdraw-refused`.
    """
    policy.may_withdraw(actor, one).or_refuse("kpi:withdraw-refused")
    one.stage = move(KPI_RETURN, one.stage, "withdraw")
    db.session.flush()
    audit.record(Event.KPI_RETURN_WITHDRAWN, one, actor=actor, now=now)


def add_evidence(
    one: KpiReturn, staged: StagedFile, key: str = "", *, actor: Viewer, now: datetime
) -> KpiEvidence:
    """Attach a file to a return, or to one figure of it.

    Raises:
        RuleBroken: `kpi:enter-refused`, `kpi:unknown`, `kpi:too-many-files`,
            `document:upload-refused`.
    """
    policy.may_enter(actor, one, today(now)).or_refuse("kpi:enter-refused")
    if key:
        _refuse_unknown(one, key)
    if len(one.evidence) >= MOST_FILES:
        message = f"A return has at most {MOST_FILES} files. Put several into one."
        raise RuleBroken("kpi:too-many-files", message, "file")
    version = add_version(
        one.plan.provider,
        new_ref("KPI").lower(),  # each file is a document of its own, bound to the return
        staged.name,
        staged,
        None,
        bound_to=one.ref,
        actor=actor,
        now=now,
    )
    kept = KpiEvidence(of_return=one, kpi_key=key, document_version_id=version.id, attached_at=now)
    kept.version = version
    db.session.add(kept)
    db.session.flush()
    audit.record(Event.KPI_EVIDENCE_ADDED, one, actor=actor, now=now, kpi=key, sha256=staged.sha256)
    return kept


def take_out_evidence(kept: KpiEvidence, *, actor: Viewer, now: datetime) -> None:
    """Take a file out of a return that can still be changed; the trail keeps its hash.

    Raises:
        RuleBroken: `kpi:enter-refused`.
    """
    one = kept.of_return
    policy.may_enter(actor, one, today(now)).or_refuse("kpi:enter-refused")
    one.evidence.remove(kept)
    db.session.delete(kept)
    db.session.flush()
    audit.record(
        Event.KPI_EVIDENCE_TAKEN_OUT,
        one,
        actor=actor,
        now=now,
        kpi=kept.kpi_key,
        sha256=kept.version.file.sha256,
    )


def _check_typed(one: KpiReturn, key: str, what: Told) -> None:
    _refuse_unknown(one, key)
    kpi = kpi_set(one.kpi_set).kpis[key]
    for name in ("numerator", "denominator"):
        number = getattr(what, name)
        if number is None:
            continue
        if number < 0:
            raise RuleBroken("kpi:negative", "A number here is zero or more.", f"{name}-{key}")
        if number >= LARGEST:
            raise RuleBroken("kpi:too-large", "This number is too large.", f"{name}-{key}")
        if (number * 100).denominator != 1:
            message = "Use two decimal places or fewer."
            raise RuleBroken("kpi:too-fine", message, f"{name}-{key}")
        _refuse_part(kpi, number, name)
    if len(what.comment) > MOST_COMMENT:
        message = f"Use {MOST_COMMENT:,} characters or fewer."
        raise RuleBroken("kpi:comment-too-long", message, f"comment-{key}")


def _refuse_part(kpi: Kpi, number: Fraction, name: str) -> None:
    try:
        check_whole(kpi, number, name)
    except RuleBroken as broken:
        raise RuleBroken(broken.code, broken.message, f"{name}-{kpi.key}") from None


def _refuse_unknown(one: KpiReturn, key: str) -> None:
    if key not in one.kpi_keys:
        raise RuleBroken("kpi:unknown", "This return does not ask for this KPI.", "kpi")


def _keep(one: KpiReturn, key: str, what: Told, actor: Viewer, now: datetime) -> KpiFigure | None:
    """Change a figure; None when it says the same already."""
    figure = one.figure(key)
    before = _parts(figure)
    after = dict(before)
    if "numerator" in what.given:
        after["numerator_hundredths"] = hundredths(what.numerator)
    if "denominator" in what.given:
        after["denominator_hundredths"] = hundredths(what.denominator)
    if "comment" in what.given:
        after["comment"] = what.comment.strip()
    if after == before:
        return None
    if figure is None:
        figure = KpiFigure(kpi_key=key, revision=0)
        one.figures.append(figure)
    for name, value in after.items():
        setattr(figure, name, value)
    figure.revision += 1
    figure.saved_at, figure.saved_by_id = now, actor.acting_id()
    return figure


def _parts(figure: KpiFigure | None) -> dict[str, int | str | None]:
    if figure is None:
        return {"numerator_hundredths": None, "denominator_hundredths": None, "comment": ""}
    return {
        "numerator_hundredths": figure.numerator_hundredths,
        "denominator_hundredths": figure.denominator_hundredths,
        "comment": figure.comment,
    }


def _answer(one: KpiReturn, answer: str, actor: Viewer, now: datetime) -> None:
    asked = one.open_query
    if asked is None:
        return
    if not answer:
        raise RuleBroken("kpi:answer-missing", "Answer the council’s question.", "answer")
    asked.answer, asked.answered_at = answer[:MOST_COMMENT], now
    following.answer(one, asked.answer, actor=actor, now=now)


def _as_told(one: KpiReturn) -> dict[str, list[str | None]]:
    """The numbers as they were submitted, for the hash in the trail."""
    return {
        figure.kpi_key: [None if part is None else fraction_text(part) for part in figure.given]
        for figure in sorted(one.figures, key=lambda figure: figure.kpi_key)
    }


def take_workbook(
    one: KpiReturn,
    rows: Sequence[Mapping[str, Any]],
    file_sha256: str,
    *,
    actor: Viewer,
    now: datetime,
) -> int:
    """Take every figure of a workbook that was compared, or none of them. Returns how many changed.

    Args:
        rows: `key`, `numerator`, `denominator`, `comment`, and the `revision` it was compared with.

    Raises:
        RuleBroken: as `save_figures`; `kpi:changed-since`, when a colleague saved in between.
    """
    for row in rows:
        figure = one.figure(row["key"])
        if (figure.revision if figure else 0) != row["revision"]:
            message = (
                "Somebody changed a figure meanwhile. Upload the workbook again to compare anew."
            )
            raise RuleBroken("kpi:changed-since", message)
    told = {row["key"]: Told(row["numerator"], row["denominator"], row["comment"]) for row in rows}
    changed = save_figures(one, told, actor=actor, now=now)
    audit.record(
        Event.KPI_RETURN_IMPORTED, one, actor=actor, now=now, file=file_sha256, rows=len(changed)
    )
    return len(changed)
