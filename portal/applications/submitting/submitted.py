"""A submission as it is read: section by section, with its tables, its documents and its marks."""

from collections.abc import Iterator
from dataclasses import dataclass

from portal.applications.lots.councils import only_for
from portal.applications.models import Application
from portal.applications.models_marks import ANSWER, DOCUMENT, PRICES
from portal.applications.submitting.sealing import BidContent, SealedDocument, SealedMark
from scoring.answers import AnswerValue
from scoring.content import Content


@dataclass(frozen=True, slots=True)
class Given:
    """One answer as it was submitted."""

    question: Content
    lot: str
    value: AnswerValue
    file: SealedDocument | None
    mark: SealedMark | None


@dataclass(frozen=True, slots=True)
class Paper:
    """One document of the checklist as it was submitted."""

    document: SealedDocument
    mark: SealedMark | None


@dataclass(frozen=True, slots=True)
class Submitted:
    """All of it, without prices."""

    sections: tuple[tuple[Content, tuple[Given, ...]], ...]
    papers: tuple[Paper, ...]
    prices_mark: SealedMark | None
    councils: tuple[tuple[str, tuple[str, ...]], ...]  # names, for lots offered to some only
    lot_order: tuple[str, ...] = ()  # where the round asked for it


def submitted(application: Application, content: BidContent) -> Submitted:
    """What a submission says, in the order of the question set of its round."""
    marks = {one.place: one for one in content.marks}
    sections = [
        (section, tuple(_given(section, content, marks)))
        for section in application.round.question_set.body["sections"]
    ]
    papers = [
        Paper(one, marks.get((DOCUMENT, one.checklist_key, "")))
        for one in content.documents
        if one.checklist_key
    ]
    return Submitted(
        sections=tuple((section, given) for section, given in sections if given),
        papers=tuple(papers),
        prices_mark=marks.get((PRICES, "", "")),
        councils=tuple(_fewer_councils(application, content)),
        lot_order=content.lot_order,
    )


def _fewer_councils(
    application: Application, content: BidContent
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for lot, chosen in content.councils.items():
        if names := only_for(chosen, application.round):
            yield lot, tuple(names)


def _given(
    section: Content, content: BidContent, marks: dict[tuple[str, str, str], SealedMark]
) -> Iterator[Given]:
    files = {(one.question_key, one.lot): one for one in content.documents if one.question_key}
    for question in section["questions"]:
        for lot in content.lots if question["per_lot"] else ("",):
            place = (question["key"], lot)
            if place in content.answers:
                mark = marks.get((ANSWER, *place))
                yield Given(question, lot, content.answers[place], files.get(place), mark)
