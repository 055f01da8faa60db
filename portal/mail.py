"""Mail: written with the change that causes it, sent after the commit.

Nothing sensitive is in a mail: it says that something waits, and where. Templates lie in
`templates/emails/`; their first line is the subject. A link that works once is blanked in what is
kept, as soon as the mail is sent.
"""

import re
import smtplib
import ssl
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

import structlog
from flask import current_app, render_template
from sqlalchemy import Select, String, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column

from portal import queue, settings
from portal.db import Base, UTCDateTime, db, new_ref

PATIENCE = 20  # seconds
_LONGEST_SUBJECT = 200
SOON, SELDOM = timedelta(minutes=1), timedelta(hours=1)  # between two tries
GIVEN_UP_AFTER = timedelta(days=2)
log = structlog.get_logger("mail")
_TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_-]{43,}")


class Message(StrEnum):
    """Every mail that the portal sends; the value is the name of its template."""

    CONFIRM_EMAIL = "confirm-email"
    EMAIL_TAKEN = "email-taken"
    INVITATION = "invitation"
    PASSWORD_RESET = "password-reset"  # noqa: S105
    PASSWORD_CHANGED = "password-changed"  # noqa: S105
    SECOND_FACTOR_CHANGED = "second-factor-changed"
    COUNCIL_ACCOUNT_CONNECTED = "council-account-connected"
    COUNCIL_SIGN_IN_ONLY = "council-sign-in-only"
    GLASS_BROKEN = "glass-broken"
    GLASS_MENDED = "glass-mended"
    TOKEN_MADE = "token-made"  # noqa: S105
    ROUND_PUBLISHED = "round-published"
    ROUND_CANCELLED = "round-cancelled"
    ROUND_CHANGED = "round-changed"
    APPLICATION_STARTED = "application-started"
    APPLICATION_SUBMITTED = "application-submitted"
    APPLICATION_WITHDRAWN = "application-withdrawn"
    SIGN_OFF_ASKED = "sign-off-asked"
    SIGNING_CHANGED = "signing-changed"
    DEADLINE_REMINDER = "deadline-reminder"
    CHANGES_NOT_SUBMITTED = "changes-not-submitted"
    LATE_CASE_WAITS = "late-case-waits"
    LATE_CASE_DECIDED = "late-case-decided"
    DOCUMENT_INFECTED = "document-infected"
    DOCUMENT_REJECTED = "document-rejected"
    DOCUMENT_EXPIRING = "document-expiring"
    VACANCIES_OLD = "vacancies-old"
    CLARIFICATION_PUBLISHED = "clarification-published"
    QUESTION_DECIDED = "question-decided"
    CLARIFICATION_REQUESTED = "clarification-requested"
    CLARIFICATION_REMINDER = "clarification-reminder"
    CLARIFICATION_REPLIED = "clarification-replied"
    CLEAN_COPY_ASKED = "clean-copy-asked"
    CLEAN_COPY_GIVEN = "clean-copy-given"
    EXCLUSION_NOTICE = "exclusion-notice"
    EXCLUSION_ANSWERED = "exclusion-answered"
    EXCLUSION_WAITS = "exclusion-waits"
    EXCLUSION_DECIDED = "exclusion-decided"
    EXCLUSION_TO_NOTIFY = "exclusion-to-notify"
    OPENING_WAITS = "opening-waits"
    PRICE_OPENING_WAITS = "price-opening-waits"
    PRICE_QUESTION = "price-question"
    PRICE_ANSWERED = "price-answered"
    DECISION_WAITS = "decision-waits"
    PANEL_JOINED = "panel-joined"
    SHEET_RETURNED = "sheet-returned"
    INTEREST_CAME_UP = "interest-came-up"
    APPROVAL_WAITS = "approval-waits"
    AWARD_RETURNED = "award-returned"
    LETTER_READY = "letter-ready"
    HOLD_PLACED = "hold-placed"
    HOLD_LIFTED = "hold-lifted"
    CONTRACT_ENTRY_WAITS = "contract-entry-waits"
    CONTRACT_ENDING = "contract-ending"
    CONTRACT_TERMINATED = "contract-terminated"
    UPLIFT_ASKED = "uplift-asked"
    UPLIFT_RECOMMENDED = "uplift-recommended"
    UPLIFT_RETURNED = "uplift-returned"
    UPLIFT_DECIDED = "uplift-decided"
    FRAMEWORK_DUTY = "framework-duty"
    EXTENSION_DUE = "extension-due"
    EXTENSION_DECIDED = "extension-decided"
    PLACEMENTS_SUSPENDED = "placements-suspended"
    SUSPENSION_LIFTED = "suspension-lifted"
    VISIT_PROPOSED = "visit-proposed"
    VISIT_ANSWERED = "visit-answered"
    VISIT_JOINED = "visit-joined"
    VISIT_CANCELLED = "visit-cancelled"
    VISIT_GIVEN_UP = "visit-given-up"
    VISIT_SHEET_RETURNED = "visit-sheet-returned"
    VISIT_SCORES_IN = "visit-scores-in"
    VISIT_REPORT_SENT = "visit-report-sent"
    VISIT_RESPONDED = "visit-responded"
    VISIT_FINAL = "visit-final"
    FOLLOW_UPS_RAISED = "follow-ups-raised"
    FOLLOW_UPS_DUE = "follow-ups-due"
    FOLLOW_UPS_OVERDUE = "follow-ups-overdue"
    FOLLOW_UP_ANSWERED = "follow-up-answered"
    FOLLOW_UP_SENT_BACK = "follow-up-sent-back"
    KPI_RETURN_REMINDER = "kpi-return-reminder"
    KPI_RETURN_LATE = "kpi-return-late"
    KPI_RETURN_MISSING = "kpi-return-missing"
    KPI_RETURN_QUERIED = "kpi-return-queried"
    ASSESSMENT_SHARED = "assessment-shared"
    ASSESSMENT_COMMENTED = "assessment-commented"
    ASSESSMENT_FINAL = "assessment-final"
    FORUM_INVITATION = "forum-invitation"
    FORUM_CHANGED = "forum-changed"
    FORUM_CANCELLED = "forum-cancelled"
    FORUM_MINUTES = "forum-minutes"
    PLAN_REVIEW_DUE = "plan-review-due"
    HOME_CORRECTED = "home-corrected"
    OFSTED_DOWNGRADES = "ofsted-downgrades"
    DOWNGRADES_WAIT = "downgrades-wait"
    TOLD_SOMETHING = "told-something"


class Addressee(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str | None: ...


class Mail(Base):
    """One mail to one person, as it was written."""

    __tablename__ = "mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("MAIL"))
    message: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(254), index=True)
    subject: Mapped[str] = mapped_column(String(_LONGEST_SUBJECT))
    body: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(String(80), default="")
    queued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    refused_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    refusal: Mapped[str] = mapped_column(String(100), default="")  # in our words


def write(
    message: Message, to: Iterable[Addressee], *, now: datetime, about: str = "", **context: Any
) -> None:
    """Write a mail to each person who has an address."""
    for person in to:
        if person.email:
            to_address(message, person.email, now=now, about=about, name=person.name, **context)


def to_address(
    message: Message, address: str, *, now: datetime, about: str = "", **context: Any
) -> None:
    """Write a mail to an address that may not belong to an account yet."""
    text = render_template(
        f"emails/{message.value}.txt",
        base_url=current_app.config["BASE_URL"],
        product_name=settings.get("product_name"),
        about=about,
        **context,
    )
    first, _, body = text.strip().partition("\n")
    subject = " ".join(first.removeprefix("Subject:").split())[:_LONGEST_SUBJECT]
    mail = Mail(
        message=message.value,
        address=address,
        subject=subject,
        body=body.strip(),
        about=about,
        queued_at=now,
    )
    db.session.add(mail)
    db.session.flush()
    queue.put("mail:send", mail.ref, now=now)


def sent_to(words: str) -> Select[tuple[Mail]]:
    """The mails to addresses that hold these words, in capitals or not; all of them without any."""
    wanted = words.strip().lower()
    statement = select(Mail)
    return (
        statement.where(func.lower(Mail.address).contains(wanted, autoescape=True))
        if wanted
        else statement
    )


@queue.handler("mail:send")
def send(job: queue.Job, now: datetime) -> None:
    """Hand one mail to the mail server; in the demonstration it only appears in the outbox.

    Nothing is locked while the server thinks. A mail that was handed over just before this process
    was killed is sent again, with the same message number.
    """
    with db.reading() as session:
        waiting = session.scalars(select(Mail).where(Mail.ref == job.subject)).one()
    if waiting.sent_at is not None or waiting.refused_at is not None:
        return
    refusal = _handed_over(waiting, now) if current_app.config["SMTP_URL"] else ""
    mail = db.session.scalars(select(Mail).where(Mail.ref == job.subject)).one()
    if refusal:
        mail.refused_at, mail.refusal = now, refusal
    else:
        mail.sent_at = now
    if not current_app.config["DEMO"]:  # there the outbox is where links are followed
        mail.body = without_links(mail.body)


def not_delivered() -> Select[tuple[Mail]]:
    """The mails that a mail server refused for good, the newest first."""
    wanted = select(Mail).where(Mail.refused_at.is_not(None))
    return wanted.order_by(Mail.refused_at.desc(), Mail.id.desc())


def without_links(body: str) -> str:
    """A mail as it is kept once it is sent: whoever reads the database opens no door with it.

    A link that works once ends in 256 random bits (portal/people/tokens.py); nothing else in an
    address is as long without a break.
    """
    return _TOKEN.sub("[link]", body)


class MailServerAway(queue.Later):
    """The mail server cannot take it now; it is asked again, less often the longer it lasts."""

    def __init__(self, waited: timedelta) -> None:
        super().__init__(min(max(waited / 2, SOON), SELDOM))


def _handed_over(mail: Mail, now: datetime) -> str:
    """Hand it over; why it was refused for good, or nothing.

    Raises:
        MailServerAway: it may be taken later.
    """
    try:
        _by_smtp(mail)
    except (OSError, smtplib.SMTPException) as error:
        refusal = _refusal(error)
        waited = now - mail.queued_at
        if not refusal and waited > GIVEN_UP_AFTER:
            refusal = "No mail server took it for two days."
        if not refusal:
            log.warning("mail waits", mail=mail.ref, fault=type(error).__name__)
            raise MailServerAway(waited) from None
        log.warning("mail refused", mail=mail.ref)
        return refusal
    return ""


def _refusal(error: Exception) -> str:
    """What the server said of this one mail, if it will say so every time.

    That it does not know us (a sender, a password) is a fault of ours, which is mended.
    """
    code = 0
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max((told[0] for told in error.recipients.values()), default=0)
    elif isinstance(error, smtplib.SMTPDataError):
        code = error.smtp_code
    if not 500 <= code < 600:
        return ""
    known = {
        550: "There is no such mailbox, or it takes no mail from us.",
        552: "The mailbox is full.",
        553: "The address is not written as it should be.",
        554: "The mail server turned it down.",
    }
    return f"{known.get(code, 'The mail server refused it.')} ({code})"


def _by_smtp(mail: Mail) -> None:
    """Raises OSError, SMTPException."""
    server = urlsplit(current_app.config["SMTP_URL"])
    message = EmailMessage()
    message["Subject"], message["To"] = mail.subject, mail.address
    message["From"] = current_app.config["MAIL_FROM"] or settings.get("support_email")
    message["Date"] = format_datetime(mail.queued_at)
    message["Message-ID"] = f"<{mail.ref}@{server.hostname}>"  # the same mail twice is seen as one
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    with _connected(server) as connection:
        if server.username:
            password = unquote(server.password or "") or current_app.config["SMTP_PASSWORD"]
            connection.login(unquote(server.username), password)
        connection.send_message(message)


def _connected(server: SplitResult) -> smtplib.SMTP:
    """A connection as the scheme says: smtps is TLS from the start, smtp+starttls begins without."""
    host = server.hostname or "localhost"
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(host, server.port or 465, timeout=PATIENCE, context=_trusted())
    connection = smtplib.SMTP(host, server.port or 25, timeout=PATIENCE)
    if server.scheme == "smtp+starttls":
        try:
            connection.starttls(context=_trusted())  # raises where the server has no TLS
        except BaseException:
            connection.close()
            raise
    return connection


def _trusted() -> ssl.SSLContext:
    """Whom we believe to be the mail server: those of this machine, or one authority of one's own."""
    return ssl.create_default_context(cafile=current_app.config["SMTP_CA"] or None)
