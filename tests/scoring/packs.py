"""A whole round as an evidence pack takes it: bids, single scores, agreement, prices, award."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from io import BytesIO

from scoring.awards import Entry, Place, compute_round
from scoring.baskets import evaluated_price
from scoring.canonical import canonical_json, sha256_of
from scoring.chain import GENESIS, next_hash
from scoring.criteria import Scheme
from scoring.digests import agreed_digest, approval_digest, correction_digest, decision_digest
from scoring.moderation import outside_range
from scoring.pack import Form, build, prepare
from scoring.results import BidScores
from scoring.results_content import (
    admitted_places,
    bid_content,
    evaluated_content,
    round_content,
)
from scoring.scales import Scale
from scoring.terms import Panel
from scoring.verify import verify

from . import schemes, tenders

SECRET = bytes(range(32))
START = datetime(2027, 3, 4, 12, 0, tzinfo=UTC)
CHAIN = "round:RND-1"
GOOD = {"safeguarding": 4, "stability": 4, "matching": 3, "jobs": 3}
SCALES = {
    "officers-0-5": schemes.OFFICERS,
    "faces-0-4": schemes.FACES,
}


def scale_content(scale):
    return {
        "kind": "scale",
        "key": scale.key,
        "title": scale.title,
        "abstention": scale.abstention,
        "points": [{"value": one.value, "label": one.label} for one in scale.points],
    }


def hashed(body, **facts):
    return {**facts, "version": 1, "sha256": sha256_of(canonical_json(body)), "body": body}


@dataclass
class Story:
    """Makes the rows of a round; a seed makes the same round each time."""

    scheme: dict = field(default_factory=tenders.content)
    bids: int = 3
    lots: tuple = ("F1", "F2")
    officers: int = 3
    pairs: int = 2
    seed: int = 1
    words: int = 4
    dissent: str = ""  # from the first score of the first question
    hashes: bool = True  # whether the trail keeps them of what was agreed; it once did not

    def __post_init__(self):
        self.chance = random.Random(self.seed)
        self.rules = Scheme.from_content(self.scheme)
        self.refs = [f"APP-{number:04d}" for number in range(1, self.bids + 1)]
        self.criteria = {one.question: leaf for leaf in self.rules.leaves for one in leaf.questions}
        self.entries = []
        self.previous = GENESIS
        self.at = START

    def data(self):
        """Return the whole round, with a trail in which everything was recorded."""
        found = {
            "round": self.round(),
            "people": self.people(),
            "scorers": self.scorers(),
            "bids": [self.bid(ref) for ref in self.refs],
            "conflicts": self.conflicts(),
            "scores": [],
            "sheets": [],
        }
        self.act("round:opened", "round", "RND-1", bids=[
            [bid["bid"], bid["receipt"], bid["sha256"], True] for bid in found["bids"]
        ])  # fmt: skip
        for row in found["conflicts"]:
            self.act("conflict:declared", "round", "RND-1", application=row["bid"])
        for ref in self.refs:
            scores, sheets = self.scores(ref)
            found["scores"] += scores
            found["sheets"] += sheets
        found["consensus"] = self.consensus(found["scores"])
        found["corrections"] = self.corrections(found["consensus"])
        found["prices"] = [self.prices(ref) for ref in self.refs] if self.rules.price else []
        found["decisions"] = [self.kept_price()]
        self.award(found)
        return found

    def round(self):
        return {
            "ref": "RND-1",
            "title": "Fostering 2027",
            "version": 1,
            "regime": "pa-2023-light-touch",
            "lots": [
                {"code": code, "title": f"Lot {code}", "cancelled": False} for code in self.lots
            ],
            "councils": ["bedford-borough", "luton"],
            "scheme": hashed(self.scheme),
            "scales": [hashed(scale_content(one), key=one.key) for one in SCALES.values()],
            "titles": {question: f"About {question}" for question in self.criteria},
            "quorum": 2,
        }

    def people(self):
        names = [f"Officer {number}" for number in range(1, self.officers + 1)]
        return [
            {"ref": f"PER-{number}", "name": name, "roles": "evaluator"}
            for number, name in enumerate(names, start=1)
        ]

    def scorers(self):
        officers = [
            {"scorer": f"SCR-{number}", "panel": "officers", "people": [f"PER-{number}"],
             "label": f"Officer {number}"}
            for number in range(1, self.officers + 1)
        ]  # fmt: skip
        return officers + [
            {"scorer": f"SCR-Y{number}", "panel": "young", "people": [f"PER-Y{number}"],
             "label": f"Pair {number}"}
            for number in range(1, self.pairs + 1)
        ]  # fmt: skip

    def bid(self, ref):
        envelope = self.envelope(ref)
        content = {
            "format": "application-submission/1", "application": ref, "lots": list(self.lots),
            "answers": [{"question": one, "lot": "", "value": self.text()} for one in self.criteria],
            "prices_sha256": sha256_of(canonical_json(envelope)),
        }  # fmt: skip
        sha256 = sha256_of(canonical_json(content))
        receipt = ref.replace("APP", "REC")
        self.act("application:submitted", "application", ref, receipt=receipt, number=1,
                 sha256=sha256)  # fmt: skip
        return {
            "bid": ref,
            "provider": ref.replace("APP", "PRV"),
            "name": f"Provider {ref[-4:]}",
            "receipt": receipt,
            "received_at": self.at,
            "sha256": sha256,
            "prices_sha256": content["prices_sha256"],
            "lots": [{"lot": code, "outcome": "passed", "why": ""} for code in self.lots],
            "preferences": list(self.lots),
            "content": content,
        }

    def envelope(self, ref):
        chance = random.Random(f"{self.seed} {ref}")
        items = [] if self.rules.price is None else [
            part.item for basket in self.rules.price.baskets for part in basket.items
        ]  # fmt: skip
        return {
            "format": "price-envelope/1",
            "application": ref,
            "rates": [
                {"lot": lot, "item": item, "pence": chance.randrange(45_000, 75_000)}
                for lot in self.lots for item in items
            ],
            "secret": f"{chance.getrandbits(128):032x}",
        }  # fmt: skip

    def prices(self, ref):
        envelope, rule = self.envelope(ref), self.rules.price
        offers = [{"lot": "", "key": "volume", "bp": 250}] if rule.discounts else []
        evaluated = []
        for lot in self.lots:
            rates = {one["item"]: one["pence"] for one in envelope["rates"] if one["lot"] == lot}
            offered = {one["key"]: one["bp"] for one in offers}
            price = evaluated_price(rule.basket_for(lot), rates, rule.discounts, offered)
            evaluated.append({"lot": lot, "council": "", **evaluated_content(price)})
        return {"bid": ref, "rates": envelope["rates"], "offers": offers, "envelope": envelope,
                "evaluated": evaluated}  # fmt: skip

    def conflicts(self):
        return [
            {"person": f"PER-{number}", "bid": ref, "interest": "none", "declared_at": self.at,
             "detail": "", "mitigation": ""}
            for number in range(1, self.officers + 1) for ref in self.refs
        ]  # fmt: skip

    def scores(self, ref):
        rows, sheets = [], []
        level = self.chance.randrange(2, 5)
        for scorer in self.scorers():
            own = []
            for question, criterion in self.criteria.items():
                if criterion.panel == scorer["panel"]:
                    highest = SCALES[criterion.scale].highest
                    value = max(3, min(highest, level + self.chance.randrange(-1, 2)))
                    own.append({
                        "bid": ref, "scorer": scorer["scorer"], "question": question, "lot": "",
                        "score": value, "abstained": False, "at": self.at, "reason": self.text(),
                    })  # fmt: skip
            sheet = {"bid": ref, "sheet": f"SHT-{ref}-{scorer['scorer']}", "number": 1,
                     "scorer": scorer["scorer"], "submitted_at": self.at, "stands": True}  # fmt: skip
            sheet["sha256"] = sha256_of(canonical_json(handed_in(ref, scorer["scorer"], own)))
            self.act("sheet:submitted", "sheet", sheet["sheet"], number=1, sha256=sheet["sha256"])
            rows += own
            sheets.append(sheet)
        return rows, sheets

    def consensus(self, scores):
        given = {}
        for row in scores:
            given.setdefault((row["bid"], row["question"]), []).append(row["score"])
        found = []
        for (ref, question), values in given.items():
            value = self.chance.choice(values)
            assert not outside_range(value, values)
            found.append({
                "bid": ref, "question": question, "lot": "",
                "panel": str(self.criteria[question].panel), "value": value, "by": "PER-9",
                "at": self.at, "present": ["PER-1", "PER-2"], "reason": self.text(),
                "why_outside": "", "dissent": "" if found else self.dissent,
            })  # fmt: skip
            self.agreed(found[-1])
        return found

    def agreed(self, row):
        told = {name: row[name] for name in ("question", "lot", "present")}
        more = {name: row[name] for name in ("bid", "reason", "why_outside", "dissent")}
        sha256 = agreed_digest(**told, **more, score=row["value"])
        self.act("consensus:recorded", "application", row["bid"], **told, panel=row["panel"],
                 **({"sha256": sha256} if self.hashes else {}))  # fmt: skip

    def corrections(self, consensus):
        first = next(row for row in consensus if row["question"] in GOOD or self.bids)
        told = {"question": first["question"], "lot": "", "prices_open": True}
        more = {"bid": first["bid"], "old": first["value"], "new": 3,
                "reason": "The second page had been overlooked."}  # fmt: skip
        sha256 = correction_digest(**told, **more)
        self.act("correction:confirmed", "correction", "COR-1", application=first["bid"], **told,
                 **({"sha256": sha256} if self.hashes else {}))  # fmt: skip
        people = {"by": "PER-9", "second": "PER-8"}
        return [{**told, **more, **people, "number": 1, "at": self.at}]

    def kept_price(self):
        """A low price that the bidder explained and one person kept."""
        told = {"application": self.refs[0], "lot": self.lots[0]}
        words = {"question": "How can you pay staff?", "answer": self.text(), "reason": self.text()}
        for event, name in (("sent", "question"), ("answered", "answer")):
            self.act(f"price-question:{event}", "price_question", "PRQ-1", **told,
                     sha256=sha256_of(words[name]))  # fmt: skip
        self.act("award-decision:proposed", "award_decision", "DEC-1", **told, kind="keep",
                 council_of="", sha256=decision_digest((), words["reason"]))  # fmt: skip
        return {"number": 1, "kind": "abnormally-low", "bid": self.refs[0], "lot": self.lots[0],
                "council": "", "decision": "keep", "by": "PER-9", "second": "", "at": self.at,
                **words}  # fmt: skip

    def approval(self):
        facts = {"council": "luton", "decision": "approve", "reference": "D-1", "reason": "",
                 "delegation_limit_pence": 50_000_000, "call_in_until_on": "2027-04-01"}  # fmt: skip
        self.act("award:approved", "recommendation", "RECM-1", council="luton",
                 **({"sha256": approval_digest(**facts)} if self.hashes else {}))  # fmt: skip
        return {**facts, "by": "PER-7", "at": self.at}

    def award(self, found):
        results = computed(self.rules, found)
        found["results"] = round_content(self.rules, results)
        hashes = {
            f"{one.bid}|{place.lot}": sha256_of(canonical_json(bid_content(self.rules, one)))
            for place, lot in results.items() for one in lot.bids
        }  # fmt: skip
        event = "results:computed" if self.rules.price else "quality:locked"
        self.act(event, "round", "RND-1", results=hashes)
        content = {"results": sorted(hashes)}
        recommendation = {"ref": "RECM-1", "content": content,
                          "sha256": sha256_of(canonical_json(content)), "reason": self.text()}  # fmt: skip
        reason = sha256_of(recommendation["reason"])
        self.act("award:recommended", "recommendation", "RECM-1", sha256=recommendation["sha256"],
                 **({"reason_sha256": reason} if self.hashes else {}))  # fmt: skip
        found["awards"] = {
            "admitted": admitted_places(results.values()),
            "recommendation": recommendation,
            "approvals": [self.approval()],
        }
        found["letters"] = [self.letter(ref) for ref in self.refs]
        found["trail"] = self.trail(found["letters"])

    def letter(self, ref):
        name = ref.replace("APP", "LET")
        sha256 = sha256_of(f"what {name} says")
        self.act("letter:made", "letter", name, sha256=sha256)
        return {"bid": ref, "ref": name, "file": f"letters/{name}.pdf", "content_sha256": sha256,
                "sha256": sha256_of(letter_bytes(name))}  # fmt: skip

    def act(self, event, table, subject, /, **detail):
        self.at += timedelta(minutes=1)
        content = {
            "actor": "PER-9", "at": self.at, "chain": CHAIN, "detail": detail, "event": event,
            "number": len(self.entries) + 1, "roles": "moderator", "subject": [table, subject],
            "values": "",
        }  # fmt: skip
        entry = {"content": content, "previous": self.previous,
                 "hash": next_hash(self.previous, canonical_json(content))}  # fmt: skip
        self.entries.append(entry)
        self.previous = entry["hash"]

    def trail(self, letters):
        before, links = {"number": 40, "hash": "ab" * 32}, []
        previous, number = before["hash"], before["number"]
        for entry in [None, *self.entries, None]:  # others wrote before and after
            number += 1
            link = {
                "number": number,
                "chain": CHAIN if entry else "general",
                "chain_number": entry["content"]["number"] if entry else number,
                "entry": entry["hash"] if entry else "cd" * 32,
            }
            previous = next_hash(previous, canonical_json(link))
            links.append({**link, "hash": previous})
        for letter in letters:
            letter["trail_head"] = previous
        return {"chain": CHAIN, "entries": self.entries, "anchors": {**before, "links": links}}

    def text(self):
        return " ".join(self.chance.choice(("calm", "clear", "kind", "late", "thin", "whole"))
                        for _ in range(self.words))  # fmt: skip


def handed_in(ref, scorer, rows):
    names = ("question", "lot", "score", "abstained", "reason")
    scores = [{name: row[name] for name in names} for row in rows]
    return {
        "application": ref,
        "scorer": scorer,
        "scores": sorted(scores, key=lambda one: (one["question"], one["lot"])),
    }


def letter_bytes(name):
    return f"%PDF the letter {name}".encode()


def letters_of(data, bid=None):
    return [
        (one["file"], letter_bytes(one["ref"]))
        for one in data["letters"]
        if bid in (None, one["bid"])
    ]


def computed(rules, data):
    """Compute the results from the rows, as the portal does from its tables."""
    agreed = {(one["bid"], one["question"]): one["value"] for one in data["consensus"]}
    agreed |= {(one["bid"], one["question"]): one["new"] for one in data["corrections"]}
    prices = {
        (row["bid"], one["lot"]): one["price"] for row in data["prices"] for one in row["evaluated"]
    }
    young = {one.question for one in rules.questions_for(Panel.YOUNG)}
    pairs = {}
    for row in data["scores"]:
        if row["question"] in young and row["score"] is not None:
            counted = pairs.setdefault(row["bid"], dict.fromkeys(young, 0))
            counted[row["question"]] += 1
    entries = {}
    for lot in data["round"]["lots"]:
        bids = {
            one["bid"]: BidScores(
                {question: value for (ref, question), value in agreed.items() if ref == one["bid"]},
                pairs.get(one["bid"]),
            )
            for one in data["bids"]
        }
        entries[Place(lot["code"])] = Entry(
            bids,
            {ref: Fraction(prices[ref, lot["code"]]) for ref in bids} if rules.price else None,
        )
    scales = {scale.key: Scale.from_content(scale_content(scale)) for scale in SCALES.values()}
    return compute_round(rules, scales, entries, data["round"]["titles"])


def packed(data, form=Form.FULL, *, bid="", secret=SECRET, letters=None, **more):
    """Return the bytes of a pack."""
    into = BytesIO()
    if letters is None:
        letters = {Form.FULL: letters_of(data), Form.BIDDER: letters_of(data, bid)}.get(form, [])
    build(data, form, into, made_at=START, secret=secret, bid=bid, letters=letters, **more)
    return into.getvalue()


def proved(pack, **more):
    return verify(BytesIO(pack), **more)


def root_of(data, secret=SECRET):
    return prepare(data, secret).root


def a_list(**more):
    """Return the story of an accredited provider list: no price, no ranking."""
    return Story(scheme=schemes.content(), **more)
