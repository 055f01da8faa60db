"""Where the pages of the room `evaluation` lie in the story."""

from tests.sweeps.records import (
    EVALUATED,
    EVALUATOR,
    LOT,
    LOT_OF,
    NO_BID,
    NO_PERSON,
    PAIR,
    QUESTION,
    SCORED_IN_A_LOT,
    YOUNG_QUESTION,
    Find,
    moderation,
    practice,
    priced,
    returned,
    rounds,
    sheets,
)

PLACES: dict[str, Find] = {
    "evaluation.panel": rounds(*EVALUATED),
    "evaluation.add_members": rounds(*EVALUATED, part="evaluator"),
    "evaluation.make_pair": rounds(*EVALUATED),
    "evaluation.practice": practice(),
    "evaluation.practice_compare": practice(),
    "evaluation.practise": practice(question=QUESTION),
    "evaluation.practice_together": practice(),
    "evaluation.practise_together": practice(question=YOUNG_QUESTION),
    "evaluation.practice_agree": practice(),
    "evaluation.practise_agreeing": practice(question=YOUNG_QUESTION),
    "evaluation.made_practice": practice(),
    "evaluation.close_practice": practice(),
    "evaluation.made_up_answer": practice(question=QUESTION),
    "evaluation.declared_interests": rounds(*EVALUATED),
    "evaluation.mitigate": rounds(*EVALUATED, bid=NO_BID, person=NO_PERSON),
    "evaluation.work": rounds(*EVALUATED, panel="officers"),
    "evaluation.share_out": rounds(*EVALUATED, panel="officers"),
    "evaluation.change_work": rounds(*EVALUATED, panel="young"),
    "evaluation.part_pair": rounds(*EVALUATED),
    "evaluation.remove_member": rounds(*EVALUATED),
    "evaluation.start": rounds(*EVALUATED),
    "evaluation.declare": rounds(*EVALUATED),
    "evaluation.queue": rounds(*EVALUATED),
    "evaluation.sheet": sheets(EVALUATOR),
    "evaluation.score": sheets(EVALUATOR, question=QUESTION),
    "evaluation.submit": sheets(EVALUATOR),
    "evaluation.young_sheet": sheets(PAIR),
    "evaluation.young_score": sheets(PAIR, question=YOUNG_QUESTION),
    "evaluation.young_send": sheets(PAIR),
    "evaluation.young_agree": lambda records: {
        "scoring": {"ref": records.application("scoring", "Cedar House Support").ref}
    },
    "evaluation.young_agree_question": lambda records: {
        "scoring": {
            "ref": records.application("scoring", "Cedar House Support").ref,
            "question": YOUNG_QUESTION,
        }
    },
    "evaluation.moderation": rounds(*EVALUATED),
    "evaluation.agree": moderation(question=QUESTION),
    "evaluation.history": moderation(question=QUESTION),
    "evaluation.meeting": rounds("scoring", "concluded"),
    "evaluation.close_meeting": rounds("scoring", "concluded"),
    "evaluation.minutes_file": rounds("scoring", "concluded", number="MTG-NONE"),
    "evaluation.agreement": rounds("scoring", "concluded"),
    "evaluation.agreement_file": rounds("scoring", "concluded", table="by-scorer", kind="csv"),
    "evaluation.lock": rounds("scoring", "concluded"),
    "evaluation.give_back": returned(EVALUATOR),
    "evaluation.sign_off": rounds(*EVALUATED),
    "evaluation.sign_off_bid": moderation(),
    "evaluation.young_meeting": rounds("scoring", "concluded"),
    "evaluation.close_young_meeting": rounds("scoring", "concluded"),
    "evaluation.young_minutes_file": rounds("scoring", "concluded", number="MTG-NONE"),
    "evaluation.give_pair_back": lambda records: {
        "scoring": {
            **moderation()(records)["scoring"],
            "sheet": records.sheet(PAIR, "Cedar House Support"),
        }
    },
    "evaluation.prices": rounds("scoring", "concluded", "priced"),
    "evaluation.begin_prices": rounds("scoring", "concluded", "priced"),
    "evaluation.confirm_prices": rounds("scoring", "concluded", "priced"),
    "evaluation.take_back_prices": rounds("scoring", "concluded", "priced"),
    "evaluation.decisions_page": rounds("scoring", "concluded", "priced"),
    "evaluation.low_price": priced(lot="F1"),
    "evaluation.tie": rounds("priced", lot="F1"),
    "evaluation.set_bid_aside": priced(lot="F1"),
    "evaluation.second": lambda records: {
        "priced": {"ref": records.round("priced"), "made": records.price_decision}
    },
    "evaluation.correct": priced(question="safeguarding"),
    "evaluation.price_question": lambda records: {"priced": {"ref": records.price_question}},
    "evaluation.results": rounds("scoring", "concluded", "priced"),
    "evaluation.panel_record": rounds("scoring", "concluded"),
    "evaluation.lot_results": lambda records: {
        **rounds("scoring", "concluded", lot=LOT)(records),
        **rounds("priced", lot="F1")(records),
    },
    "evaluation.lot_results_file": rounds("scoring", "concluded", lot=LOT, kind="csv"),
    "evaluation.working": lambda records: {
        name: {**values, "lot": LOT} for name, values in moderation()(records).items()
    },
}
BY_RULE: dict[str, Find] = {
    "/scoring/sheets/<ref>/questions/<question>/<lot>": sheets(
        EVALUATOR, question=SCORED_IN_A_LOT, lot=LOT_OF["scoring"]
    ),
    "/your-scores/<ref>/question/<question>/<lot>": sheets(
        PAIR, question=YOUNG_QUESTION, lot=LOT_OF["scoring"]
    ),
    "/council/rounds/<ref>/corrections/<bid>/<question>/<lot>": priced(
        question="care-in-this-lot", lot="F1"
    ),
    "/your-scores/agree/<ref>/<question>/<lot>": lambda records: {
        "scoring": {
            "ref": records.application("scoring", "Cedar House Support").ref,
            "question": YOUNG_QUESTION,
            "lot": LOT_OF["scoring"],
        }
    },
    "/council/rounds/<ref>/moderation/<bid>/<question>/<lot>": moderation(
        question=SCORED_IN_A_LOT, lot=LOT_OF["scoring"]
    ),
    "/council/rounds/<ref>/moderation/history/<bid>/<question>/<lot>": moderation(
        question=SCORED_IN_A_LOT, lot=LOT_OF["scoring"]
    ),
}
