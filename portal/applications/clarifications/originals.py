"""What was submitted for a field that the council asks about: shown beside the reply, never changed."""

from dataclasses import dataclass

from portal.applications.models import Application
from portal.applications.paper import words_of
from portal.applications.submitting.sealing import BidContent, SealedDocument
from scoring.content import Content
from scoring.eligibility import Asking, questions_in

WHOLE = ""
NOTHING = "Nothing was submitted."


@dataclass(frozen=True, slots=True)
class Original:
    """The words that were submitted, and the file where there was one."""

    words: str
    version_ref: str = ""


@dataclass(frozen=True, slots=True)
class Informing:
    """An answer that only informs, which the council may ask about."""

    key: str
    lot_code: str
    title: str
    words: str


def original_of(key: str, lot: str, application: Application, content: BidContent) -> Original:
    """What an opened bid says in the place of a field."""
    kind, _, name = key.partition(":")
    if kind == "document":
        return _document(next((d for d in content.documents if d.checklist_key == name), None))
    if kind == "ofsted":
        return Original(
            f"Registration {name}" if name != "none" else "No registration is on record."
        )
    question = questions_in(application.round.question_set.body).get(name)
    if question is None:
        return Original(NOTHING)
    if question["kind"] == "file":
        files = (d for d in content.documents if (d.question_key, d.lot) == (name, lot))
        return _document(next(files, None))
    return Original(words_of(question, content.answers.get((name, lot))) or NOTHING)


def _document(sealed: SealedDocument | None) -> Original:
    if sealed is None:
        return Original(NOTHING)
    if sealed.promised:
        return Original("We will hold it from the start.")
    return Original(sealed.name, sealed.version_ref)


def informing_answers(application: Application, content: BidContent) -> list[Informing]:
    """Every question of a bid that only informs, in the order of the question set."""
    body = application.round.question_set.body
    asking = Asking(body, content.lots, content.answers)
    asked = {
        (question["key"], lot)
        for lot in (WHOLE, *content.lots)
        for question in asking.questions(lot)
        if question["role"] == "information"
    }
    return [
        Informing(
            f"answer:{key}",
            lot,
            f"{question['label']} (lot {lot})" if lot else question["label"],
            original_of(f"answer:{key}", lot, application, content).words,
        )
        for key, question in questions_in(body).items()
        for lot in (WHOLE, *content.lots)
        if (key, lot) in asked
    ]


def document_type_of(key: str, lot: str, application: Application) -> str:
    """Under which type a document in reply to a field is kept; empty where words are asked for."""
    kind, _, name = key.partition(":")
    if kind == "document":
        return next(
            (
                str(d["type"])
                for d in application.round.checklist.body["documents"]
                if d["key"] == name
            ),
            "",
        )
    question: Content = questions_in(application.round.question_set.body).get(name, {})
    return f"answer:{name}:{lot}"[:60] if question.get("kind") == "file" else ""
