"""Documents in a real object store: what is acknowledged is there and whole, whatever the line does."""

import hashlib
import io
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from portal import storage_s3
from portal.storage import FileEmpty, FileTooLarge, NotStored, StoreAway, get_store
from portal.storage_s3 import Bucket, Clients, S3Store
from tests.factories.documents import a_document, a_pdf
from tests.factories.people import as_person
from tests.factories.providers import a_provider, a_provider_admin
from tests.servers.cutting import CutLine

PLAN = b"A plan for supported accommodation"
LARGE = bytes(range(256)) * 4096 * 9  # 9 MiB: two parts


def sha(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def store(app, bucket):
    with app.app_context():
        return get_store()


def read(store, name):
    with store.open(name) as file:
        return file.read()


def test_what_was_put_is_read_back_by_its_digest(store, bucket):
    stored = store.put(io.BytesIO(PLAN))
    assert (stored.sha256, stored.size) == (sha(PLAN), len(PLAN))
    assert abs(datetime.now(UTC) - stored.stored_at) < timedelta(minutes=1)
    assert read(store, stored.sha256) == PLAN
    assert bucket.keys() == [f"documents/{sha(PLAN)[:2]}/{sha(PLAN)}"]
    assert [one.sha256 for one in store.iterate()] == [sha(PLAN)]
    assert store.size(sha(PLAN)) == len(PLAN)


def test_a_large_file_goes_up_in_parts(store, bucket):
    assert store.put(io.BytesIO(LARGE)).size == len(LARGE)
    head = bucket.client.head_object(Bucket=bucket.name, Key=bucket.keys()[0])
    assert head["ETag"].endswith('-2"')
    assert read(store, sha(LARGE)) == LARGE


def test_empty_and_too_large_files_leave_nothing(store, bucket, monkeypatch):
    monkeypatch.setattr(store, "most_bytes", 10)
    with pytest.raises(FileEmpty):
        store.put(io.BytesIO(b""))
    with pytest.raises(FileTooLarge):
        store.put(io.BytesIO(PLAN))
    assert bucket.keys() == []


def test_a_part_that_changed_on_its_way_is_refused_and_nothing_is_left(store, bucket, monkeypatch):
    digest = storage_s3._digest
    monkeypatch.setattr(storage_s3, "_digest", lambda content: digest(b"another"))
    for content in (PLAN, LARGE):
        with pytest.raises(StoreAway):
            store.put(io.BytesIO(content))
    assert bucket.keys() == []
    assert not bucket.client.list_multipart_uploads(Bucket=bucket.name).get("Uploads")


def test_what_changed_in_the_store_is_never_handed_out_and_an_earlier_version_heals_it(
    store, bucket
):
    store.put(io.BytesIO(PLAN))
    bucket.overwrite(bucket.keys()[0], b"somebody else's")
    assert [one.sha256 for one in store.check()] == [sha(PLAN)]
    with pytest.raises(NotStored):
        store.open(sha(PLAN))
    assert store.recover(sha(PLAN))
    assert read(store, sha(PLAN)) == PLAN
    assert list(store.check()) == []


def test_what_was_deleted_can_be_recovered_as_long_as_the_bucket_keeps_versions(store):
    store.put(io.BytesIO(PLAN))
    now = datetime.now(UTC)
    assert not store.set_aside(sha(PLAN), before=now - timedelta(days=1))  # it was put just now
    assert read(store, sha(PLAN)) == PLAN
    assert store.set_aside(sha(PLAN), before=now + timedelta(days=1))
    assert not store.exists(sha(PLAN))
    assert not store.delete(sha(PLAN))
    assert store.recover(sha(PLAN))
    assert read(store, sha(PLAN)) == PLAN
    assert not store.recover(sha(b"never seen"))


def test_what_is_destroyed_is_gone_with_every_version_and_nothing_else_is(store, bucket):
    """A deletion whose time has come must not leave a version that somebody brings back."""
    other = store.put(io.BytesIO(b"Another provider's plan"))
    for _ in range(2):
        store.put(io.BytesIO(PLAN))
        assert store.set_aside(sha(PLAN), before=datetime.now(UTC) + timedelta(days=1))
    store.put(io.BytesIO(PLAN))
    assert store.destroy(sha(PLAN)) == 3
    assert not store.exists(sha(PLAN))
    assert not store.recover(sha(PLAN))
    left = bucket.client.list_object_versions(Bucket=bucket.name)
    keys = {one["Key"] for kind in ("Versions", "DeleteMarkers") for one in left.get(kind, ())}
    assert keys == {f"documents/{other.sha256[:2]}/{other.sha256}"}
    assert read(store, other.sha256) == b"Another provider's plan"
    assert store.destroy(sha(PLAN)) == 0


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "A" * 64, "a" * 63])
def test_a_name_cannot_lead_out_of_the_folder(store, name):
    for verb in (store.open, store.delete):
        with pytest.raises(NotStored):
            verb(name)
    assert not store.exists(name)


def test_an_upload_that_nobody_finished_is_swept(store, bucket):
    bucket.client.create_multipart_upload(Bucket=bucket.name, Key="documents/ab/unfinished")
    assert store.sweep(datetime.now(UTC) - timedelta(days=1)) == 0
    assert store.sweep(datetime.now(UTC) + timedelta(minutes=1)) == 1
    assert not bucket.client.list_multipart_uploads(Bucket=bucket.name).get("Uploads")


def over(line, bucket, most=30_000_000):
    where = Bucket(
        bucket.name, endpoint=f"http://127.0.0.1:{line}", region="eu-west-2", path_style=True
    )
    return S3Store(Clients(where), "documents", most_bytes=most)


def test_a_line_that_is_cut_in_the_middle_of_an_upload_is_tried_again(bucket, s3_server):
    line = CutLine(urlsplit(s3_server.endpoint).port, after=3_000_000, times=1)
    cut = over(line.port, bucket)
    assert cut.put(io.BytesIO(LARGE)).sha256 == sha(LARGE)
    assert line.cut == 1
    assert read(cut, sha(LARGE)) == LARGE
    line.stop()


def test_a_line_that_stays_cut_acknowledges_nothing(bucket, s3_server, monkeypatch):
    monkeypatch.setattr(storage_s3, "ATTEMPTS", 1)
    line = CutLine(urlsplit(s3_server.endpoint).port, after=100_000, times=99)
    with pytest.raises(StoreAway, match="Nothing that was stored is lost"):
        over(line.port, bucket).put(io.BytesIO(LARGE))
    assert bucket.keys() == []
    line.stop()


def fetched(address):
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers, b""


def test_a_download_goes_to_a_link_that_holds_for_minutes(app, session, bucket, store):
    oak = a_provider("Oak House")
    ada = a_provider_admin(oak, name="Ada Ash")
    version = a_document(oak, by=ada, words="Très long")
    session.commit()
    address = f"/documents/versions/{version.ref}/file"
    answer = as_person(app.test_client(), ada).get(address)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (303, "no-store")
    status, headers, content = fetched(answer.location)
    assert (status, content) == (200, a_pdf("Très long"))
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"].startswith('attachment; filename="')
    assert "X-Amz-Expires=300" in answer.location
    assert fetched(answer.location.replace("attachment", "inline"))[0] == 403
    stranger = a_provider_admin(a_provider("Elm House"), name="Cyd Cedar")
    session.commit()
    assert as_person(app.test_client(), stranger).get(address).status_code == 404


def test_a_link_runs_out(store):
    import time

    store.put(io.BytesIO(PLAN))
    link = store.link(sha(PLAN), name="Plan “A”.pdf", mime="application/pdf", seconds=1)
    time.sleep(2.1)
    assert fetched(link)[0] == 403


def test_nothing_is_handed_out_before_its_scan(app, session, bucket):
    oak = a_provider("Oak House")
    ada = a_provider_admin(oak, name="Ada Ash")
    version = a_document(oak, by=ada, scanned=False)
    session.commit()
    answer = as_person(app.test_client(), ada).get(f"/documents/versions/{version.ref}/file")
    assert answer.status_code == 409
