"""Words of our own, put into the middle of a sentence."""

import re

KEEPS_ITS_CAPITAL = frozenset({"Ofsted"})
"""Names of one word with which a title or a label of ours begins."""
FIRST = re.compile(r"[A-Z](?=[a-z’'-]+(?![A-Za-z0-9])(?!\s+[A-Z][a-z]))|A(?=\s)")


def within(text: str) -> str:
    """A title or label as it stands within a sentence: only its first letter becomes small.

    Names keep their capitals: "Lot 1A" gives "lot 1A", and "URN", "Ofsted registration",
    "Luton Council" and "Young Commissioners" stay as they are.
    """
    first = re.match(r"\w*", text)
    if first is not None and first[0] in KEEPS_ITS_CAPITAL:
        return text
    return text[:1].lower() + text[1:] if FIRST.match(text) else text
