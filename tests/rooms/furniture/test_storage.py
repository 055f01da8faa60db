"""A file that was acknowledged is there, unchanged; a file that was refused leaves nothing."""

import errno
import hashlib
import io
import stat
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from portal import storage
from portal.storage import FileEmpty, FileTooLarge, LocalStore, NotStored, StoreAway

PLAN = b"A plan for supported accommodation"


@pytest.fixture
def store(tmp_path):
    return LocalStore(tmp_path / "documents", most_bytes=1_000_000)


def everything_in(store):
    return [path for path in store.folder.rglob("*") if path.is_file()]


def test_what_was_put_is_read_back_by_its_digest(store):
    stored = store.put(io.BytesIO(PLAN))
    assert stored.sha256 == hashlib.sha256(PLAN).hexdigest()
    assert stored.size == len(PLAN)
    with store.open(stored.sha256) as file:
        assert file.read() == PLAN


def test_the_same_content_twice_is_one_object(store):
    assert store.put(io.BytesIO(PLAN)).sha256 == store.put(io.BytesIO(PLAN)).sha256
    assert len(everything_in(store)) == 1


def test_only_the_owner_can_read(store):
    stored = store.put(io.BytesIO(PLAN))
    path = store.folder / stored.sha256[:2] / stored.sha256
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_of_exactly_the_limit_is_taken_and_one_byte_more_is_not(store):
    assert store.put(io.BytesIO(b"x" * 1_000_000)).size == 1_000_000
    with pytest.raises(FileTooLarge, match="Upload a smaller file"):
        store.put(io.BytesIO(b"y" * 1_000_001))
    assert len(everything_in(store)) == 1


def test_an_empty_file_is_refused_and_leaves_nothing(store):
    with pytest.raises(FileEmpty, match="empty"):
        store.put(io.BytesIO(b""))
    assert everything_in(store) == []


def test_a_stream_that_breaks_leaves_nothing(store):
    class Broken(io.BytesIO):
        def read(self, *_):
            raise OSError("the line went dead")

    with pytest.raises(OSError, match="dead"):
        store.put(Broken())
    assert everything_in(store) == []


def test_a_large_file_is_never_whole_in_memory(store):
    asked = []

    class Large(io.BytesIO):
        def read(self, size=-1):
            asked.append(size)
            return super().read(size)

    store.put(Large(b"z" * 900_000))
    assert asked
    assert all(0 < size <= 1024 * 1024 for size in asked)


@pytest.mark.parametrize(
    "name",
    ["", "..", "../../etc/passwd", "/etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n", "a/" * 32],
)
def test_a_name_cannot_lead_out_of_the_folder(store, name):
    store.put(io.BytesIO(PLAN))
    for verb in (store.open, store.delete):
        with pytest.raises(NotStored):
            verb(name)
    assert not store.exists(name)


def test_what_is_deleted_is_gone(store):
    stored = store.put(io.BytesIO(PLAN))
    assert store.exists(stored.sha256)
    assert store.delete(stored.sha256)
    assert not store.delete(stored.sha256)
    assert not store.exists(stored.sha256)
    with pytest.raises(NotStored):
        store.open(stored.sha256)


def test_damage_is_found_and_putting_the_file_again_heals_it(store):
    stored = store.put(io.BytesIO(PLAN))
    store.put(io.BytesIO(b"another"))
    (store.folder / stored.sha256[:2] / stored.sha256).write_bytes(b"changed")
    assert [damage.sha256 for damage in store.check()] == [stored.sha256]
    store.put(io.BytesIO(PLAN))
    assert list(store.check()) == []


def test_walking_finds_objects_only(store):
    names = {store.put(io.BytesIO(bytes([number]))).sha256 for number in range(1, 6)}
    (store.folder / "aa").mkdir(exist_ok=True)
    (store.folder / "aa" / "notes.txt").write_text("not ours")
    assert {stored.sha256 for stored in store.iterate()} == names


def test_what_a_killed_process_left_is_swept(store):
    store.put(io.BytesIO(PLAN))
    (store.folder / "unfinished" / "half").write_bytes(b"half")
    assert store.sweep(datetime.now(UTC) - timedelta(days=1)) == 0
    assert store.sweep(datetime.now(UTC) + timedelta(days=1)) == 1
    assert len(everything_in(store)) == 1


def test_passing_things_lie_apart_from_documents(tmp_path):
    app = Flask(__name__)
    app.config["DATA_DIR"] = tmp_path
    with app.app_context():
        stored = storage.get_store("imports").put(io.BytesIO(PLAN))
        assert storage.get_store("imports").exists(stored.sha256)
        assert not storage.get_store().exists(stored.sha256)
    assert (tmp_path / "imports").is_dir()


def test_what_was_set_aside_comes_back_within_a_month_and_then_goes(store):
    name = store.put(io.BytesIO(PLAN)).sha256
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert not store.set_aside(name, before=datetime.now(UTC) - timedelta(days=1))
    assert store.exists(name)  # it was put just now: a row may follow
    assert store.set_aside(name, before=later)
    assert not store.set_aside(name, before=later)
    assert not store.exists(name)
    assert store.sweep(datetime.now(UTC) - timedelta(days=1)) == 0
    assert store.recover(name)
    assert store.size(name) == len(PLAN)
    assert not store.recover(name)
    store.set_aside(name, before=later)
    assert store.sweep(datetime.now(UTC) + timedelta(days=31)) == 1
    assert not store.recover(name)


def test_what_was_set_aside_and_changed_does_not_come_back(store):
    name = store.put(io.BytesIO(PLAN)).sha256
    store.set_aside(name, before=datetime.now(UTC) + timedelta(minutes=1))
    (store.folder / "aside" / name).write_bytes(b"changed")
    assert not store.recover(name)


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_a_full_or_broken_disk_is_told_in_words_and_leaves_nothing(store, monkeypatch, fault):
    def refuse(_descriptor):
        raise OSError(fault, "no")

    monkeypatch.setattr(storage.os, "fsync", refuse)
    store.folder.mkdir(parents=True)
    (store.folder / "unfinished").mkdir()
    with pytest.raises(StoreAway, match="Try again in some minutes"):
        store.put(io.BytesIO(PLAN))
    assert everything_in(store) == []
