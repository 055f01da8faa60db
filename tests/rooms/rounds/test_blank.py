"""The blank questions: for everybody once published, in three forms, with everything that is asked."""

import io
import zipfile
from xml.etree import ElementTree as ET

import pytest
from python_calamine import CalamineWorkbook

from portal.access import Role
from portal.filekinds import FileKind, sniff
from portal.wordfiles import WordFile
from scoring.stages import RoundStage
from tests.client import HygieneClient
from tests.factories.people import a_person, as_person
from tests.factories.rounds import a_council, a_round

KINDS = ["docx", "pdf", "xlsx"]


@pytest.fixture
def anybody(app):
    return HygieneClient(app, app.response_class)


def words_in(content):
    """Every text of a Word document, paragraph by paragraph."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            ET.fromstring(package.read(name))
        body = ET.fromstring(package.read("word/document.xml"))
    name = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    return ["".join(one.itertext()) for one in body.iter(f"{name}p")]


@pytest.mark.parametrize("kind", KINDS)
def test_anybody_takes_them_once_the_round_is_published(session, anybody, kind):
    bid_round = a_round()
    session.commit()
    answer = anybody.get(f"/rounds/{bid_round.ref}/questions.{kind}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert sniff(io.BytesIO(answer.data), f"questions.{kind}") is FileKind[kind.upper()]


def test_the_word_document_asks_everything(session, anybody):
    bid_round = a_round()
    session.commit()
    told = words_in(anybody.get(f"/rounds/{bid_round.ref}/questions.docx").data)
    for section in bid_round.question_set.body["sections"]:
        for question in section["questions"]:
            assert question["label"] in told, question["key"]
    assert "How many people" in told  # a column of the staffing table
    assert any("Up to 750 words" in line for line in told)
    assert any("Only if you answer “yes” to" in line for line in told)


def test_the_workbook_has_a_line_for_each_question(session, anybody):
    bid_round = a_round()
    session.commit()
    content = anybody.get(f"/rounds/{bid_round.ref}/questions.xlsx").data
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    asked = [q for s in bid_round.question_set.body["sections"] for q in s["questions"]]
    assert len(rows) == 1 + len(asked)
    assert rows[0][-1] == "Your answer"


@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_is_found_by_its_own_councils_alone(app, session, anybody, kind):
    bid_round = a_round(RoundStage.DRAFT)
    officer = a_person(Role.COMMISSIONER, a_council("luton"), name="Lu")
    session.commit()
    address = f"/rounds/{bid_round.ref}/questions.{kind}"
    assert anybody.get(address).status_code == 404
    assert as_person(anybody, officer).get(address).status_code == 200


def test_another_kind_is_not_found(session, anybody):
    bid_round = a_round()
    session.commit()
    assert anybody.get(f"/rounds/{bid_round.ref}/questions.exe").status_code == 404


def test_what_people_wrote_is_text_and_never_markup():
    word = WordFile("<w:t>&")
    word.heading("A & B", 1)
    word.paragraph("=1+1 <script>\x00")
    word.points(["one"])
    word.table(["x"], [["<y>"]])
    word.box()
    assert word.save() == word.save()
    assert words_in(word.save())[:3] == ["<w:t>&", "A & B", "=1+1 <script>"]
