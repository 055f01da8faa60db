"""Check, submit, receipt, withdraw: where a working copy becomes what counts."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Response, redirect, send_file, url_for

from forms.applications import SubmitForm, VerifyForm, WithdrawForm, rate_name
from portal.access import Permission, current_viewer, needs
from portal.applications import actions, policy, queries
from portal.applications.paper import words_of
from portal.applications.question_pages import address_of
from portal.applications.submitting import arrivals, sealing, signing
from portal.applications.submitting.arrivals import Noted
from portal.applications.submitting.submitted import submitted
from portal.applications.views import bp, own_copy, time_left
from portal.applications.working_copy import WorkingCopy, example_hours
from portal.content.rates import items_for, offer_words
from portal.db import db
from portal.web import clock, done, in_london, moment_text, page
from scoring.rules import Finding, RuleBroken


@bp.get("/<ref>/check")
@needs(Permission.APPLICATION_READ)
def check(ref: str) -> Response:
    """Everything on one page, with what is missing lot by lot, and the declaration."""
    return _check_page(own_copy(ref), SubmitForm())


@bp.post("/<ref>/submit")
@needs(Permission.APPLICATION_SUBMIT)
def submit(ref: str) -> Response:
    """Submit: when it came in is written down first, in a transaction of its own."""
    received_at = db.clock()
    with arrivals.noted(ref, received_at, current_viewer(), clock()) as arrival:
        return _submit(ref, received_at, arrival)


@bp.get("/receipts/<ref>")
@needs(Permission.APPLICATION_READ)
def receipt(ref: str) -> Response:
    submission = queries.receipt(ref, current_viewer())
    application = submission.application
    return page(
        "applications/receipt.html",
        submission=submission,
        application=application,
        stands=application.standing_number == submission.number,
        received=_in_words(submission.received_at),
        bid=sealing.read_content(submission.content),
        left=time_left(application.round.deadline_at, clock()),
    )


@bp.get("/receipts/<ref>/receipt.pdf")
@needs(Permission.APPLICATION_READ)
def receipt_pdf(ref: str) -> Response:
    from portal.pdf import render_pdf

    submission = queries.receipt(ref, current_viewer())
    document = render_pdf(
        "pdf/receipt.html",
        submission=submission,
        application=submission.application,
        received=_in_words(submission.received_at),
        bid=sealing.read_content(submission.content),
    )
    return _file(document, f"receipt-{submission.ref}.pdf", "application/pdf")


@bp.get("/receipts/<ref>/answers", endpoint="submitted")
@needs(Permission.APPLICATION_READ)
def show_submitted(ref: str) -> Response:
    """Everything that was submitted under a receipt, whether it still counts or not."""
    submission = queries.receipt(ref, current_viewer())
    read = submitted(submission.application, sealing.read_content(submission.content))
    return page(
        "applications/submitted.html",
        submission=submission,
        application=submission.application,
        read=read,
    )


@bp.get("/receipts/<ref>/answers.pdf")
@needs(Permission.APPLICATION_READ)
def submitted_pdf(ref: str) -> Response:
    from portal.pdf import render_pdf

    submission = queries.receipt(ref, current_viewer())
    document = render_pdf(
        "pdf/submitted.html",
        submission=submission,
        application=submission.application,
        read=submitted(submission.application, sealing.read_content(submission.content)),
    )
    return _file(document, f"submitted-{submission.ref}.pdf", "application/pdf")


@bp.get("/receipts/<ref>/manifest.json")
@needs(Permission.APPLICATION_READ)
def manifest(ref: str) -> Response:
    submission = queries.receipt(ref, current_viewer())
    return _file(submission.content.encode(), f"{ref}-manifest.json", "application/json")


@bp.get("/receipts/<ref>/prices.json")
@needs(Permission.APPLICATION_READ)
def envelope(ref: str) -> Response:
    submission = queries.receipt(ref, current_viewer())
    sealed = queries.envelope(submission, current_viewer())
    return _file(sealed.content.encode(), f"{ref}-prices.json", "application/json")


@bp.route("/receipts/<ref>/verify", methods=["GET", "POST"])
@needs(Permission.APPLICATION_READ)
def verify(ref: str) -> Response:
    """Hold a manifest, downloaded before, against the receipt. Nothing is stored."""
    form = VerifyForm()
    valid = form.validate_on_submit()
    submission = queries.receipt(ref, current_viewer())
    found = None
    if valid:
        prices = form.envelope.data.read() if form.envelope.data else None
        found = sealing.verify(form.manifest.data.read(), submission.sha256, prices)
    return page(
        "applications/verify.html",
        form=form,
        submission=submission,
        found=found,
        with_prices=bool(valid and form.envelope.data),
    )


@bp.route("/<ref>/withdraw", methods=["GET", "POST"])
@needs(Permission.APPLICATION_WITHDRAW)
def withdraw(ref: str) -> Response:
    viewer, now = current_viewer(), clock()
    application = queries.own_application(ref, viewer)
    policy.may_withdraw(viewer, application, now).or_refuse("application:withdraw-refused")
    form = WithdrawForm()
    if form.validate_on_submit():
        try:
            actions.withdraw(application, form.reason.data, actor=viewer, now=now)
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            db.session.commit()
            done("Your application is withdrawn. You can submit it again before the deadline.")
            return redirect(url_for(".show", ref=ref))
    return page("applications/withdraw.html", form=form, application=application)


def _submit(ref: str, received_at: datetime, arrival: Noted) -> Response:
    viewer, now = current_viewer(), clock()
    form = SubmitForm()
    application = queries.own_application(ref, viewer)
    try:
        submission = actions.submit(
            application,
            certified=bool(form.certified.data),
            received_at=received_at,
            actor=viewer,
            now=now,
        )
    except RuleBroken as broken:
        db.session.rollback()
        return _refused(ref, form, broken, received_at)
    arrival.stored(now)
    db.session.commit()
    return redirect(url_for(".receipt", ref=submission.ref))


def _refused(ref: str, form: SubmitForm, broken: RuleBroken, received_at: datetime) -> Response:
    """The check page again with why; a late one is remembered, as evidence for both sides."""
    viewer = current_viewer()
    if broken.code == "application:late":
        application = queries.own_application(ref, viewer)
        actions.note_refusal(application, broken.code, received_at, actor=viewer, now=clock())
        db.session.commit()
        return page(
            "applications/late.html",
            409,
            application=application,
            received=_in_words(received_at),
        )
    if form.certified.name == broken.field:
        form.add_rule_error(broken)
    else:
        form.form_errors.append(broken.message)
    return _check_page(own_copy(ref), form)


def _check_page(copy: WorkingCopy, form: SubmitForm) -> Response:
    viewer, now = current_viewer(), clock()
    application = copy.application
    hours = example_hours(copy.rate_card)
    return page(
        "applications/check.html",
        form=form,
        application=application,
        copy=copy,
        words_of=words_of,
        address_of=address_of,
        lots={lot.code: lot for lot in application.round.lots},
        missing=_lines(copy, "error"),
        worth_knowing=_lines(copy, "warning"),
        items=items_for(copy.rate_card, copy.lots),
        offered={lot: _offered(copy, lot) for lot in copy.lots},
        hours=hours,
        examples={lot: copy.weekly_example(lot, hours) for lot in copy.lots},
        left=time_left(application.round.deadline_at, now),
        changed=queries.changed_since_submission(copy, viewer),
        may_edit=policy.may_edit(viewer, application, now),
        may_submit=policy.may_submit(viewer, application, now),
        may_sign=signing.may_sign(
            viewer, application, two_people=signing.needs_two(application.provider_id)
        ),
        administrators=queries.administrators(application.provider_id),
    )


def _offered(copy: WorkingCopy, lot: str) -> list[str]:
    """What is offered in a lot in the order of the columns: pounds, per cent, or "–" if not asked."""
    asked = {item["key"] for item in items_for(copy.rate_card, lot)}
    return [
        offer_words(item, copy.prices.get((lot, item["key"]))) if item["key"] in asked else "–"
        for item in items_for(copy.rate_card, copy.lots)
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """One finding: what it says, the page on which it is mended, and what was answered there."""

    message: str
    address: str
    answer: str


def _lines(copy: WorkingCopy, level: str) -> list[tuple[str, list[Line]]]:
    """The findings of a level, lot by lot: errors stop the submission, warnings do not."""
    places = {
        (question["key"], one.lot): address_of(copy.application, one)
        for one in copy.pages
        for question in one.questions
    }
    ref = copy.application.ref
    elsewhere = {
        "document": lambda where, _lot: url_for(".document", ref=ref, key=where),
        "rate": lambda where, lot: url_for(".rates", ref=ref, _anchor=rate_name(lot, where)),
        "lot": lambda _where, _lot: url_for(".lots", ref=ref),
        "lot-order": lambda _where, _lot: url_for(".lot_order", ref=ref),
        "version": lambda _where, _lot: url_for(".changes", ref=ref),
    }
    found = []
    for lot, of_lot in copy.findings.items():
        lines = []
        for one in of_lot:
            if one.level != level:
                continue
            kind = one.code.partition(":")[0]
            address = elsewhere.get(kind, lambda where, lot: places.get((where, lot), ""))
            lines.append(Line(one.message, address(one.where, lot), _answered(copy, one, lot)))
        if lines:
            found.append((lot, lines))
    return found


def _answered(copy: WorkingCopy, finding: Finding, lot: str) -> str:
    """The answer that is only worth knowing: it is another one than the round asks for."""
    question = copy.questions.get(finding.where)
    if question is None or finding.level != "warning":
        return ""
    return words_of(question, copy.values.get((finding.where, lot))).replace("\n", ", ")


def _in_words(received_at: datetime) -> dict[str, str]:
    """When it was received: as people say it in London, to the second, and in UTC exactly."""
    local, exact = in_london(received_at), received_at.astimezone(UTC)
    return {
        "words": moment_text(received_at),
        "second": f"{local:%H:%M:%S}" if local else "",
        "utc": exact.isoformat(timespec="microseconds").replace("+00:00", "Z"),
    }


def _file(content: bytes, name: str, mime: str) -> Response:
    return send_file(
        io.BytesIO(content), mimetype=mime, as_attachment=True, download_name=name, max_age=0
    )
