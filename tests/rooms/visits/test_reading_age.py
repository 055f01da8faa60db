"""What young people read on their pages is measured: a child of nine reads it.

The Automated Readability Index counts letters, words and sentences (Senter and Smith, 1967); its 4 is
a child of nine to ten. What others wrote in their own words is not the portal's.
"""

import re
from collections.abc import Iterator

import pytest
from lxml import html

from portal.db import db
from portal.visits.views_phone import FAREWELL
from tests.factories.visits import a_visit

NINE = 4.0
MOST_WORDS = 20  # of one sentence
ENOUGH = 20  # words, below which an index says nothing
UNSAID = ".//blockquote|.//table|.//dl|.//script|.//*[@hidden]"
SAID = (
    ".//p|.//li|.//h1|.//h2|.//h3|.//label|.//legend|.//button|.//summary"
    "|.//*[contains(@class,'govuk-hint')]"
)


def sentences(page: str) -> Iterator[str]:
    """What the portal itself says on a page, each line once."""
    main = html.document_fromstring(page).xpath("//main")[0]
    for unsaid in main.xpath(UNSAID):
        if unsaid.getparent() is not None:
            unsaid.drop_tree()
    told = (one.text_content() for one in main.xpath(SAID) if not one.xpath(".//p|.//li"))
    for line in dict.fromkeys(" ".join(one.split()) for one in told):
        yield from filter(None, re.split(r"(?<=[.!?:])\s+", line))


def index(said: list[str]) -> float:
    """The Automated Readability Index of some sentences; very low where there is little to read."""
    words = [word for one in said for word in re.findall(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*", one)]
    if len(words) < ENOUGH:
        return -99.0
    return 4.71 * sum(map(len, words)) / len(words) + 0.5 * len(words) / len(said) - 21.43


def test_the_index_knows_easy_words_from_hard_ones():
    hard = ["Commissioners moderate individual evaluations notwithstanding procedural objections."]
    assert index(FAREWELL) < NINE < index(hard * 4)


@pytest.mark.usefixtures("session")
def test_young_people_understand_what_their_pages_say(browser):
    told = a_visit().begun()
    told.saves(told.young[0], "score:1a", value=3, reason="Warm.")
    db.session.commit()
    at, comet = f"/visits/phone/{told.visit.ref}", browser(told.young[0])
    matters = [one["key"] for one in told.visit.framework_version.body["matters"]]
    pages = ["/", "/tell-someone", "/you-said", "/visits/phone/", at, f"{at}/send", f"{at}/at/say"]
    pages += [f"{at}/at/score/{key}" for key in matters]
    read = {one: list(sentences(comet.page(one).text)) for one in pages}
    assert {one: index(said) for one, said in read.items() if index(said) > NINE} == {}
    long = [line for said in read.values() for line in said if len(line.split()) > MOST_WORDS]
    assert long == []
