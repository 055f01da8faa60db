"""A round as releases of the Open Contracting Data Standard 1.1: tender, award, contract.

Only what is, or is about to be, public: organisations, lots, dates and criteria. No person, no
score, no price of a bid. Source: https://standard.open-contracting.org/1.1/en/schema/release/
"""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from portal import settings
from portal.awards.facts import Awarded, Facts, Running
from portal.days import LONDON
from portal.people.models import Council
from portal.providers.models import Provider
from portal.rounds.models import Round, RoundLot
from scoring.criteria import Criterion, Scheme
from scoring.rounding import printed
from scoring.stages import RoundStage

Json = dict[str, Any]

# Common Procurement Vocabulary: "Welfare services for children and young people"
CPV = {
    "scheme": "CPV",
    "id": "85311300",
    "description": "Welfare services for children and young people",
}
LAST_MINUTE = time(23, 59, 59)


class Kind(StrEnum):
    """Which release; the value is the tag that the standard gives it."""

    TENDER = "tender"
    AWARD = "award"
    CONTRACT = "contract"


def offered(facts: Facts) -> list[Kind]:
    """The releases that a round has by now."""
    has = {Kind.TENDER: True, Kind.AWARD: facts.awarded, Kind.CONTRACT: facts.running}
    return [kind for kind, there in has.items() if there]


def release(kind: Kind, facts: Facts) -> Json:
    """One release of a round, as JSON that the standard's schema takes."""
    bid_round = facts.round
    told: Json = {
        "ocid": f"{settings.get('ocds_prefix')}-{bid_round.ref}",
        "id": f"{bid_round.ref}-{kind.value}-{bid_round.version}",
        "date": _moment(facts.now),
        "tag": [kind.value],
        "initiationType": "tender",
        "language": "en",
        "parties": _parties(kind, facts),
        "buyer": _named(bid_round.lead_council),
        "tender": _tender(facts),
    }
    if kind is not Kind.TENDER:
        told["awards"] = [_award(one, facts) for one in facts.awarded]
    if kind is Kind.CONTRACT:
        told["contracts"] = [_contract(one) for one in facts.running]
    return told


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(LONDON).isoformat(timespec="seconds")


def _day(on: date, at: time = time(0)) -> str:
    return datetime.combine(on, at, tzinfo=LONDON).isoformat(timespec="seconds")


# --- Organisations -------------------------------------------------------------------------


def _parties(kind: Kind, facts: Facts) -> list[Json]:
    bid_round = facts.round
    councils = sorted((part.council for part in bid_round.councils), key=lambda one: one.slug)
    parties = [
        {
            **_named(council),
            "identifier": {"legalName": council.name},
            "roles": _roles(council, bid_round),
            **_contact(council, facts),
        }
        for council in councils
    ]
    if kind is not Kind.TENDER:
        providers = {one.provider.ref: one.provider for one in facts.awarded}
        parties += [_supplier(providers[ref]) for ref in sorted(providers)]
    return parties


def _roles(council: Council, bid_round: Round) -> list[str]:
    return ["buyer", "procuringEntity"] if council.id == bid_round.lead_council_id else ["buyer"]


def _contact(council: Council, facts: Facts) -> Json:
    """The mailbox that the round names; never a person's own."""
    if council.id != facts.round.lead_council_id or not facts.mailbox:
        return {}
    return {"contactPoint": {"email": facts.mailbox}}


def _supplier(provider: Provider) -> Json:
    told: Json = {**_named(provider), "roles": ["supplier"]}
    if provider.company_number:
        told["identifier"] = {
            "scheme": "GB-COH",
            "id": provider.company_number,
            "legalName": provider.name,
        }
    more = [("GB-CHC", provider.charity_number), ("GB-PPON", provider.ppon)]
    others = [{"scheme": scheme, "id": number} for scheme, number in more if number]
    return {**told, "additionalIdentifiers": others} if others else told


def _named(organisation: Council | Provider) -> Json:
    return {"id": organisation.ref, "name": organisation.name}


# --- Tender --------------------------------------------------------------------------------


STATUS = {
    RoundStage.DRAFT: "planned",
    RoundStage.CANCELLED: "cancelled",
    RoundStage.CONCLUDED: "complete",
}


def _tender(facts: Facts) -> Json:
    bid_round = facts.round
    told: Json = {
        "id": bid_round.notice_number or bid_round.ref,
        "title": bid_round.title,
        "description": bid_round.summary,
        "status": STATUS.get(bid_round.stage, "active"),
        "procuringEntity": _named(bid_round.lead_council),
        "items": [_item(lot) for lot in bid_round.open_lots],
        "procurementMethod": "open",
        "procurementMethodDetails": bid_round.regime.title,
        "mainProcurementCategory": "services",
        "awardCriteria": "ratedCriteria",
        "awardCriteriaDetails": criteria_in_words(facts.scheme),
        "submissionMethod": ["electronicSubmission"],
        "contractPeriod": {"durationInDays": 365 * bid_round.list_years},
    }
    if bid_round.opens_at and bid_round.deadline_at:
        told["tenderPeriod"] = _between(bid_round.opens_at, bid_round.deadline_at)
    if bid_round.opens_at and bid_round.questions_until_at:
        told["enquiryPeriod"] = _between(bid_round.opens_at, bid_round.questions_until_at)
    if facts.tenders is not None:
        told["numberOfTenderers"] = facts.tenders
    return told


def _between(start: datetime, end: datetime) -> Json:
    return {"startDate": _moment(start), "endDate": _moment(end)}


def _item(lot: RoundLot) -> Json:
    return {"id": lot.code, "description": f"Lot {lot.code}: {lot.title}", "classification": CPV}


def criteria_in_words(scheme: Scheme) -> str:
    """The criteria at the top with what each is worth: "Quality 70%, Young Commissioners 30%"."""
    whole = scheme.total_points
    worth = scheme.available()

    def told(one: Criterion) -> str:
        share = printed(worth[one.key] * 100 / whole, 2) if whole else "0"
        return f"{one.title} {share.rstrip('0').rstrip('.') if '.' in share else share}%"

    return ", ".join(told(one) for one in scheme.criteria)


# --- Awards and contracts ------------------------------------------------------------------


def _award(one: Awarded, facts: Facts) -> Json:
    return {
        "id": one.id,
        "title": f"{facts.round.title}, lot {one.lot.code}",
        "status": "active" if facts.running else "pending",
        "date": _moment(facts.decided_at),
        "suppliers": [_named(one.provider)],
        "items": [_item(one.lot)],
    }


def _contract(one: Running) -> Json:
    return {
        "id": one.ref,
        "awardID": one.award_id,
        "title": one.title,
        "status": "active",
        "period": {
            "startDate": _day(one.starts_on),
            "endDate": _day(one.ends_on, LAST_MINUTE),
            "maxExtentDate": _day(one.most_on, LAST_MINUTE),
        },
        "dateSigned": _moment(one.made_at),
        "items": [_item(one.lot)],
    }
