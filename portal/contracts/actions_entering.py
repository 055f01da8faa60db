"""A contract or place by hand, such as one that is older than the portal: proposed, then looked at."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from portal import audit, mail
from portal.access import Viewer
from portal.audit import Event
from portal.contracts import people, policy
from portal.contracts.actions import RateOffer, join_list, keep_rates
from portal.contracts.actions_terms import lay_out, reason_of, take
from portal.contracts.models import Contract, ContractCouncil, ListMembership, RateSource
from portal.contracts.models_terms import EntryKind, ExtensionDecision, HandEntry
from portal.db import db
from portal.mail import Message
from portal.people.models import Council
from portal.providers.models import Provider
from portal.rounds.models import Agreement, AgreementKind, AgreementLot
from scoring.contract_terms import planned
from scoring.rules import RuleBroken
from scoring.stages import ENTRY, move
from scoring.uplifts import UpliftRule

Agreed = Contract | ListMembership
UNITS = ("week", "night", "hour")


@dataclass(frozen=True, slots=True)
class RateEntered:
    """A rate as the contract states it, in pence."""

    item: str
    unit: str
    pence: int


@dataclass(frozen=True, slots=True)
class Entered:
    """What an officer types of a contract or place.

    Args:
        agreement_ref, lot_code: an agreement that is on the portal; else its title and that of the lot.
        ends_on: of the first period. months: of each extension option. taken: how many were taken.
        uplift_month: 1 to 12, or 0 where nothing is said of uplifts.
    """

    title: str
    council_slugs: Sequence[str]
    starts_on: date
    ends_on: date
    rates: Sequence[RateEntered]
    agreement_ref: str = ""
    agreement_title: str = ""
    lot_code: str = ""
    lot_title: str = ""
    months: Sequence[int] = ()
    notice_months: int = 6
    taken: int = 0
    value_pence: int | None = None
    uplift_index: str = ""
    uplift_month: int = 0
    uplift_cap_bp: int | None = None

    @property
    def uplift_rule(self) -> UpliftRule:
        return UpliftRule(self.uplift_index, self.uplift_month, self.uplift_cap_bp)

    def content(self) -> dict[str, Any]:
        """As it is kept until the second look."""
        found = {name: getattr(self, name) for name in self.__slots__}
        found["rates"] = [[one.item, one.unit, one.pence] for one in self.rates]
        found["council_slugs"], found["months"] = list(self.council_slugs), list(self.months)
        return audit.plain(found)

    @classmethod
    def read(cls, content: dict[str, Any]) -> "Entered":
        """Read it back."""
        days = {name: date.fromisoformat(content[name]) for name in ("starts_on", "ends_on")}
        rates = [RateEntered(*one) for one in content["rates"]]
        return cls(**{**content, **days, "rates": rates})


def propose(
    kind: EntryKind,
    provider: Provider,
    entered: Entered,
    *,
    council: Council,
    reason: str,
    actor: Viewer,
    now: datetime,
) -> HandEntry:
    """Enter a contract or place by hand. Nothing holds before a second officer has looked.

    Raises:
        RuleBroken: `contract:refused`, `contract:no-reason`, and as `check`.
    """
    policy.may_enter(actor).or_refuse("contract:refused")
    check(entered, council)
    entry = HandEntry(
        kind=kind,
        provider=provider,
        council=council,
        content=entered.content(),
        reason=reason_of(reason, "Say why it is entered by hand."),
        proposed_by_id=actor.person_id,
        proposed_at=now,
    )
    db.session.add(entry)
    db.session.flush()
    audit.record(Event.CONTRACT_ENTRY_PROPOSED, entry, actor=actor, now=now, provider=provider.ref)
    others = [one for one in people.commissioners([council.id]) if one.id != actor.person_id]
    mail.write(Message.CONTRACT_ENTRY_WAITS, to=others, now=now, about=entry.ref)
    return entry


def check(entered: Entered, council: Council) -> None:
    """Refuse what cannot be.

    Raises:
        RuleBroken: `contract:no-rates`, `contract:rate`, `contract:dates`, `contract:notice`,
            `contract:taken`, `contract:council`, `contract:lot`, `uplift:rule-…`.
    """
    laid = planned(entered.starts_on, entered.ends_on, entered.months, entered.notice_months)
    if not 0 <= entered.taken <= len(laid):
        raise RuleBroken(
            "contract:taken", f"There are {len(laid)} extensions to be taken.", "taken"
        )
    if not entered.rates:
        raise RuleBroken("contract:no-rates", "Enter at least one rate.", "rates")
    if len({_key(one.item) for one in entered.rates}) < len(entered.rates):
        raise RuleBroken("contract:rate", "Two rates have the same name.", "rates")
    if any(one.unit not in UNITS or one.pence <= 0 for one in entered.rates):
        raise RuleBroken(
            "contract:rate", "A rate is above zero, for a week, night or hour.", "rates"
        )
    if council.slug not in entered.council_slugs:
        raise RuleBroken("contract:council", "Your own council must be among them.", "councils")
    if not entered.agreement_ref and not (entered.agreement_title and entered.lot_title):
        raise RuleBroken("contract:lot", "Name the agreement and its lot.", "agreement_title")
    entered.uplift_rule.check()


def confirm(entry: HandEntry, *, actor: Viewer, now: datetime) -> Agreed:
    """Take the second look and let it hold.

    Raises:
        RuleBroken: `contract:refused`, `list:already-joined`, and as `check`.
    """
    policy.may_decide_entry(actor, entry).or_refuse("contract:refused")
    entered = Entered.read(entry.content)
    check(entered, entry.council)
    lot = _lot(entered, now)
    councils = db.session.scalars(select(Council).where(Council.slug.in_(entered.council_slugs)))
    make = _contract if entry.kind is EntryKind.CONTRACT else _membership
    held = make(entry, entered, lot, councils.all(), actor=actor, now=now)
    held.value_pence, held.entry_ref = entered.value_pence, entry.ref
    held.uplift_rule = entered.uplift_rule
    lay_out(held, entered.months, entered.notice_months)
    _take_earlier(held, entered.taken, entry, now)
    entry.stage = move(ENTRY, entry.stage, "confirm")
    entry.decided_by_id, entry.decided_at, entry.made_ref = actor.person_id, now, held.ref
    db.session.flush()
    audit.record(Event.CONTRACT_ENTRY_CONFIRMED, entry, actor=actor, now=now, made=held.ref)
    return held


def decline(entry: HandEntry, *, reason: str, actor: Viewer, now: datetime) -> None:
    """Send it back; the officer who entered it may enter it anew.

    Raises:
        RuleBroken: `contract:refused`, `contract:no-reason`.
    """
    policy.may_decide_entry(actor, entry).or_refuse("contract:refused")
    entry.decision_reason = reason_of(reason, "Say what is wrong with it.")
    entry.stage = move(ENTRY, entry.stage, "decline")
    entry.decided_by_id, entry.decided_at = actor.person_id, now
    db.session.flush()
    audit.record(Event.CONTRACT_ENTRY_DECLINED, entry, actor=actor, now=now)


def withdraw(entry: HandEntry, *, actor: Viewer, now: datetime) -> None:
    """Take one's own entry back before anybody has decided on it.

    Raises:
        RuleBroken: `contract:refused`.
    """
    policy.may_withdraw_entry(actor, entry).or_refuse("contract:refused")
    entry.stage = move(ENTRY, entry.stage, "withdraw")
    entry.decided_at = now
    db.session.flush()
    audit.record(Event.CONTRACT_ENTRY_WITHDRAWN, entry, actor=actor, now=now)


def _lot(entered: Entered, now: datetime) -> AgreementLot:
    if not entered.agreement_ref:
        agreement = Agreement(
            kind=AgreementKind.FRAMEWORK, title=entered.agreement_title, created_at=now
        )
        code = entered.lot_code or "1"
        agreement.lots = [AgreementLot(code=code, title=entered.lot_title, position=1)]
        db.session.add(agreement)
        db.session.flush()
        return agreement.lots[0]
    found = db.session.scalar(
        select(AgreementLot)
        .join(AgreementLot.agreement)
        .where(Agreement.ref == entered.agreement_ref, AgreementLot.code == entered.lot_code)
    )
    if found is None:
        raise RuleBroken("contract:lot", "This lot is not there any more.", "lot")
    return found


def _contract(
    entry: HandEntry,
    entered: Entered,
    lot: AgreementLot,
    councils: Sequence[Council],
    *,
    actor: Viewer,
    now: datetime,
) -> Contract:
    made = Contract(
        provider=entry.provider,
        agreement_lot=lot,
        title=entered.title,
        starts_on=entered.starts_on,
        ends_on=entered.ends_on,
        extension_months=sum(entered.months),
        made_at=now,
    )
    made.councils = [ContractCouncil(council_id=one.id) for one in councils]
    db.session.add(made)
    keep_rates(
        entry.provider,
        lot,
        _offers(entered),
        starts_on=entered.starts_on,
        ends_on=entered.ends_on,
        application_ref=entry.ref,
        now=now,
        source=RateSource.HAND,
    )
    db.session.flush()
    audit.record(Event.CONTRACT_MADE, made, actor=actor, now=now, provider=entry.provider.ref)
    return made


def _membership(
    entry: HandEntry,
    entered: Entered,
    lot: AgreementLot,
    councils: Sequence[Council],
    *,
    actor: Viewer,
    now: datetime,
) -> ListMembership:
    return join_list(
        entry.provider,
        lot,
        councils=councils,
        starts_on=entered.starts_on,
        ends_on=entered.ends_on,
        rates=_offers(entered),
        application_ref=entry.ref,
        source=RateSource.HAND,
        actor=actor,
        now=now,
    )


def _offers(entered: Entered) -> list[RateOffer]:
    return [RateOffer(_key(one.item), one.unit, 0, one.pence) for one in entered.rates]


def _key(item: str) -> str:
    """A name as the key of an item: "Weekly fee, age 5 to 9" is “weekly-fee-age-5-to-9”."""
    return re.sub(r"[^a-z0-9]+", "-", item.lower()).strip("-")[:60]


def _take_earlier(held: Agreed, taken: int, entry: HandEntry, now: datetime) -> None:
    """Extensions that were taken before it came onto the portal."""
    for option in held.options[:taken]:
        db.session.add(
            ExtensionDecision(
                option=option,
                extended=True,
                reason="Taken before the contract was entered here.",
                decided_by_id=entry.proposed_by_id,
                decided_at=now,
            )
        )
        take(option)
