"""Drafts of the notices of the Procurement Act 2023, to be typed into Find a Tender.

Each field that a notice asks for stands there: with what the portal knows, or with what is still
missing and who knows it. Source: Procurement Regulations 2024, regulations 18 to 20 (UK4), 27 (UK6),
32 (UK7), 37 (UK12).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.awards.facts import AWARDED, Facts
from portal.awards.models import AwardNotice
from portal.awards.releases import CPV, criteria_in_words
from portal.days import today
from portal.rounds.models import Regime, Round
from portal.web import date_text, moment_text
from scoring.stages import RoundStage
from scoring.standstill import duty_of


class NoticeKind(StrEnum):
    """Which notice; the value is its number in small letters."""

    UK4 = "uk4"
    UK6 = "uk6"
    UK7 = "uk7"
    UK12 = "uk12"

    @property
    def title(self) -> str:
        return {
            NoticeKind.UK4: "UK4: tender notice",
            NoticeKind.UK6: "UK6: contract award notice",
            NoticeKind.UK7: "UK7: contract details notice",
            NoticeKind.UK12: "UK12: procurement termination notice",
        }[self]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a notice asks for; without a value, what is missing."""

    label: str
    value: str = ""
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice as far as the portal can write it."""

    kind: NoticeKind
    fields: tuple[Field, ...]

    @property
    def missing(self) -> int:
        return sum(not field.value for field in self.fields)

    def text(self, title: str) -> str:
        """The same as a plain text file."""
        parts = [self.kind.title, title, ""]
        for field in self.fields:
            parts += [field.label, f"  {field.value or 'MISSING. ' + field.missing}", ""]
        return "\n".join(parts)


def offered(facts: Facts) -> list[NoticeKind]:
    """Which notices a round calls for by now. There are none under the Regulations of 2015."""
    bid_round = facts.round
    if not bid_round.regime.needs_notice:
        return []
    kinds = [NoticeKind.UK4]
    if bid_round.stage in AWARDED and facts.awarded:
        kinds.append(NoticeKind.UK6)
    if facts.running:
        kinds.append(NoticeKind.UK7)
    if bid_round.stage is RoundStage.CANCELLED:
        kinds.append(NoticeKind.UK12)
    return kinds


def draft(kind: NoticeKind, facts: Facts) -> Draft:
    """One notice of a round."""
    return Draft(kind, tuple(_FIELDS[kind](facts)))


def _known(label: str, value: object, missing: str = "It is not set in the round.") -> Field:
    words = "" if value is None else str(value)
    return Field(label, words, "" if words else missing)


def _asked(label: str, missing: str) -> Field:
    """What the portal does not keep."""
    return Field(label, missing=missing)


# --- What all notices begin with -----------------------------------------------------------


def _authority(facts: Facts) -> Iterator[Field]:
    bid_round = facts.round
    others = sorted(
        part.council.name
        for part in bid_round.councils
        if part.council_id != bid_round.lead_council_id
    )
    yield _known("Contracting authority", bid_round.lead_council.name)
    yield _asked("Its identifier (PPON) and address", "Find a Tender has them in your account.")
    yield _known("Contact", bid_round.contact_email)
    yield _known("On behalf of", ", ".join(others), "No other council takes part.")
    yield _known("Title", bid_round.title)
    yield _known("Reference", bid_round.ref)


def _subject(facts: Facts) -> Iterator[Field]:
    bid_round = facts.round
    yield _known("Description", bid_round.summary)
    yield Field("Main category", "Services")
    yield Field("CPV classification", f"{CPV['id']} {CPV['description']}")
    yield _asked("Delivery locations (ITL codes)", "Name the areas of the councils.")
    light = bid_round.regime is Regime.PA_2023_LIGHT_TOUCH
    yield Field("Special regime", "Light touch" if light else "None")


def _lots(bid_round: Round) -> str:
    return "; ".join(f"{lot.code} {lot.title}" for lot in bid_round.open_lots)


# --- UK4 -----------------------------------------------------------------------------------


def _uk4(facts: Facts) -> Iterator[Field]:
    bid_round = facts.round
    yield from _authority(facts)
    yield from _subject(facts)
    yield _asked("Total value, with and without VAT", "Estimate it from placements and rates.")
    yield _known("Lots", _lots(bid_round))
    yield from _terms(facts)
    yield Field("Procedure", "Open procedure")
    yield _known("Enquiry deadline", _at(bid_round.questions_until_at))
    yield _known("Tender submission deadline", _at(bid_round.deadline_at))
    yield Field("How to submit", "Electronically, in this portal")
    yield Field("Languages", "English")
    yield _asked("Conditions of participation", "Take them from the checklist and question set.")
    yield Field("Award criteria", criteria_in_words(facts.scheme))
    yield _asked("Suitable for small firms, voluntary organisations", "Decide it for each lot.")
    yield _asked("Preliminary market engagement", "Name the UK2 notice, or say why there was none.")
    yield _asked("Conflicts assessment", "Confirm that it is prepared (section 83).")


def _terms(facts: Facts) -> Iterator[Field]:
    bid_round = facts.round
    years = bid_round.list_years
    yield Field("Contract length", f"{years} year" if years == 1 else f"{years} years")
    yield Field("Options to extend", bid_round.extension_terms.words)
    if not facts.scheme.ranked:
        yield Field("Framework", f"Open framework: {bid_round.agreement.title}")
        yield _asked("When the framework opens again", "Section 49: say so in each notice.")


# --- UK6 -----------------------------------------------------------------------------------


def _uk6(facts: Facts) -> Iterator[Field]:
    bid_round = facts.round
    yield from _authority(facts)
    yield _known("Tender notice", bid_round.notice_number)
    yield from _subject(facts)
    yield _known("Suppliers", _suppliers(facts))
    yield _known("Their identifiers (PPON)", _identifiers(facts), "No supplier has given one.")
    yield _asked("Small firms, voluntary organisations", "Ask each supplier.")
    yield _known("Date of the award decision", _at(facts.decided_at))
    yield _asked("Contract value, with and without VAT", "Estimate it from placements and rates.")
    yield from _terms(facts)
    yield _known("Tenders received", facts.tenders)
    yield _known("Tenders assessed", facts.assessed)
    yield _known("Assessment summaries sent", _at(facts.letters_at), "Release the letters first.")
    yield from _standstill(bid_round, facts.notice)
    yield _asked("Signing expected on", _signing(facts.notice))
    yield _asked("Conflicts assessment", "Confirm that it is revised (section 83).")
    if bid_round.regime is Regime.PA_2023:
        yield _asked("KPIs, if the contract is worth more than £5 million", "At least three.")


def _standstill(bid_round: Round, notice: AwardNotice | None) -> Iterator[Field]:
    duty = duty_of(bid_round.regime)
    label = "Standstill"
    if notice is not None and notice.last_on is not None:
        ends = f"{notice.days} working days, to midnight on {date_text(notice.last_on)}"
        yield Field(label, ends)
    elif notice is not None:
        yield Field(label, "None is stated")
    elif duty.mandatory:
        yield Field(label, f"{duty.least_days} working days from the day of publication")
    else:
        yield _asked(label, "Decide whether one is stated. It is voluntary for light touch.")


def _signing(notice: AwardNotice | None) -> str:
    if notice is None or notice.last_on is None:
        return "The day after the standstill, or later."
    return f"{date_text(notice.last_on + timedelta(days=1))} or later: the standstill is over then."


def _suppliers(facts: Facts) -> str:
    lots: dict[str, list[str]] = {}
    for one in facts.awarded:
        lots.setdefault(one.provider.name, []).append(one.lot.code)
    return "; ".join(
        f"{name} ({'lot' if len(codes) == 1 else 'lots'} {', '.join(codes)})"
        for name, codes in sorted(lots.items())
    )


def _identifiers(facts: Facts) -> str:
    known = {one.provider.name: one.provider.ppon for one in facts.awarded if one.provider.ppon}
    return "; ".join(f"{name} {number}" for name, number in sorted(known.items()))


# --- UK7 and UK12 --------------------------------------------------------------------------

DETAILS_DAYS = {Regime.PA_2023: 30, Regime.PA_2023_LIGHT_TOUCH: 120}


def details_due_on(facts: Facts) -> date | None:
    """By when contract details are published (Procurement Act 2023, section 53)."""
    days = DETAILS_DAYS.get(facts.round.regime)
    made = [one.made_at for one in facts.running]
    return today(min(made)) + timedelta(days=days) if days and made else None


def _uk7(facts: Facts) -> Iterator[Field]:
    bid_round = facts.round
    due = details_due_on(facts)
    yield from _authority(facts)
    yield _known("To be published by", None if due is None else date_text(due))
    yield _known("Contract award notice", facts.notice.number if facts.notice else "")
    yield from _subject(facts)
    for one in facts.running:
        until = date_text(one.ends_on)
        more = f", can be extended to {date_text(one.most_on)}" if one.most_on > one.ends_on else ""
        words = f"{one.provider.name}: {date_text(one.starts_on)} to {until}{more}"
        yield Field(f"Contract {one.ref}, lot {one.lot.code}", words)
    yield _known("Signed on", _signed(facts))
    yield _asked("Contract value, with and without VAT", "Estimate it from placements and rates.")
    if bid_round.regime is Regime.PA_2023:
        yield _asked("KPIs, if the contract is worth more than £5 million", "At least three.")
        yield _asked("Copy of the contract, if worth more than £5 million", "Attach it, redacted.")


def _signed(facts: Facts) -> str:
    return ", ".join(sorted({date_text(one.made_at) for one in facts.running}))


def _uk12(facts: Facts) -> Iterator[Field]:
    bid_round = facts.round
    yield from _authority(facts)
    yield _known("Tender notice", bid_round.notice_number)
    yield _known("Description", bid_round.summary)
    yield Field("What ends", f"The whole procurement: lots {_lots(bid_round)}")
    yield _known("Date of the decision", _at(bid_round.cancelled_at))
    yield _known("Reason (not asked for; the round gives it)", bid_round.cancel_reason)


def _at(moment: object) -> str:
    return "" if moment is None else moment_text(moment)  # type: ignore[arg-type]


_FIELDS: dict[NoticeKind, Callable[[Facts], Iterator[Field]]] = {
    NoticeKind.UK4: _uk4,
    NoticeKind.UK6: _uk6,
    NoticeKind.UK7: _uk7,
    NoticeKind.UK12: _uk12,
}


def drafts(facts: Facts) -> Sequence[Draft]:
    """Every notice that a round calls for by now."""
    return [draft(kind, facts) for kind in offered(facts)]
