"""What a procurement keeps, for how long, and how it is let go: bids that lost, contracts with the
bids that won them, and the decisions of a round.

Nothing goes that another class still needs: a bid goes with the last contract or place that it won,
and the words of the decisions after every contract and place of their round.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, union_all, update

from portal.applications.models import Application, PriceEnvelope, Submission
from portal.awards.models import Letter
from portal.contracts.actions_uplifts import OPEN
from portal.contracts.models import Contract, ListMembership
from portal.contracts.models_terms import HandEntry, Suspension
from portal.contracts.models_uplifts import UpliftRequest
from portal.days import LONDON
from portal.db import db
from portal.evidence.jobs import AREA
from portal.evidence.letting_go import GONE, let_documents_go, let_files_go, let_go
from portal.evidence.models import EvidencePack
from portal.evidence.parts import BID, DECISIONS, agreed
from portal.followups.models import FollowUp
from portal.providers.models import Provider
from portal.retention import DueItem, Erased, Kept
from portal.rounds.models import Round
from scoring.canonical import canonical_json
from scoring.pack import Form
from scoring.stages import FollowUpStage

CHALLENGED = "A legal challenge to the award is open."
UPLIFT_OPEN = "A request for higher rates is open."
CONCERN = "No new placements are made there: a concern is open."
TO_DO = "Something that was found there is still to be put right."
ended_at = func.coalesce(Round.concluded_at, Round.cancelled_at)
Agreed = type[Contract] | type[ListMembership]


def _begin(on: date) -> datetime:
    return datetime.combine(on, time(), tzinfo=UTC)


def _day(at: datetime) -> date:
    return at.astimezone(LONDON).date()


def _won() -> Select[Any]:
    """The references of bids that won a contract or a place, whatever became of it."""
    places = select(ListMembership.application_ref).where(ListMembership.application_ref != "")
    contracts = select(Contract.application_ref).where(Contract.application_ref.is_not(None))
    return select(union_all(places, contracts).subquery().c[0])


def lost_bids(before: date, most: int) -> Sequence[DueItem]:
    """Bids of rounds that ended before a day and that won nothing, drafts among them. One statement."""
    rows = db.session.execute(
        select(Application.ref, ended_at, Round.ref, Provider.ref, Round.held_at)
        .join(Application.round)
        .join(Application.provider)
        .where(
            Application.let_go_at.is_(None),
            ended_at < _begin(before),
            Application.ref.not_in(_won()),
        )
        .order_by(ended_at, Application.id)
        .limit(most)
    )
    return [
        DueItem(ref, _day(ended), (round_ref, provider), CHALLENGED if held else "")
        for ref, ended, round_ref, provider, held in rows
    ]


def let_bids_go(refs: Sequence[str], now: datetime) -> Erased:
    """What the bidders sent goes; who applied for what, when, and how it ended stays with its hashes."""
    erased = Erased()
    erased.number = _bids_gone(Application.ref.in_(refs), now, erased)
    return erased


def _bids_gone(mine: ColumnElement[bool], now: datetime, erased: Erased) -> int:
    bids = db.session.scalars(
        select(Application).where(mine, Application.let_go_at.is_(None))
    ).all()
    ids = [bid.id for bid in bids]
    let_go(BID, ids, erased)
    _empty_submissions(ids, erased)
    let_documents_go([bid.ref for bid in bids], erased)
    with_words = (
        EvidencePack.form == Form.FULL,
        EvidencePack.round_id.in_([b.round_id for b in bids]),
    )
    own = EvidencePack.application_id.in_(ids)
    _packs_gone(or_(own, with_words[0] & with_words[1]), now, erased)
    for bid in bids:
        bid.let_go_at = now
    db.session.flush()
    return len(bids)


def _empty_submissions(ids: Sequence[int], erased: Erased) -> None:
    """The texts lose what was said in them; the hashes beside them stay, and so does their shape."""
    rows = db.session.execute(
        select(Submission, PriceEnvelope)
        .outerjoin(PriceEnvelope, PriceEnvelope.submission_id == Submission.id)
        .where(Submission.application_id.in_(ids))
    )
    for submission, envelope in rows:
        said = json.loads(submission.content)
        kept = {
            name: said[name] for name in ("format", "application", "round", "lots") if name in said
        }
        empty = {**kept, "answers": [], "documents": [], "prices_sha256": said.get("prices_sha256")}
        submission.content = canonical_json(empty)
        erased.rows["submission"] += 1
        if envelope is not None:
            envelope.content = canonical_json({"rates": [], "secret": ""})
            erased.rows["price_envelope"] += 1
    db.session.flush()


def _packs_gone(mine: ColumnElement[bool], now: datetime, erased: Erased) -> None:
    """The ZIP files; a pack's root and hash stay, so that a copy elsewhere can still be held to them."""
    packs = db.session.scalars(
        select(EvidencePack).where(mine, EvidencePack.let_go_at.is_(None))
    ).all()
    for pack in packs:
        pack.let_go_at = now
        if pack.sha256:
            erased.files.add((AREA, pack.sha256))
    erased.rows["evidence_pack"] += len(packs)
    db.session.flush()


def ended_contracts(by_deed: bool) -> Callable[[date, int], Sequence[DueItem]]:
    """What ended before a day: contracts, and places on lists. Two statements for each, and two more."""

    def due(before: date, most: int) -> Sequence[DueItem]:
        found = [
            *_ended(Contract, by_deed, before, most),
            *_ended(ListMembership, by_deed, before, most),
        ]
        return sorted(found, key=lambda one: one.since_on)[:most]

    return due


def _ended(model: Agreed, by_deed: bool, before: date, most: int) -> Iterator[DueItem]:
    rows = db.session.execute(
        select(
            model.id, model.ref, model.ends_on, Provider.id, Provider.ref, Round.ref, Round.held_at
        )
        .join(Provider, Provider.id == model.provider_id)
        .outerjoin(Application, Application.ref == model.application_ref)
        .outerjoin(Round, Round.id == Application.round_id)
        .where(model.let_go_at.is_(None), model.by_deed.is_(by_deed), model.ends_on < before)
        .order_by(model.ends_on, model.id)
        .limit(most)
    ).all()
    held = _held(model, [row[0] for row in rows], [row[3] for row in rows])
    for key, ref, ends_on, provider_id, provider, bid_round, challenged in rows:
        why = CHALLENGED if challenged else held(key, provider_id)
        yield DueItem(ref, ends_on, tuple(filter(None, (provider, bid_round))), why)


def _held(model: Agreed, ids: Sequence[int], providers: Sequence[int]) -> Callable[[int, int], str]:
    """Why the house itself keeps some of them."""
    link = "contract_id" if model is Contract else "list_membership_id"
    uplift, pause = getattr(UpliftRequest, link), getattr(Suspension, link)
    asked = set(
        db.session.scalars(select(uplift).where(uplift.in_(ids), UpliftRequest.stage.in_(OPEN)))
    )
    paused = set(
        db.session.scalars(select(pause).where(pause.in_(ids), Suspension.lifted_on.is_(None)))
    )
    waits = select(FollowUp.provider_id).where(
        FollowUp.provider_id.in_(providers), FollowUp.stage != FollowUpStage.CLOSED
    )
    to_do = set(db.session.scalars(waits.distinct()))

    def why(key: int, provider_id: int) -> str:
        if key in asked:
            return UPLIFT_OPEN
        if key in paused:
            return CONCERN
        return TO_DO if provider_id in to_do else ""

    return why


def let_contracts_go(refs: Sequence[str], now: datetime) -> Erased:
    """The words of contracts and places, and of bids that won nothing else; periods and rates stay."""
    erased, won = Erased(), set[str]()
    for model, link in ((Contract, "contract_id"), (ListMembership, "list_membership_id")):
        found: Sequence[Any] = db.session.scalars(select(model).where(model.ref.in_(refs))).all()
        ids = [one.id for one in found]
        let_go(agreed(link), ids, erased)
        for one in found:
            one.let_go_at = now
            one.termination_reason = GONE if one.termination_reason else ""
            won.add(one.application_ref or "")
        _entries_gone([one.ref for one in found], erased)
        erased.number += len(found)
    db.session.flush()
    _bids_gone(Application.ref.in_(won - _still_won(won)), now, erased)
    return erased


def _entries_gone(refs: Sequence[str], erased: Erased) -> None:
    gone = update(HandEntry).where(HandEntry.made_ref.in_(refs))
    done: Any = db.session.execute(gone.values(reason=GONE, decision_reason=""))
    erased.rows["hand_entry"] += done.rowcount


def _still_won(refs: Iterable[str]) -> set[str]:
    """The bids among these that some other contract or place still needs."""
    found: set[str] = set()
    for model in (Contract, ListMembership):
        wanted = select(model.application_ref)
        rows = wanted.where(model.application_ref.in_(refs), model.let_go_at.is_(None))
        found |= {ref for ref in db.session.scalars(rows) if ref}
    return found


def old_decisions(before: date, most: int) -> Sequence[DueItem]:
    """Rounds that ended before a day, and of which no contract or place is kept any more."""
    kept = [
        select(model.application_ref).where(
            model.let_go_at.is_(None), model.application_ref == Application.ref
        )
        for model in (Contract, ListMembership)
    ]
    needed = select(Application.round_id).where(or_(*(one.exists() for one in kept)))
    rows = db.session.execute(
        select(Round.ref, ended_at, Round.held_at)
        .where(Round.let_go_at.is_(None), ended_at < _begin(before), Round.id.not_in(needed))
        .order_by(ended_at, Round.id)
        .limit(most)
    )
    return [DueItem(ref, _day(ended), (), CHALLENGED if held else "") for ref, ended, held in rows]


def let_decisions_go(refs: Sequence[str], now: datetime) -> Erased:
    """What councils wrote, and who sat on the panels; results in figures and their hashes stay."""
    rounds = db.session.scalars(select(Round).where(Round.ref.in_(refs))).all()
    ids, erased = [one.id for one in rounds], Erased(len(rounds))
    letters = select(Letter.file_id).join(Letter.application)
    files = set(
        db.session.scalars(letters.where(Application.round_id.in_(ids), Letter.file_id > 0))
    )
    let_go(DECISIONS, ids, erased)
    let_files_go(files, erased)
    _packs_gone(EvidencePack.round_id.in_(ids), now, erased)
    for one in rounds:
        one.let_go_at = now
    db.session.flush()
    return erased


STAYS_OF_A_BID = (
    "Who applied for which lots, when it was received and how it ended; the hash of what was "
    "submitted and of its prices; the audit trail."
)
STAYS_OF_A_CONTRACT = (
    "Who held which contract or place, for which councils, from when to when, at what rates; every "
    "hash; the audit trail."
)
GOES_OF_A_CONTRACT = (
    "The bid that won it, with its files and every pack that holds it; promises and what was found "
    "about them; reasons of suspensions, extensions and uplifts; letters; placements of reviews."
)
KEPT = (
    Kept(
        "lost-bids",
        "Bids that won nothing",
        "the day on which the round ended",
        "law: Procurement Act 2023, section 98 – records are kept for at least three years",
        lost_bids,
        let_bids_go,
        "Answers, prices, documents with every version, replies, and evidence packs that hold them.",
        STAYS_OF_A_BID,
    ),
    Kept(
        "contracts",
        "Contracts and places on lists, with the bids that won them",
        "the day on which the contract or place ended",
        "law: Limitation Act 1980, section 5 – a claim can be made for six years",
        ended_contracts(by_deed=False),
        let_contracts_go,
        GOES_OF_A_CONTRACT,
        STAYS_OF_A_CONTRACT,
    ),
    Kept(
        "deeds",
        "Contracts and places that were made by deed",
        "the day on which the contract or place ended",
        "law: Limitation Act 1980, section 8 – a claim on a deed can be made for twelve years",
        ended_contracts(by_deed=True),
        let_contracts_go,
        GOES_OF_A_CONTRACT,
        STAYS_OF_A_CONTRACT,
    ),
    Kept(
        "decisions",
        "Decisions of a procurement: scores, awards, exclusions, letters",
        "the day on which the round ended; never while a contract or place of it is kept",
        "law: Procurement Act 2023, section 98 – at least three years from the contract",
        old_decisions,
        let_decisions_go,
        "Reasons for scores and decisions, who sat on panels, declared interests, exclusions, "
        "challenges, letters with their PDFs, and every evidence pack.",
        "Scores, totals, ranks and outcomes; the notices and their numbers; every hash, that of "
        "packs too; the audit trail.",
    ),
)
