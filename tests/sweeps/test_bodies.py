"""References that travel in forms: somebody else's, put into a hidden field or a choice, is refused.

Each form of the pages that a person comes to by links is filled in and sent, once for each field that
names a record or a council, with one of that kind that the page did not offer. Nothing may change.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import urljoin

import pytest
from lxml import html
from sqlalchemy import select

from portal.db import Base
from portal.people.models import Council
from tests.sweeps.demonstration import MAY_BE_WRITTEN_BY_LOOKING, papers_unset
from tests.sweeps.matrix import COLUMNS
from tests.sweeps.walking import kind_of, walk

REF = re.compile(r"[A-Z]{2,6}-[2-9B-Z]{5}-[2-9B-Z]{5}")
COUNCIL = "a council"
COUNTED = MAY_BE_WRITTEN_BY_LOOKING | {"attempt"}  # a try is counted before it is refused
WORDS = "Because it was agreed at the meeting of the team."
PARTS_OF_A_DAY = {"day": "15", "month": "3", "year": "2027"}
SENDERS = ("com", "adm", "fin", "off", "sys")


@dataclass
class Typed:
    """A form as somebody fills it in, and by field what it offers."""

    goes_to: str
    data: dict[str, str] = field(default_factory=dict)
    offered: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def take(self, one):
        """One field: what stands in it, else the first that it offers, else words or a day."""
        name, kind = one.get("name"), one.get("type", one.tag)
        if one.tag == "select":
            options = [option.get("value", "") for option in one.xpath(".//option")]
            chosen = one.xpath(".//option[@selected]/@value")
            self.offered[name].update(options)
            self.data[name] = next((value for value in (*chosen, *options) if value), "")
        elif kind in {"checkbox", "radio"}:
            self.offered[name].add(one.get("value", ""))
            self.data.setdefault(name, one.get("value", ""))
        elif kind not in {"submit", "file"}:
            self.offered[name].add(one.get("value", ""))
            usual = PARTS_OF_A_DAY.get(name.rpartition("-")[2], WORDS)
            self.data[name] = one.get("value") or (one.text or "").strip() or usual


def forms_of(client, steps):
    """Forms that change something, one of each address's kind and set of fields."""
    routes, seen = client.application.url_map.bind("localhost"), set()
    for step in steps:
        if not step.is_page:
            continue
        for form in html.document_fromstring(step.answer.text).xpath("//form[@method='post']"):
            typed = Typed(urljoin(step.address, form.get("action") or step.address))
            for one in form.xpath(".//*[self::input or self::select or self::textarea][@name]"):
                typed.take(one)
            key = (kind_of(typed.goes_to, routes), frozenset(map(_bare, typed.data)))
            if typed.goes_to != "/sign-out" and key not in seen:
                seen.add(key)
                yield typed


def _bare(name):
    """A field's name without the reference or number that it carries."""
    return re.sub(r"\d+", "0", REF.sub("REF", name))


def records(demonstration):
    """Every reference of the story by its letters, and every council by its short name."""
    found = defaultdict(list)
    with demonstration.open() as session:
        found[COUNCIL] = list(session.scalars(select(Council.slug)))
        for table in Base.metadata.sorted_tables:
            if "ref" in table.columns:
                for ref in filter(None, session.scalars(select(table.c.ref))):
                    found[ref.partition("-")[0]].append(ref)
    return found


def foreign(typed, every):
    """By field that names a record: one of that kind that was not offered."""
    for name, values in typed.offered.items():
        known = {one for one in values if REF.fullmatch(one)}
        kind = next(iter(known)).partition("-")[0] if known else COUNCIL
        if name.startswith("_seen") or not (known or values & set(every[COUNCIL])):
            continue  # what a page showed is no choice: a wrong one asks to look again
        other = next((one for one in every[kind] if one not in values), None)
        if other is not None:
            yield name, other


def refused_at(answer, name):
    """Whether the answer refuses the whole, or says beside the field (or its group) what is wrong.

    All fields of a form are checked at once, so it says so whatever else is wrong with the rest.
    """
    if answer.status_code in {400, 403, 404, 409}:
        return True
    if answer.status_code != 422:
        return False
    links = html.document_fromstring(answer.text).xpath("//*[@role='alert']//a/@href")
    return any(link.startswith(f"#{name}") for link in links)


@pytest.mark.parametrize("short", SENDERS)
def test_a_record_that_the_page_did_not_offer_is_refused(demonstration, short):
    client = demonstration.by(COLUMNS[short][0])
    every, faults, tried = records(demonstration), [], 0
    client.checks = False
    try:
        with papers_unset():
            found = list(forms_of(client, walk(client, most_of_a_kind=1)))
            demonstration.changes()
            for typed in found:
                for name, other in foreign(typed, every):
                    tried += 1
                    answer = client.post(typed.goes_to, data={**typed.data, name: other})
                    fault = f"{typed.goes_to}: “{name}” = {other}: {answer.status_code}"
                    changed = demonstration.changes() - COUNTED
                    if changed:
                        faults.append(f"{fault}, and changed {sorted(changed)}")
                        demonstration.put_back()
                    elif not refused_at(answer, name):
                        faults.append(f"{fault}, and says nothing of it")
    finally:
        client.checks = True
    assert not faults, "\n".join(["", *faults])
    assert tried
