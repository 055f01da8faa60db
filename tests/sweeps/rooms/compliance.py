"""Where the pages of the room `compliance` lie in the story."""

from tests.sweeps.records import (
    EVALUATED,
    ITEM,
    LOT_ITEM,
    NO_COPY,
    Find,
    asked,
    bid_files,
    bids,
    rounds,
)

PLACES: dict[str, Find] = {
    "compliance.clarification": asked(),
    "compliance.add_field": asked(),
    "compliance.remove_field": asked("field"),
    "compliance.reply_document": asked("version"),
    "compliance.clean_copy": bids("scoring", key=ITEM),
    "compliance.clean_copy_file": bids("scoring", copy_ref=NO_COPY),
    "compliance.exclusion": bids("open", *EVALUATED),
    "compliance.open_exclusion": bids("scoring"),
    "compliance.debarment": bids("scoring", "concluded"),
    "compliance.decide_exclusion": bids("scoring"),
    "compliance.confirm_exclusion": bids("scoring"),
    "compliance.lift_exclusion": bids("scoring"),
    "compliance.exclusion_file": bids("scoring", version_ref="VER-NONE0-NONE0"),
    "compliance.exclusion_notice": bids(
        "scoring", exclusion_ref="EXC-NONE0-NONE0", occasion="excluded"
    ),
    "compliance.exclusion_proceedings": bids("scoring", exclusion_ref="EXC-NONE0-NONE0"),
    "compliance.queue": rounds("open", *EVALUATED),
    "compliance.show": bids("open", *EVALUATED),
    "compliance.submitted": bids("open", *EVALUATED),
    "compliance.pass_suggested": bids("open", *EVALUATED),
    "compliance.item": bids("open", *EVALUATED, key=ITEM),
    "compliance.conclude": bids("open", *EVALUATED),
    "compliance.document": bid_files,
    "compliance.document_view": bid_files,
}
BY_RULE: dict[str, Find] = {
    "/council/applications/<ref>/clean-copy/<key>/<lot>": bids(
        "scoring", key=LOT_ITEM, in_a_lot=True
    ),
    "/council/applications/<ref>/compliance/<key>/<lot>": bids(
        *EVALUATED, key=LOT_ITEM, in_a_lot=True
    ),
}
