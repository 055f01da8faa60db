"""Everybody walks over everything they can reach: each page is sound, and looking changes nothing."""

from collections import Counter

import pytest

from tests.client import Unsound
from tests.hygiene import words_of
from tests.reading import page_of
from tests.sweeps.demonstration import MAY_BE_WRITTEN_BY_LOOKING, papers_unset
from tests.sweeps.marking import mark, raw_in
from tests.sweeps.matrix import COLUMNS
from tests.sweeps.walking import kept, walk

LEADS_ON = {302}
# who walks over a story with markup in every text: each sees what others have typed
WITH_MARKS = {"Amina Hussain", "Priya Nair", "Daniel Reyes", "Claire Dunmore", "Comet"}


@pytest.mark.parametrize("name", [name for name, _ in COLUMNS.values()])
def test_every_page_that_is_reached_is_sound_and_looking_changes_nothing(demonstration, name):
    faults = []
    steps = 0
    client = demonstration.by(name)
    if name in WITH_MARKS:
        assert mark(demonstration) > 1_000
        demonstration.changes()
    for step in _sound_steps(client, faults):
        steps += 1
        faults += [f"{step.address} lets “{one}” through as markup" for one in raw_in(step)]
        faults += [f"{step.address} has two regions “{one}”" for one in named_twice(step)]
        written = demonstration.changes() - MAY_BE_WRITTEN_BY_LOOKING
        if written:
            faults.append(f"{step.address} wrote to {sorted(written)}")
        if step.answer.status_code not in {200} | LEADS_ON:
            faults.append(f"{step.address} is linked to, and answers {step.answer.status_code}")
    assert not faults, "\n".join(["", *dict.fromkeys(faults)])
    assert steps > 5


def test_looking_leaves_every_row_as_it_was(demonstration):
    """What was noticed of the statements, held against the rows themselves."""
    before = kept(demonstration)
    client = demonstration.by(COLUMNS["com"][0])
    client.checks = False
    assert sum(1 for _ in walk(client, most_of_a_kind=1)) > 20
    client.checks = True
    demonstration.changes()
    assert kept(demonstration) == before


def named_twice(step):
    """Regions of a page that whoever listens to a list of them could not tell apart."""
    page = page_of(step.answer) if step.is_page else None
    regions = [] if page is None else page.xpath("//*[@role='region'] | //section")
    names = Counter(region.get("aria-label") or _named_by(page, region) for region in regions)
    return [name for name, times in names.items() if name and times > 1]


def _named_by(page, region):
    ids = (region.get("aria-labelledby") or "").split()
    return " ".join(words_of(one) for name in ids for one in page.xpath(f"//*[@id='{name}']"))


def _sound_steps(client, faults):
    """The steps of a walk; what is wrong with a page is noted, and the walk goes on."""
    client.checks = False
    try:
        with papers_unset():
            for step in walk(client):
                try:
                    client.look_over(step.answer)
                except Unsound as unsound:
                    faults.append(str(unsound))
                yield step
    finally:
        client.checks = True
