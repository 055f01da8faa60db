"""What an installation may set: every number of common practice is here, never a constant."""

from dataclasses import dataclass
from typing import Any

from flask import g
from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Base, db
from scoring.rules import RuleBroken


class Setting(Base):
    """A value that differs from its default."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


@dataclass(frozen=True, slots=True)
class Definition:
    """A setting: its default, its bounds, and what it does in one sentence."""

    key: str
    default: int | str
    title: str
    lowest: int = 0
    highest: int = 10_000

    def check(self, value: Any) -> int | str:
        """Raises RuleBroken when the value does not fit."""
        if isinstance(self.default, int):
            if not isinstance(value, int) or isinstance(value, bool):
                raise RuleBroken("setting:not-a-number", f"{self.title}: enter a whole number.")
            if not self.lowest <= value <= self.highest:
                raise RuleBroken(
                    "setting:out-of-range",
                    f"{self.title}: enter a number from {self.lowest} to {self.highest}.",
                )
            return value
        if not isinstance(value, str) or len(value) > 200:
            raise RuleBroken("setting:too-long", f"{self.title}: use up to 200 characters.")
        return value


DEFINITIONS = {
    definition.key: definition
    for definition in (
        Definition("product_name", "Placement Quality Portal", "Name shown in the header"),
        Definition("accent_colour", "#1d5f5a", "Accent colour of the header (#rrggbb)"),
        Definition("support_email", "support@portal.example", "Whom people write to for help"),
        Definition(
            "api_token_days", 365, "Most days for which a token of the interface works", 1, 730
        ),
        Definition(
            "api_council_days",
            30,
            "Days without the council's own sign-in after which a token of its staff sleeps",
            1,
            365,
        ),
        Definition("api_calls", 120, "Calls of the interface a minute for each token", 1, 6000),
        Definition(
            "api_public_calls", 30, "Calls of the interface a minute without a token", 1, 6000
        ),
        Definition("dormant_days", 90, "Days without use until an account is dormant", 7, 730),
        Definition("keep_accounts_months", 24, "Months that closed accounts are kept", 1, 240),
        Definition("keep_sessions_months", 12, "Months that sessions are kept", 1, 120),
        Definition("keep_mails_months", 36, "Months that sent mail is kept", 36, 240),
        Definition("keep_jobs_months", 3, "Months that the content of done jobs is kept", 1, 120),
        Definition(
            "keep_audit_values_months", 84, "Months that values in the trail are kept", 36, 300
        ),
        Definition(
            "keep_lost_bids_months", 36, "Months that bids that won nothing are kept", 36, 240
        ),
        Definition(
            "keep_contracts_months", 72, "Months that contracts are kept after they end", 36, 240
        ),
        Definition("keep_deeds_months", 144, "Months that contracts by deed are kept", 144, 300),
        Definition(
            "keep_decisions_months", 72, "Months that decisions of a round are kept", 36, 240
        ),
        Definition(
            "keep_kpi_returns_months", 72, "Months that words of KPI returns are kept", 36, 240
        ),
        Definition("keep_visits_months", 72, "Months that words of visits are kept", 36, 240),
        Definition(
            "keep_placements_months", 84, "Months that rows about placements are kept", 12, 240
        ),
        Definition("opening_wait_minutes", 5, "Minutes from the deadline to the opening", 0, 1440),
        Definition("usual_tender_days", 25, "Days to apply below which a round warns", 1, 365),
        Definition("version_days", 10, "Days after a new version below which it warns", 1, 90),
        Definition("clarification_days", 2, "Fewest days to reply to a council's request", 1, 30),
        Definition("hearing_days", 10, "Fewest days for a supplier to answer a ground", 1, 60),
        Definition("reason_words", 8, "Fewest words in the reason for a score", 1, 100),
        Definition("young_reason_words", 3, "The same for a score of Young Commissioners", 1, 100),
        Definition(
            "visit_reason_words", 3, "Fewest words in an officer's reason on a visit", 1, 50
        ),
        Definition("visit_comment_days", 10, "Days to comment on the facts of a visit", 1, 60),
        Definition(
            "keep_visit_photos_months", 12, "Months that photographs of visits are kept", 1, 120
        ),
        Definition("idle_minutes", 45, "Minutes without use until a session ends", 5, 720),
        Definition("session_hours", 12, "Hours until everybody signs in again", 1, 24),
        Definition("sign_in_attempts", 6, "Failed sign-ins in 15 minutes until a pause", 3, 50),
        Definition("glass_hours", 4, "Hours of a role taken in an emergency", 1, 24),
        Definition("glass_reason_words", 5, "Fewest words in the reason for it", 3, 50),
        Definition("invitation_days", 14, "Days that an invitation holds", 1, 90),
        Definition("upload_megabytes", 25, "Largest file, in megabytes", 1, 25),
        Definition("list_page_size", 20, "Rows on a page of a list", 5, 200),
        Definition("exception_days", 90, "Most days of an exception from a stop", 1, 366),
        Definition(
            "downgrade_days", 10, "Days in which a council decides on an Ofsted downgrade", 1, 90
        ),
        Definition("vacancy_days", 14, "Days after which a count of free places is old", 1, 365),
        Definition(
            "bank_holidays",
            "England and Wales",
            "Bank holidays left out of a standstill (England and Wales, or United Kingdom)",
        ),
        Definition("added_bank_holidays", "none", "One-off bank holidays, such as 2027-06-04"),
        Definition("ocds_prefix", "ocds-000000", "Registered prefix of open contracting data"),
        Definition(
            "scoring_words_an_hour",
            3000,
            "Words that a scorer reads and scores in an hour",
            1,
            60000,
        ),
        Definition("moderation_quorum", 2, "Fewest people at a moderation meeting", 1, 20),
    )
}


def get(key: str) -> Any:
    """The value in force. One statement a request, however many settings are asked for."""
    if "settings" not in g:
        load(db.session)
    return g.settings.get(key, DEFINITIONS[key].default)


def most_bytes() -> int:
    """How large a file may be that somebody uploads."""
    return int(get("upload_megabytes")) * 1024 * 1024


def load(session: Session) -> None:
    """Read the settings of this request with a session of one's own, if they are not read yet."""
    if "settings" not in g:
        g.settings = {row.key: row.value for row in session.scalars(select(Setting))}


def change(key: str, value: Any) -> None:
    """Set a value (the caller records who did it)."""
    checked = DEFINITIONS[key].check(value)
    row = db.session.get(Setting, key)
    if row is None:
        db.session.add(Setting(key=key, value=checked))
    else:
        row.value = checked
    g.pop("settings", None)
