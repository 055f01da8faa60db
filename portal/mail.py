"""Mail: written with the change that causes it, sent after the commit.

Nothing sensitive is in a mail: it says that something waits, and where. Templates lie in
`templates/emails/`; their first line is the subject. A link that works once is blanked in what is
kept, as soon as the mail is sent.
"""

import re
import smtplib
from collections.abc import Iterable
from datetime import datetime
from email.message import EmailMessage
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import urlsplit

from flask import current_app, render_template
from sqlalchemy import Select, String, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column

from portal import queue, settings
from portal.db import Base, UTCDateTime, db, new_ref

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
    EXTENSION_DUE = "extension-due"
    EXTENSION_DECIDED = "extension-decided"
    PLACEMENTS_SUSPENDED = "placements-suspended"
    SUSPENSION_LIFTED = "suspension-lifted"
    VISIT_PROPOSED = "visit-proposed"
    VISIT_ANSWERED = "visit-answered"
    VISIT_JOINED = "visit-joined"
    VISIT_CANCELLED = "visit-cancelled"
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
    OFSTED_DOWNGRADES = "ofsted-downgrades"
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
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(String(80), default="")
    queued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


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
    subject = first.removeprefix("Subject:").strip()
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
    """Hand one mail to the mail server; in the demonstration it only appears in the outbox."""
    mail = db.session.scalars(select(Mail).where(Mail.ref == job.subject)).one()
    if mail.sent_at is not None:
        return
    if current_app.config["SMTP_URL"]:
        _by_smtp(mail)
    mail.sent_at = now
    if not current_app.config["DEMO"]:  # there the outbox is where links are followed
        mail.body = without_links(mail.body)


def without_links(body: str) -> str:
    """A mail as it is kept once it is sent: whoever reads the database opens no door with it.

    A link that works once ends in 256 random bits (portal/people/tokens.py); nothing else in an
    address is as long without a break.
    """
    return _TOKEN.sub("[link]", body)


def _by_smtp(mail: Mail) -> None:
    server = urlsplit(current_app.config["SMTP_URL"])
    message = EmailMessage()
    message["Subject"], message["To"] = mail.subject, mail.address
    message["From"] = settings.get("support_email")
    message["Message-ID"] = f"<{mail.ref}@{server.hostname}>"  # the same mail twice is seen as one
    message.set_content(mail.body)
    with smtplib.SMTP(server.hostname or "localhost", server.port or 25, timeout=30) as connection:
        if server.scheme == "smtps":
            connection.starttls()
        if server.username:
            connection.login(server.username, server.password or "")
        connection.send_message(message)
