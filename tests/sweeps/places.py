"""Where the pages of the demonstration lie: for each endpoint, the records that are worth a look.

A page of a record is looked at for each record on which its door may swing another way: a round
before and after its opening, one's own provider and another. A new page joins by a line in `PLACES`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.access import Permission
from portal.applications.models import Application
from portal.applications.models_clarifications import ClarificationField, ClarificationRequest
from portal.awards.models import LegalHold, Letter, Recommendation
from portal.db import db
from portal.documents.models import DocumentVersion
from portal.evaluation.models import Scorer, Sheet
from portal.evaluation.models_decisions import AwardDecision, PriceQuestion
from portal.evaluation.models_practice import PracticeRound
from portal.evidence.models import EvidencePack
from portal.mail import Mail
from portal.people.demonstration import card_letters
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


@dataclass(frozen=True)
class Place:
    """A page: how it is asked for, of what, and where it lies."""

    method: str
    rule: str
    endpoint: str
    record: str
    address: str
    permission: Permission | None

    @property
    def name(self) -> str:
        """How a person says it: `GET /council/rounds/<ref> [draft]`."""
        return f"{self.method} {self.rule}" + (f" [{self.record}]" if self.record else "")


class Records:
    """The records of the story, by the words of this file. Needs an application context."""

    def round(self, name: str) -> str:
        return self._one(Round, Round.title.contains(ROUNDS[name])).ref

    def application(self, name: str, provider: str = OWN) -> Application:
        return db.session.scalars(
            select(Application)
            .join(Application.round)
            .join(Application.provider)
            .where(Round.title.contains(ROUNDS[name]), Provider.name == provider)
        ).one()

    def organisation(self, name: str) -> str:
        return self._one(Organisation, Organisation.name == name).ref

    def council(self, slug: str) -> str:
        return self._one(Council, Council.slug == slug).ref

    def person(self, name: str) -> Person:
        found: Person = self._one(Person, Person.name == name)
        return found

    def version(self, provider: str) -> DocumentVersion:
        own = self._one(Provider, Provider.name == provider)
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
        return self._one(Letter, Letter.application_id == bid.id).ref

    def practice(self, name: str) -> PracticeRound:
        return self._one(PracticeRound, PracticeRound.title.contains(ROUNDS[name]))

    def question(self, stage: QuestionStage, provider: str = "") -> str:
        """A bidder's question in the round that is open."""
        wanted = select(ClarificationQuestion).where(ClarificationQuestion.stage == stage)
        if provider:
            own = self._one(Provider, Provider.name == provider)
            wanted = wanted.where(ClarificationQuestion.provider_id == own.id)
        return db.session.scalars(wanted.order_by(ClarificationQuestion.id)).first().ref

    def clarification(self, stage: ClarificationStage) -> str:
        return self._first(Clarification, Clarification.stage == stage).ref

    @cached_property
    def asked_bid(self) -> Application:
        """The bid whose bidder was asked to clarify."""
        return db.session.scalars(select(ClarificationRequest)).one().application

    @cached_property
    def asked_field(self) -> str:
        return self._first(ClarificationField, ClarificationField.id > 0).ref

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
        found: Round = self._one(Round, Round.title.contains(ROUNDS["concluded"]))
        return found.agreement.ref

    @cached_property
    def card(self) -> SignInCard:
        return self._first(SignInCard, SignInCard.person_id == self.person("Comet").id)

    @cached_property
    def consent(self) -> str:
        return self._first(Consent, Consent.person_id == self.person("Comet").id).ref

    def invitation(self, email: str) -> str:
        return self._one(OneTimeLink, OneTimeLink.email == email).ref

    def session_of(self, name: str) -> str:
        return self._first(SignInSession, SignInSession.person_id == self.person(name).id).ref

    @cached_property
    def registration(self) -> str:
        own = self._one(Provider, Provider.name == OWN)
        return self._first(Registration, Registration.provider_id == own.id).ref

    @cached_property
    def mail(self) -> str:
        return self._first(Mail, Mail.id > 0).ref

    @staticmethod
    def _one(kind: Any, condition: Any) -> Any:
        return db.session.scalars(select(kind).where(condition)).one()

    @staticmethod
    def _first(kind: Any, condition: Any) -> Any:
        return db.session.scalars(select(kind).where(condition).order_by(kind.id).limit(1)).one()


def _rounds(*names: str, **more: Any) -> Callable[[Records], dict[str, Values]]:
    return lambda records: {name: {"ref": records.round(name), **more} for name in names}


def _priced(**more: Any) -> Callable[[Records], dict[str, Values]]:
    """The bid whose price was low, in the tender whose prices are open."""
    return lambda records: {
        "priced": {
            "ref": records.round("priced"),
            "bid": records.application("priced", "Saltmarsh Fostering").ref,
            **more,
        }
    }


def _bids(
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


def _receipts(**more: Any) -> Callable[[Records], dict[str, Values]]:
    def ref(records: Records, name: str, provider: str = OWN) -> Values:
        return {"ref": records.application(name, provider).submissions[-1].ref, **more}

    return lambda records: {
        "own, open": ref(records, "open"),
        "own, concluded": ref(records, "concluded"),
        "another's, sealed": ref(records, "sealed", OTHER),
    }


def _bid_files(records: Records) -> dict[str, Values]:
    bids = {
        "own, concluded": ("concluded", OWN),
        "another's, scoring": ("scoring", "Cedar House Support"),
        "another's, sealed": ("sealed", OTHER),
    }
    return {
        label: {"ref": records.application(*bid).ref, "version_ref": records.version(bid[1]).ref}
        for label, bid in bids.items()
    }


def _spot_rates(**more: Any) -> Callable[[Records], dict[str, Values]]:
    """A file that is not laid aside any more: own council's, and one that only others may bring in."""
    unknown = "0" * 64
    return lambda records: {
        "Luton": {"slug": "luton", "ref": records.agreement, "token": unknown, **more},
        "Bedford": {"slug": "bedford-borough", "ref": records.agreement, "token": unknown, **more},
    }


def _one(**values: Any) -> Callable[[Records], dict[str, Values]]:
    return lambda _records: {", ".join(map(str, values.values())): values}


def _libraries(**more: Any) -> Callable[[Records], dict[str, Values]]:
    return lambda records: {
        "own": {"ref": records.organisation(OWN), **more},
        "another's": {"ref": records.organisation(OTHER), **more},
    }


def _own_organisation(**more: Any) -> Callable[[Records], dict[str, Values]]:
    return lambda records: {
        "own": {
            "ref": records.organisation(OWN),
            **{name: find(records) for name, find in more.items()},
        }
    }


def _people(*names: str, **more: Any) -> Callable[[Records], dict[str, Values]]:
    return lambda records: {
        name: {
            "ref": records.person(name).ref,
            **{word: find(records) for word, find in more.items()},
        }
        for name in names
    }


def _sheets(scorer: str, **more: Any) -> Callable[[Records], dict[str, Values]]:
    return lambda records: {
        f"{scorer}'s, submitted": {"ref": records.sheet(scorer, "Cedar House Support"), **more},
        f"{scorer}'s, not begun": {"ref": records.sheet(scorer, "Brightpath Sixteen Plus"), **more},
    }


def _moderation(**more: Any) -> Callable[[Records], dict[str, Values]]:
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


def _practice(**more: Any) -> Callable[[Records], dict[str, Values]]:
    """The practice round of the lead council, and where it is asked for one its first made-up bid."""

    def found(records: Records) -> dict[str, Values]:
        practice = records.practice("scoring")
        bid = {"bid": practice.bids[0].ref} if more else {}
        return {"scoring": {"ref": practice.ref, **bid, **more}}

    return found


def _returned(scorer: str) -> Callable[[Records], dict[str, Values]]:
    return lambda records: {
        "scoring": {
            "ref": records.round("scoring"),
            "sheet": records.sheet(scorer, "Cedar House Support"),
        }
    }


def _questions(**more: Any) -> Callable[[Records], dict[str, Values]]:
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


def _answers(records: Records) -> dict[str, Values]:
    """An answer that is drafted, and one that is published."""
    return {
        stage.value: {"ref": records.round("open"), "answer": records.clarification(stage)}
        for stage in ClarificationStage
    }


def _asked(*names: str) -> Callable[[Records], dict[str, Values]]:
    """The request to a bidder, with its field where the page is of one."""

    def found(records: Records) -> dict[str, Values]:
        values = {"field": records.asked_field} if "field" in names else {}
        version = {"version_ref": records.version(OTHER).ref} if "version" in names else {}
        return {"another's, scoring": {"ref": records.asked_bid.ref, **values, **version}}

    return found


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

PLACES: dict[str, Callable[[Records], dict[str, Values]]] = {
    # people
    "people.end_session": lambda records: {
        "Priya Nair's": {"ref": records.session_of("Priya Nair")}
    },
    "people.resend_invitation": lambda records: {
        "staff": {"ref": records.invitation("officer@demo.example")}
    },
    "people.revoke_invitation": lambda records: {
        "staff": {"ref": records.invitation("officer@demo.example")}
    },
    "people.person": _people(STAFF, "Priya Nair", YOUNG),
    "people.close_account": _people(STAFF, YOUNG),
    "people.give_role": _people(STAFF),
    "people.take_role": _people(
        STAFF,
        organisation_ref=lambda records: records.council("bedford-borough"),
        role=lambda _: "evaluator",
    ),
    "people.card_pin": lambda records: {"Comet's": {"number": card_letters(records.card.ref)}},
    "people.confirm_email": _one(token=UNKNOWN),
    "people.invitation": _one(token=UNKNOWN),
    "people.new_password": _one(token=UNKNOWN),
    "people.young_person": _people(YOUNG, STAFF),
    "people.new_card": _people(YOUNG),
    "people.print_card": _people(YOUNG),
    "people.stop_card": _people(YOUNG, card_ref=lambda records: records.card.ref),
    "people.new_consent": _people(YOUNG),
    "people.withdraw_consent": _people(YOUNG, consent_ref=lambda records: records.consent),
    # providers
    "providers.show": _libraries(),
    "providers.edit": _libraries(),
    "applications.signing": _libraries(),
    "providers.colleague": _own_organisation(
        person_ref=lambda records: records.person("Jack Ellis").ref
    ),
    "providers.remove_colleague": _own_organisation(
        person_ref=lambda records: records.person("Jack Ellis").ref
    ),
    "providers.invite": _libraries(),
    "providers.resend_invitation": lambda records: {
        "own": {
            "in_organisation": records.organisation(OWN),
            "ref": records.invitation("colleague@demo.example"),
        }
    },
    "providers.revoke_invitation": lambda records: {
        "own": {
            "in_organisation": records.organisation(OWN),
            "ref": records.invitation("colleague@demo.example"),
        }
    },
    "providers.new_registration": _libraries(),
    "providers.edit_registration": _own_organisation(
        registration_ref=lambda records: records.registration
    ),
    # documents
    "documents.library": _libraries(),
    "documents.show": _libraries(type_key=DOCUMENT),
    "documents.upload": _libraries(type_key=DOCUMENT),
    "documents.check": lambda records: {
        "own": {"ref": records.version(OWN).ref},
        "another's": {"ref": records.version(OTHER).ref},
    },
    "documents.file": lambda records: {
        "own": {"ref": records.version(OWN).ref},
        "another's": {"ref": records.version(OTHER).ref},
    },
    # content
    "content.show": _one(kind="question-set", key="apl-16plus"),
    "content.show_version": _one(kind="question-set", key="apl-16plus", version=1),
    # rounds
    "rounds.show": _rounds(*EVERY_ROUND),
    "rounds.questions": _rounds("draft", "open"),
    "rounds.blank_questions": _rounds("draft", "open", kind="docx"),
    "rounds.board": _rounds(*EVERY_ROUND),
    "rounds.content": _rounds("draft", "open"),
    "rounds.newest_content": _rounds("draft", "open"),
    "rounds.cancel": _rounds("draft", "open", "concluded"),
    "rounds.councils": _rounds("draft", "open"),
    "rounds.details": _rounds("draft", "open"),
    "rounds.lots": _rounds("draft", "open"),
    "rounds.publish": _rounds("draft", "open"),
    "rounds.timetable": _rounds("draft", "open"),
    "rounds.all_versions": _rounds("draft", "open", "concluded"),
    "rounds.prepare_version": _rounds("draft", "open", "sealed"),
    "rounds.publish_version": _rounds("open"),
    "rounds.discard_version": _rounds("open"),
    "rounds.can_we_apply": _rounds("draft", "open"),
    "rounds.scheme": _rounds("draft", "open"),
    "rounds.weights": _rounds("draft", "open"),
    "rounds.price": _rounds("draft", "open"),
    "rounds.baskets": _rounds("draft", "open"),
    "rounds.award_rule": _rounds("draft", "open"),
    "rounds.asked": _rounds("draft", "open"),
    "rounds.new_question": _rounds("draft", "open"),
    "rounds.move_question": _rounds("draft", "open", key="safeguarding", way="down"),
    "rounds.wording": _rounds("draft", "open", key="safeguarding"),
    "rounds.checklist": _rounds("draft", "open"),
    "rounds.rates": _rounds("draft", "open"),
    "rounds.rate_item": _rounds("draft", "open", key="core-weekly-price"),
    "rounds.eligibility": _rounds("draft", "open"),
    "rounds.new_lot": _rounds("draft", "open"),
    "rounds.trial": _rounds("draft", "open"),
    "rounds.trial_file": _rounds("draft", "open", table="ranking", kind="csv"),
    # questions of bidders, and the council's request to a bidder
    "rounds.clarifications": _rounds(*EVERY_ROUND),
    "rounds.clarifications_file": _rounds("draft", "open", kind="csv"),
    "rounds.own_questions": _rounds("draft", "open", "sealed"),
    "rounds.ask_question": _rounds("draft", "open", "sealed"),
    "rounds.withdraw_question": _questions(),
    "rounds.clarification_queue": _rounds(*EVERY_ROUND),
    "rounds.clarification_queue_file": _rounds("draft", "open", "concluded", kind="csv"),
    "rounds.bidder_question": _questions(),
    "rounds.answer_question": _questions(),
    "rounds.decline_question": _questions(),
    "rounds.answered_already": _questions(),
    "rounds.publish_answer": _answers,
    "rounds.discard_answer": _answers,
    "rounds.correct_answer": _answers,
    "applications.clarification": _asked(),
    "applications.reply": _asked("field"),
    "applications.save_reply": _asked("field"),
    "applications.take_document_out": _asked("field"),
    "applications.send_reply": _asked(),
    "compliance.clarification": _asked(),
    "compliance.add_field": _asked(),
    "compliance.remove_field": _asked("field"),
    "compliance.reply_document": _asked("version"),
    # applications
    "applications.show": _bids("open", "concluded", "sealed"),
    "applications.check": _bids("open", "concluded", "sealed"),
    "applications.documents_list": _bids("open", "concluded", "sealed"),
    "applications.document": _bids("open", "concluded", "sealed", key="accounts"),
    "applications.attach": _bids("open", "concluded", "sealed", key="accounts"),
    "applications.detach": _bids("open", "concluded", "sealed", key="accounts"),
    "applications.councils": _bids("open", "concluded", "sealed"),
    "applications.since_submission": _bids("open", "concluded", "sealed"),
    "applications.late": _bids("open", "concluded", "sealed"),
    "applications.late_take_back": _bids("open", "concluded", "sealed"),
    "applications.reuse": _bids("open", "concluded", "sealed"),
    "applications.reuse_answer": _bids("open", "concluded", "sealed", key=TEXT_QUESTION),
    "applications.reuse_document": _bids("open", "concluded", "sealed", key="accounts"),
    "applications.confidential": _bids("open", "concluded", "sealed"),
    "applications.unmark": _bids("open", "concluded", "sealed", mark="MRK-NONE0-NONE0"),
    "applications.ready": _bids("open", "concluded", "sealed"),
    "applications.lots": _bids("open", "concluded", "sealed"),
    "applications.branches": _bids("open", "concluded", "sealed"),
    "applications.changes": _bids("open", "concluded", "sealed"),
    "applications.question": _bids("open", "concluded", "sealed", key=TEXT_QUESTION),
    "applications.answer": _bids("open", "concluded", "sealed", key=TEXT_QUESTION),
    "applications.rates": _bids("open", "concluded", "sealed"),
    "applications.rate_workbook": _bids("open", "concluded", "sealed"),
    "applications.rate_upload": _bids("open", "concluded", "sealed"),
    "applications.upload_rates": _bids("open", "concluded", "sealed"),
    "applications.rate_preview": _bids("open", "concluded", "sealed", token=UNKNOWN),
    "applications.save_rates": _bids("open", "concluded", "sealed"),
    "applications.section": _bids("open", "concluded", "sealed", section="organisation"),
    "applications.submit": _bids("open", "concluded", "sealed"),
    "applications.withdraw": _bids("open", "concluded", "sealed"),
    "applications.start": _rounds("open", "sealed"),
    "applications.bid_file": _bid_files,
    "applications.receipt": _receipts(),
    "applications.receipt_pdf": _receipts(),
    "applications.submitted": _receipts(),
    "applications.submitted_pdf": _receipts(),
    "applications.manifest": _receipts(),
    "applications.envelope": _receipts(),
    "applications.verify": _receipts(),
    # opening and compliance
    "opening.show": _rounds("open", *EVALUATED),
    "opening.begin": _rounds("open", *EVALUATED),
    "opening.confirm": _rounds("open", *EVALUATED),
    "opening.take_back": _rounds("open", *EVALUATED),
    "opening.record": _rounds("open", *EVALUATED),
    "compliance.clean_copy": _bids("scoring", key=ITEM),
    "compliance.clean_copy_file": _bids("scoring", copy_ref=NO_COPY),
    "applications.give_clean_copy": _bids("open", "concluded", "sealed", copy_ref=NO_COPY),
    "compliance.exclusion": _bids("open", *EVALUATED),
    "compliance.open_exclusion": _bids("scoring"),
    "compliance.debarment": _bids("scoring", "concluded"),
    "compliance.decide_exclusion": _bids("scoring"),
    "compliance.confirm_exclusion": _bids("scoring"),
    "compliance.lift_exclusion": _bids("scoring"),
    "applications.exclusion": _bids("open", "concluded", "sealed"),
    "opening.late_cases": _rounds("open", *EVALUATED),
    "opening.late_case": _rounds("sealed", case="LTC-NONE0-NONE0"),
    "compliance.queue": _rounds("open", *EVALUATED),
    "compliance.show": _bids("open", *EVALUATED),
    "compliance.submitted": _bids("open", *EVALUATED),
    "compliance.pass_suggested": _bids("open", *EVALUATED),
    "compliance.item": _bids("open", *EVALUATED, key=ITEM),
    "compliance.conclude": _bids("open", *EVALUATED),
    "compliance.document": _bid_files,
    # evaluation
    "evaluation.panel": _rounds(*EVALUATED),
    "evaluation.add_members": _rounds(*EVALUATED, part="evaluator"),
    "evaluation.make_pair": _rounds(*EVALUATED),
    "evaluation.practice": _practice(),
    "evaluation.practice_compare": _practice(),
    "evaluation.practise": _practice(question=QUESTION),
    "evaluation.made_practice": _practice(),
    "evaluation.close_practice": _practice(),
    "evaluation.made_up_answer": _practice(question=QUESTION),
    "evaluation.declared_interests": _rounds(*EVALUATED),
    "evaluation.mitigate": _rounds(*EVALUATED, bid=NO_BID, person=NO_PERSON),
    "evaluation.work": _rounds(*EVALUATED, panel="officers"),
    "evaluation.share_out": _rounds(*EVALUATED, panel="officers"),
    "evaluation.change_work": _rounds(*EVALUATED, panel="young"),
    "evaluation.part_pair": _rounds(*EVALUATED),
    "evaluation.remove_member": _rounds(*EVALUATED),
    "evaluation.start": _rounds(*EVALUATED),
    "evaluation.declare": _rounds(*EVALUATED),
    "evaluation.queue": _rounds(*EVALUATED),
    "evaluation.sheet": _sheets(EVALUATOR),
    "evaluation.score": _sheets(EVALUATOR, question=QUESTION),
    "evaluation.submit": _sheets(EVALUATOR),
    "evaluation.young_sheet": _sheets(PAIR),
    "evaluation.young_score": _sheets(PAIR, question=YOUNG_QUESTION),
    "evaluation.young_send": _sheets(PAIR),
    "evaluation.young_agree": lambda records: {
        "scoring": {"ref": records.application("scoring", "Cedar House Support").ref}
    },
    "evaluation.young_agree_question": lambda records: {
        "scoring": {
            "ref": records.application("scoring", "Cedar House Support").ref,
            "question": YOUNG_QUESTION,
        }
    },
    "evaluation.moderation": _rounds(*EVALUATED),
    "evaluation.agree": _moderation(question=QUESTION),
    "evaluation.history": _moderation(question=QUESTION),
    "evaluation.meeting": _rounds("scoring", "concluded"),
    "evaluation.close_meeting": _rounds("scoring", "concluded"),
    "evaluation.minutes_file": _rounds("scoring", "concluded", number="MTG-NONE"),
    "evaluation.agreement": _rounds("scoring", "concluded"),
    "evaluation.agreement_file": _rounds("scoring", "concluded", table="by-scorer", kind="csv"),
    "evaluation.lock": _rounds("scoring", "concluded"),
    "evaluation.give_back": _returned(EVALUATOR),
    "evaluation.sign_off": _rounds(*EVALUATED),
    "evaluation.sign_off_bid": _moderation(),
    "evaluation.give_pair_back": lambda records: {
        "scoring": {
            **_moderation()(records)["scoring"],
            "sheet": records.sheet(PAIR, "Cedar House Support"),
        }
    },
    "evaluation.prices": _rounds("scoring", "concluded", "priced"),
    "evaluation.begin_prices": _rounds("scoring", "concluded", "priced"),
    "evaluation.confirm_prices": _rounds("scoring", "concluded", "priced"),
    "evaluation.take_back_prices": _rounds("scoring", "concluded", "priced"),
    "evaluation.decisions_page": _rounds("scoring", "concluded", "priced"),
    "evaluation.low_price": _priced(lot="F1"),
    "evaluation.tie": _rounds("priced", lot="F1"),
    "evaluation.set_bid_aside": _priced(lot="F1"),
    "evaluation.second": lambda records: {
        "priced": {"ref": records.round("priced"), "made": records.price_decision}
    },
    "evaluation.correct": _priced(question="safeguarding"),
    "evaluation.price_question": lambda records: {"priced": {"ref": records.price_question}},
    "evaluation.results": _rounds("scoring", "concluded", "priced"),
    "evaluation.panel_record": _rounds("scoring", "concluded"),
    "evaluation.lot_results": lambda records: {
        **_rounds("scoring", "concluded", lot=LOT)(records),
        **_rounds("priced", lot="F1")(records),
    },
    "evaluation.lot_results_file": _rounds("scoring", "concluded", lot=LOT, kind="csv"),
    "evaluation.working": lambda records: {
        name: {**values, "lot": LOT} for name, values in _moderation()(records).items()
    },
    # awards
    "awards.show": _rounds("scoring", "concluded"),
    "awards.progress": _rounds("scoring", "concluded"),
    "awards.recommend": _rounds("scoring", "concluded"),
    "awards.release": _rounds("scoring", "concluded"),
    "awards.grounds": _rounds("scoring", "concluded"),
    "awards.conclude": _rounds("scoring", "concluded"),
    "awards.notice": _rounds("scoring", "concluded"),
    "awards.standstill": _rounds("scoring", "concluded"),
    "awards.hold": _rounds("scoring", "concluded"),
    "awards.notices_of": _rounds("draft", "scoring", "concluded"),
    "awards.notice_draft": lambda records: {
        "uk4": {"ref": records.round("scoring"), "kind": "uk4"},
        "uk6": {"ref": records.round("concluded"), "kind": "uk6"},
        "uk6 too early": {"ref": records.round("scoring"), "kind": "uk6"},
    },
    "awards.notice_file": _rounds("concluded", kind="uk7"),
    "awards.open_data": lambda records: {
        "tender": {"ref": records.round("scoring"), "kind": "tender"},
        "award": {"ref": records.round("concluded"), "kind": "award"},
        "award too early": {"ref": records.round("scoring"), "kind": "award"},
    },
    "contracts.show": lambda _: {"of nobody": {"ref": "CON-XXXXX-XXXXX"}},
    "awards.decide": lambda records: {
        "concluded, for Luton": {"ref": records.recommendation, "slug": "luton"}
    },
    "awards.lift": lambda records: {"lifted": {"ref": records.hold}},
    "awards.letter": lambda records: {
        "own": {"ref": records.letter(OWN)},
        "another's": {"ref": records.letter(OTHER)},
    },
    "awards.preview": _rounds("scoring", "concluded"),
    "awards.look": lambda records: {
        "own": {"ref": records.letter(OWN)},
        "another's": {"ref": records.letter(OTHER)},
    },
    "awards.letter_pdf": lambda records: {
        "own": {"ref": records.letter(OWN)},
        "another's": {"ref": records.letter(OTHER)},
    },
    "evidence.show": _rounds("scoring", "concluded"),
    "evidence.take": lambda records: {"concluded": records.pack},
    "evidence.own": lambda records: {
        "own": {"ref": records.letter(OWN)},
        "another's": {"ref": records.letter(OTHER)},
    },
    "evidence.take_own": lambda records: {
        "own": {"ref": records.letter(OWN)},
        "another's": {"ref": records.letter(OTHER)},
    },
    # costs, register, demonstration
    "costs.rates_file": _one(kind="csv"),
    "costs.chart_file": _one(kind="svg"),
    "costs.spot_template": _one(kind="csv"),
    "costs.spot_preview": _spot_rates(),
    "costs.spot_rejected": _spot_rates(kind="csv"),
    "costs.spot_take_back": lambda _records: {
        "Luton": {"slug": "luton", "file": "0" * 40},
        "Bedford": {"slug": "bedford-borough", "file": "0" * 40},
    },
    "register.public_list_file": _one(kind="csv"),
    "register.provider": lambda records: {
        "on the list": {"ref": records.organisation(OWN)},
    },
    "demo.mail": lambda records: {"": {"ref": records.mail}},
}
BY_RULE: dict[str, Callable[[Records], dict[str, Values]]] = {
    "/applications/<ref>/questions/<key>/<lot>": _bids(
        "open", "concluded", "sealed", key=LOT_QUESTION, in_a_lot=True
    ),
    "/applications/<ref>/reuse/<key>/<lot>": _bids(
        "open", "concluded", "sealed", key=LOT_QUESTION, in_a_lot=True
    ),
    "/council/applications/<ref>/clean-copy/<key>/<lot>": _bids(
        "scoring", key=LOT_ITEM, in_a_lot=True
    ),
    "/council/applications/<ref>/compliance/<key>/<lot>": _bids(
        *EVALUATED, key=LOT_ITEM, in_a_lot=True
    ),
    "/scoring/sheets/<ref>/questions/<question>/<lot>": _sheets(
        EVALUATOR, question=SCORED_IN_A_LOT, lot=LOT_OF["scoring"]
    ),
    "/your-scores/<ref>/question/<question>/<lot>": _sheets(
        PAIR, question=YOUNG_QUESTION, lot=LOT_OF["scoring"]
    ),
    "/council/rounds/<ref>/corrections/<bid>/<question>/<lot>": _priced(
        question="care-in-this-lot", lot="F1"
    ),
    "/your-scores/agree/<ref>/<question>/<lot>": lambda records: {
        "scoring": {
            "ref": records.application("scoring", "Cedar House Support").ref,
            "question": YOUNG_QUESTION,
            "lot": LOT_OF["scoring"],
        }
    },
    "/council/rounds/<ref>/moderation/<bid>/<question>/<lot>": _moderation(
        question=SCORED_IN_A_LOT, lot=LOT_OF["scoring"]
    ),
    "/council/rounds/<ref>/moderation/history/<bid>/<question>/<lot>": _moderation(
        question=SCORED_IN_A_LOT, lot=LOT_OF["scoring"]
    ),
}


class Unplaced(AssertionError):
    """A route of which nobody has said which records are worth a look."""

    def __init__(self, rule: Any) -> None:
        super().__init__(
            f"{rule.rule} ({rule.endpoint}) has no line in PLACES of tests/sweeps/places.py: say"
            f" there for which records it is looked at, with {sorted(rule.arguments)}"
        )


def places(app: Flask, *methods: str) -> Iterator[Place]:
    """Every page of the portal. Needs the application context of a told story."""
    records, adapter = Records(), app.url_map.bind("localhost")
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        if rule.endpoint == "static":
            continue
        for record, values in _values_of(rule, records).items():
            for method in methods or ("GET", "POST"):
                if method in (rule.methods or ()):
                    address = adapter.build(rule.endpoint, values)
                    permission = getattr(app.view_functions[rule.endpoint], "permission", None)
                    yield Place(method, rule.rule, rule.endpoint, record, address, permission)


def _values_of(rule: Any, records: Records) -> dict[str, Values]:
    wanted = rule.arguments - set(rule.defaults or {})
    if not wanted:
        return {"": {}}
    find = BY_RULE.get(rule.rule) or PLACES.get(rule.endpoint)
    found = find(records) if find else {}
    if not found or any(set(values) != wanted for values in found.values()):
        raise Unplaced(rule)
    return found
