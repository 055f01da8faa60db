"""The records of the demonstration's story, by the words that the sweeps use for them."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from sqlalchemy import select

from portal.applications.clarifications.models import ClarificationField, ClarificationRequest
from portal.applications.models import Application
from portal.awards.models import LegalHold, Letter, Recommendation
from portal.db import db
from portal.documents.models import DocumentVersion
from portal.evaluation.decisions.models import AwardDecision, PriceQuestion
from portal.evaluation.models import Scorer, Sheet
from portal.evaluation.practice.models import PracticeRound
from portal.evidence.models import EvidencePack
from portal.mail import Mail
from portal.people.models import (
    Consent,
    Council,
    OneTimeLink,
    Organisation,
    Person,
    SignInCard,
    SignInSession,
)
from portal.providers.models import Provider, Registration
from portal.rounds.models import Round
from portal.rounds.models_clarifications import Clarification, ClarificationQuestion
from scoring.stages import ClarificationStage, QuestionStage

OWN = "Oakbridge Supported Living"  # Priya Nair and Jack Ellis are its people
OTHER = "Northgate Futures"
ROUNDS = {
    "draft": "spring",
    "open": "winter",
    "sealed": "autumn",
    "scoring": "summer",
    "concluded": "first",
    "priced": "tender 2026",
}
UNKNOWN = "a-link-that-nobody-was-sent"
DOCUMENT, LOT = "safeguarding-policy", "2A"
LOT_OF = {"open": "2B", "concluded": "2B", "scoring": "2B", "sealed": "1A"}  # that was applied for
Values = dict[str, Any]


PUBLISHED = ("open", "sealed", "scoring", "concluded")
EVERY_ROUND = ("draft", *PUBLISHED)
EVALUATED = ("sealed", "scoring", "concluded")
QUESTION, YOUNG_QUESTION = "safeguarding", "young-home"
TEXT_QUESTION, LOT_QUESTION = "trading-name", "homes-list"
SCORED_IN_A_LOT = "home-and-location"
ITEM, LOT_ITEM = "document:accounts", "question:open-now"
NO_BID, NO_PERSON = "APP-00000-00000", "PER-00000-00000"  # nobody of the story has an interest
NO_COPY = "CLN-00000-00000"  # the story asks for no clean copy
STAFF, YOUNG, PAIR = "Owen Marsh", "Comet", "Pair 1"
EVALUATOR = "Daniel Reyes"


class Records:
    """The records of the story, by the words of this file. Needs an application context."""

    def round(self, name: str) -> str:
        return self.one(Round, Round.title.contains(ROUNDS[name])).ref

    def application(self, name: str, provider: str = OWN) -> Application:
        return db.session.scalars(
            select(Application)
            .join(Application.round)
            .join(Application.provider)
            .where(Round.title.contains(ROUNDS[name]), Provider.name == provider)
        ).one()

    def organisation(self, name: str) -> str:
        return self.one(Organisation, Organisation.name == name).ref

    def council(self, slug: str) -> str:
        return self.one(Council, Council.slug == slug).ref

    def person(self, name: str) -> Person:
        found: Person = self.one(Person, Person.name == name)
        return found

    def version(self, provider: str) -> DocumentVersion:
        own = self.one(Provider, Provider.name == provider)
        versions = db.session.scalars(select(DocumentVersion).order_by(DocumentVersion.id))
        return next(
            one
            for one in versions
            if one.document.provider_id == own.id and one.document.type_key == DOCUMENT
        )

    def sheet(self, scorer: str, provider: str, name: str = "scoring") -> str:
        application = self.application(name, provider)
        return (
            db.session.scalars(
                select(Sheet)
                .join(Sheet.scorer)
                .where(Scorer.label == scorer, Sheet.application_id == application.id)
            )
            .one()
            .ref
        )

    def letter(self, provider: str) -> str:
        bid = self.application("concluded", provider)
        return self.one(Letter, Letter.application_id == bid.id).ref

    def practice(self, name: str) -> PracticeRound:
        return self.one(PracticeRound, PracticeRound.title.contains(ROUNDS[name]))

    def question(self, stage: QuestionStage, provider: str = "") -> str:
        """A bidder's question in the round that is open."""
        wanted = select(ClarificationQuestion).where(ClarificationQuestion.stage == stage)
        if provider:
            own = self.one(Provider, Provider.name == provider)
            wanted = wanted.where(ClarificationQuestion.provider_id == own.id)
        return db.session.scalars(wanted.order_by(ClarificationQuestion.id)).first().ref

    def clarification(self, stage: ClarificationStage) -> str:
        return self.first(Clarification, Clarification.stage == stage).ref

    @cached_property
    def asked_bid(self) -> Application:
        """The bid whose bidder was asked to clarify."""
        return db.session.scalars(select(ClarificationRequest)).one().application

    @cached_property
    def asked_field(self) -> str:
        return self.first(ClarificationField, ClarificationField.id > 0).ref

    @cached_property
    def hold(self) -> str:
        return db.session.scalars(select(LegalHold)).one().ref

    @cached_property
    def price_question(self) -> str:
        return db.session.scalars(select(PriceQuestion)).one().ref

    @cached_property
    def price_decision(self) -> str:
        return db.session.scalars(select(AwardDecision)).one().ref

    @cached_property
    def recommendation(self) -> str:
        return db.session.scalars(select(Recommendation)).one().ref

    @cached_property
    def pack(self) -> dict[str, str]:
        found = db.session.scalars(select(EvidencePack)).one()
        return {"ref": found.round.ref, "pack": found.ref}

    @cached_property
    def agreement(self) -> str:
        found: Round = self.one(Round, Round.title.contains(ROUNDS["concluded"]))
        return found.agreement.ref

    @cached_property
    def card(self) -> SignInCard:
        return self.first(SignInCard, SignInCard.person_id == self.person("Comet").id)

    @cached_property
    def consent(self) -> str:
        return self.first(Consent, Consent.person_id == self.person("Comet").id).ref

    def invitation(self, email: str) -> str:
        return self.one(OneTimeLink, OneTimeLink.email == email).ref

    def session_of(self, name: str) -> str:
        return self.first(SignInSession, SignInSession.person_id == self.person(name).id).ref

    @cached_property
    def registration(self) -> str:
        own = self.one(Provider, Provider.name == OWN)
        return self.first(Registration, Registration.provider_id == own.id).ref

    @cached_property
    def mail(self) -> str:
        return self.first(Mail, Mail.id > 0).ref

    @staticmethod
    def one(kind: Any, condition: Any) -> Any:
        return db.session.scalars(select(kind).where(condition)).one()

    @staticmethod
    def first(kind: Any, condition: Any) -> Any:
        return db.session.scalars(select(kind).where(condition).order_by(kind.id).limit(1)).one()


def rounds(*names: str, **more: Any) -> Callable[[Records], dict[str, Values]]:
    return lambda records: {name: {"ref": records.round(name), **more} for name in names}


def priced(**more: Any) -> Callable[[Records], dict[str, Values]]:
    """The bid whose price was low, in the tender whose prices are open."""
    return lambda records: {
        "priced": {
            "ref": records.round("priced"),
            "bid": records.application("priced", "Saltmarsh Fostering").ref,
            **more,
        }
    }


def bids(
    *names: str, in_a_lot: bool = False, **more: Any
) -> Callable[[Records], dict[str, Values]]:
    """Applications of one's own provider, and of other providers where the story has none of it."""

    def found(records: Records) -> dict[str, Values]:
        of_lot = {name: {"lot": LOT_OF[name]} if in_a_lot else {} for name in names}
        own = {
            f"own, {name}": {"ref": records.application(name).ref, **of_lot[name], **more}
            for name in names
            if name not in {"sealed", "scoring"}
        }
        others = {"sealed": OTHER, "scoring": "Cedar House Support"}
        return own | {
            f"another's, {name}": {
                "ref": records.application(name, others[name]).ref,
                **of_lot[name],
                **more,
            }
            for name in names
            if name in others
        }

    return found


def receipts(**more: Any) -> Callable[[Records], dict[str, Values]]:
    def ref(records: Records, name: str, provider: str = OWN) -> Values:
        return {"ref": records.application(name, provider).submissions[-1].ref, **more}

    return lambda records: {
        "own, open": ref(records, "open"),
        "own, concluded": ref(records, "concluded"),
        "another's, sealed": ref(records, "sealed", OTHER),
    }


def bid_files(records: Records) -> dict[str, Values]:
    bids = {
        "own, concluded": ("concluded", OWN),
        "another's, scoring": ("scoring", "Cedar House Support"),
        "another's, sealed": ("sealed", OTHER),
    }
    return {
        label: {"ref": records.application(*bid).ref, "version_ref": records.version(bid[1]).ref}
        for label, bid in bids.items()
    }


def spot_rates(**more: Any) -> Callable[[Records], dict[str, Values]]:
    """A file that is not laid aside any more: own council's, and one that only others may bring in."""
    unknown = "0" * 64
    return lambda records: {
        "Luton": {"slug": "luton", "ref": records.agreement, "token": unknown, **more},
        "Bedford": {"slug": "bedford-borough", "ref": records.agreement, "token": unknown, **more},
    }


def one(**values: Any) -> Callable[[Records], dict[str, Values]]:
    return lambda _records: {", ".join(map(str, values.values())): values}


def libraries(**more: Any) -> Callable[[Records], dict[str, Values]]:
    return lambda records: {
        "own": {"ref": records.organisation(OWN), **more},
        "another's": {"ref": records.organisation(OTHER), **more},
    }


def own_organisation(**more: Any) -> Callable[[Records], dict[str, Values]]:
    return lambda records: {
        "own": {
            "ref": records.organisation(OWN),
            **{name: find(records) for name, find in more.items()},
        }
    }


def people(*names: str, **more: Any) -> Callable[[Records], dict[str, Values]]:
    return lambda records: {
        name: {
            "ref": records.person(name).ref,
            **{word: find(records) for word, find in more.items()},
        }
        for name in names
    }


def sheets(scorer: str, **more: Any) -> Callable[[Records], dict[str, Values]]:
    return lambda records: {
        f"{scorer}'s, submitted": {"ref": records.sheet(scorer, "Cedar House Support"), **more},
        f"{scorer}'s, not begun": {"ref": records.sheet(scorer, "Brightpath Sixteen Plus"), **more},
    }


def moderation(**more: Any) -> Callable[[Records], dict[str, Values]]:
    """The bid that is ready to be moderated, and the moderation that is over."""

    def found(records: Records) -> dict[str, Values]:
        bids = {"scoring": "Cedar House Support", "concluded": OWN}
        return {
            name: {
                "ref": records.round(name),
                "bid": records.application(name, provider).ref,
                **more,
            }
            for name, provider in bids.items()
        }

    return found


def practice(**more: Any) -> Callable[[Records], dict[str, Values]]:
    """The practice round of the lead council, and where it is asked for one its first made-up bid."""

    def found(records: Records) -> dict[str, Values]:
        practice = records.practice("scoring")
        bid = {"bid": practice.bids[0].ref} if more else {}
        return {"scoring": {"ref": practice.ref, **bid, **more}}

    return found


def returned(scorer: str) -> Callable[[Records], dict[str, Values]]:
    return lambda records: {
        "scoring": {
            "ref": records.round("scoring"),
            "sheet": records.sheet(scorer, "Cedar House Support"),
        }
    }


def questions(**more: Any) -> Callable[[Records], dict[str, Values]]:
    """A question that waits, of another provider, and one's own that is answered."""
    return lambda records: {
        "another's, waiting": {
            "ref": records.round("open"),
            "question": records.question(QuestionStage.WAITING),
            **more,
        },
        "own, answered": {
            "ref": records.round("open"),
            "question": records.question(QuestionStage.ANSWERED, OWN),
            **more,
        },
    }


def answers(records: Records) -> dict[str, Values]:
    """An answer that is drafted, and one that is published."""
    return {
        stage.value: {"ref": records.round("open"), "answer": records.clarification(stage)}
        for stage in ClarificationStage
    }


def asked(*names: str) -> Callable[[Records], dict[str, Values]]:
    """The request to a bidder, with its field where the page is of one."""

    def found(records: Records) -> dict[str, Values]:
        values = {"field": records.asked_field} if "field" in names else {}
        version = {"version_ref": records.version(OTHER).ref} if "version" in names else {}
        return {"another's, scoring": {"ref": records.asked_bid.ref, **values, **version}}

    return found


Find = Callable[[Records], dict[str, Values]]
