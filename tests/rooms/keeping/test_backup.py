"""What is backed up comes back whole and proven; what is damaged or another's is refused first."""

import json
import os
import shutil

import pytest
from sqlalchemy import select, text

from portal import audit
from portal.audit import AuditEntry
from portal.db import db
from portal.documents.models import DocumentVersion, StoredFile
from portal.keeping import backup, restore
from portal.keeping.backup import BackupRefused
from portal.people.models import Person, SignInSession
from portal.storage import get_store
from tests.databases import SERVER_VARIABLE, new_database
from tests.factories.documents import a_document, a_pdf
from tests.factories.people import as_person
from tests.factories.rounds import PREPARED


@pytest.fixture(scope="module")
def spare_database(request):
    """A database to restore into: a server's, or a file that is made on the way."""
    if request.config.getoption("--database") == "sqlite":
        return ""
    return new_database(os.environ[SERVER_VARIABLE], f"portal_restore_{os.getpid()}")


@pytest.fixture
def made(app, home, tmp_path):
    as_person(app.test_client(), home.ada).get("/")
    folder = tmp_path / "backup"
    return folder, backup.make(folder, PREPARED)


def test_a_backup_is_restored_elsewhere_and_is_the_same(home, made, session, spare_database):
    folder, done = made
    assert sum(done.seconds.values()) < 20
    a_document(home.oak, by=home.ada, words="after the backup")
    session.commit()
    with restore.elsewhere(spare_database) as other, other.app_context():
        _somebody_else_is_there()
        with pytest.raises(BackupRefused, match="--replace"):
            restore.restore(folder, PREPARED)
        restored = restore.restore(folder, PREPARED, replace=True)
        assert restored.sha256 == done.sha256
        assert db.session.scalars(select(Person.name)).all() == ["Ada Ash"]
        for version in db.session.scalars(select(DocumentVersion)):
            with get_store().open(version.file.sha256) as file:
                assert file.read() in {a_pdf("one"), a_pdf("two")}
        assert len(db.session.scalars(select(DocumentVersion)).all()) == 2
        assert not list(audit.verify())
        last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (last.event, last.detail["backup"]) == ("installation:restored", done.sha256)
        assert db.session.scalars(select(SignInSession.ended_at)).all() == [PREPARED]
        assert restored.sessions_ended == 1
        db.session.rollback()
        _write_a_row()  # numbers of new rows go on where the old ones ended


def _somebody_else_is_there():
    for statement in ("CREATE TABLE person (id INTEGER)", "INSERT INTO person VALUES (7)"):
        db.session.execute(text(statement))
    db.session.commit()


def _write_a_row():
    db.session.add(
        StoredFile(
            ref="FILE-NEW", sha256="0" * 64, size=1, mime="application/pdf", name="x",
            stored_at=PREPARED,
        )
    )  # fmt: skip
    db.session.commit()


def test_keys_are_not_in_a_backup(app, made):
    folder, done = made
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for name in backup.KEYS:
        assert str(app.config[name]).encode() not in everything
        assert len(done.manifest.keys[name]) == 16
    assert {path.stat().st_mode & 0o077 for path in [folder]} == {0}


def refused(folder, **how):
    with pytest.raises(BackupRefused) as caught:
        restore.restore(folder, PREPARED, **how)
    return caught.value.code


def people():
    return db.session.scalar(text("SELECT count(*) FROM person"))


def test_a_backup_is_refused_before_anything_is_changed(app, made, tmp_path, monkeypatch):
    folder, _done = made
    before = people()
    assert refused(folder) == "restore:not-empty"
    assert refused(tmp_path / "nothing", replace=True) == "backup:none"
    with monkeypatch.context() as other:
        other.setitem(app.config, "AUDIT_KEY", "another")
        assert refused(folder, replace=True) == "restore:other-keys"
    told = json.loads((folder / backup.MANIFEST).read_text())
    for change, code in (
        ({"format": 2}, "backup:unknown-format"),
        ({"revision": "9999"}, "restore:newer"),
        ({"database": "other"}, "restore:other-database"),
    ):
        (folder / backup.MANIFEST).write_text(json.dumps({**told, **change}))
        assert refused(folder, replace=True) == code
    assert people() == before


@pytest.mark.parametrize("where", ["objects", "database"])
def test_a_damaged_backup_is_refused(made, where):
    folder, _done = made
    victim = next(path for path in sorted((folder / where).rglob("*")) if path.is_file())
    victim.write_bytes(victim.read_bytes() + b"!")
    assert refused(folder, replace=True) == "backup:damaged"


def test_a_backup_that_lost_a_file_is_refused(made):
    folder, _done = made
    shutil.rmtree(next((folder / "objects" / "documents").iterdir()))
    assert refused(folder, replace=True) == "backup:damaged"


def test_a_folder_that_is_not_empty_is_not_written_over(home, tmp_path):
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / "other").write_text("keep me")
    with pytest.raises(BackupRefused, match="not empty"):
        backup.make(tmp_path / "backup", PREPARED)


def test_a_folder_that_cannot_be_made_is_refused_in_words(home, tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(BackupRefused, match="Make a folder that the portal may write"):
        backup.make(tmp_path / "file" / "backup", PREPARED)


def test_a_backup_is_on_record_with_its_size(home, made):
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.event == "installation:backed-up")
    ).first()
    assert entry.detail["rows"] > 0
    assert {"files", "bytes", "seconds", "gone", "manifest"} <= set(entry.detail)


def test_a_row_whose_file_is_gone_is_named_and_the_rest_is_kept(home, tmp_path):
    lost = home.documents[0].file
    get_store().delete(lost.sha256)
    done = backup.make(tmp_path / "backup", PREPARED)
    assert done.manifest.gone == [f"stored_file {lost.ref}"]
    assert done.manifest.objects["documents"][0] == 1


def test_a_trail_that_does_not_hold_is_not_backed_up_in_silence(home, session, tmp_path):
    session.execute(text("UPDATE audit_entry SET event = 'other:event' WHERE number = 1"))
    session.commit()
    with pytest.raises(BackupRefused, match="audit verify"):
        backup.make(tmp_path / "backup", PREPARED)


def test_the_commands_say_what_they_did(home, tmp_path, spare_database, session):
    folder = str(tmp_path / "backup")
    said = home.run(args=["backup", folder])
    assert said.exit_code == 0, said.output
    assert "Keys are not in a backup" in said.output
    assert "documents: 2 files" in said.output
    if spare_database:
        assert "--in" in home.run(args=["restore", folder, "--try"]).output
        return
    said = home.run(args=["restore", folder, "--try"])
    assert said.exit_code == 0, said.output
    assert "was restored elsewhere and holds" in said.output
    session.expire_all()
    last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last.event == "installation:restore-tried"
    assert home.run(args=["restore", folder]).exit_code == 1
