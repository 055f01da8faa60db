"""Leaving with everything: what can be read elsewhere is there, and what opens doors is not."""

import csv
import hashlib
import json
import re

from portal.keeping.exporting import DOORS, SECRETS, exported_tables
from tests.factories.documents import a_document, a_pdf


def test_tables_and_documents_leave_with_a_manifest(home, session, tmp_path):
    home.oak.name = "=SUM(A1)"
    waiting = a_document(home.oak, by=home.ada, words="three", scanned=False)
    session.commit()
    folder = tmp_path / "everything"
    said = home.run(args=["export", str(folder)])
    assert said.exit_code == 0, said.output
    assert "2 documents" in said.output
    told = json.loads((folder / "manifest.json").read_text())
    for name, sha256 in told["sha256"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256
    (person,) = map(json.loads, (folder / "tables" / "person.jsonl").read_text().splitlines())
    assert person["name"] == "Ada Ash"
    assert "password_hash" not in person
    assert told["tables"]["document_version"]["points at"]["file_id"] == "stored_file.id"
    with (folder / "tables" / "organisation.csv").open(encoding="utf-8-sig") as sheet:
        assert "'=SUM(A1)" in {row["name"] for row in csv.DictReader(sheet)}
    with (folder / "documents.csv").open(encoding="utf-8-sig") as sheet:
        index = {row["file"]: row for row in csv.DictReader(sheet)}
    first = index[home.documents[0].file.ref]
    assert (folder / first["path"]).read_bytes() == a_pdf("one")
    assert index[waiting.file.ref]["path"] == ""
    assert index[waiting.file.ref]["left out because"] == "scan: waiting"
    again = home.run(args=["export", str(folder)])
    assert (again.exit_code, "not empty" in again.output) == (1, True)


def test_no_column_that_could_open_a_door_leaves_unseen():
    """A new column with such a name is left out, or is one of these that open nothing."""
    harmless = {"hash", "previous_hash", "entry_hash", "token_id"}
    doubtful = re.compile(r"password|secret|token|hash|recovery|pin_|sealed|credential|private")
    kept = {
        f"{table.name}.{column.name}"
        for table in exported_tables()
        for column in table.columns
        if doubtful.search(column.name) and column.name not in SECRETS | harmless
    }
    assert kept == set()
    assert DOORS.isdisjoint(table.name for table in exported_tables())
