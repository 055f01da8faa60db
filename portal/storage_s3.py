"""Files in a store that speaks S3: a bucket of a cloud, or of a machine of one's own.

An object's name is its SHA-256, as in a folder. A file goes up with a digest for each part, which
the store compares before it acknowledges; what comes down is compared with its name before anybody
reads it. Encryption and versions are settings of the bucket, so they hold for everybody who writes.
"""

import base64
import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any, BinaryIO, cast
from urllib.parse import quote

from portal.storage import (
    Damage,
    NotStored,
    StoreAway,
    StoredObject,
    copied,
    is_name,
)

PART_BYTES = 8 * 1024 * 1024  # a larger file goes up in parts; S3 asks for 5 MB at least
IN_MEMORY = 1024 * 1024
CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 3, 20, 3  # a person waits for an upload
GONE = frozenset({"404", "NoSuchKey", "NotFound", "NoSuchVersion"})


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where the objects lie.

    Args:
        prefix: stands before every name, for a bucket that others use too.
        endpoint: empty for Amazon's own.
        public_endpoint: the address of the same store for browsers, where it is another.
    """

    name: str
    prefix: str = ""
    endpoint: str = ""
    public_endpoint: str = ""
    region: str = ""
    path_style: bool = False


def client_for(bucket: Bucket, endpoint: str) -> Any:
    """A client with short patience. Who it is stands in AWS's own variables or in its role."""
    import boto3
    from botocore.config import Config

    return boto3.session.Session().client(
        "s3",
        endpoint_url=endpoint or None,
        region_name=bucket.region or None,
        config=Config(
            signature_version="s3v4",
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            s3={"addressing_style": "path" if bucket.path_style else "auto"},
            # the digests that count are handed over by name; others are not known everywhere
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


class Clients:
    """The clients of one installation, made when they are first needed: after the fork."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        self._made: dict[str, Any] = {}

    def inside(self) -> Any:
        """For what the portal itself does."""
        return self._client(self.bucket.endpoint)

    def outside(self) -> Any:
        """For addresses that a browser will ask."""
        return self._client(self.bucket.public_endpoint or self.bucket.endpoint)

    def _client(self, endpoint: str) -> Any:
        if endpoint not in self._made:
            self._made[endpoint] = client_for(self.bucket, endpoint)
        return self._made[endpoint]


class S3Store:
    """One area of a bucket. See `Store` for what each verb promises."""

    def __init__(self, clients: Clients, area: str, *, most_bytes: int) -> None:
        self.clients, self.bucket = clients, clients.bucket.name
        self.folder = f"{clients.bucket.prefix}{area}/"
        self.most_bytes = most_bytes

    def put(self, stream: BinaryIO) -> StoredObject:
        """See `Store.put`. It is acknowledged when the store has compared every digest."""
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
            sha256, size = copied(stream, cast("BinaryIO", file), self.most_bytes)
            file.seek(0)
            with _answering():
                if size <= PART_BYTES:
                    self._put_whole(self._key(sha256), file)
                else:
                    self._put_parts(self._key(sha256), file)
                return self._found(sha256, size)

    def open(self, sha256: str) -> BinaryIO:
        """See `Store.open`. The whole object is here, and is what its name says, before it is read."""
        key = self._key(sha256)
        for attempt in range(1, ATTEMPTS + 1):
            with _answering(last=attempt == ATTEMPTS):
                file = self._fetched(key, sha256)
                file.seek(0)
                return cast("BinaryIO", file)
        raise StoreAway  # pragma: no cover  the last attempt raises

    def exists(self, sha256: str) -> bool:
        """See `Store.exists`."""
        return self.size(sha256) is not None

    def size(self, sha256: str) -> int | None:
        """See `Store.size`."""
        if not is_name(sha256):
            return None
        try:
            with _answering():
                return self._head(self._key(sha256))["ContentLength"]
        except NotStored:
            return None

    def stored_at(self, sha256: str) -> datetime | None:
        """See `Store.stored_at`."""
        try:
            with _answering():
                found: datetime = self._head(self._key(sha256))["LastModified"]
        except NotStored:
            return None
        return found.astimezone(UTC)

    def delete(self, sha256: str) -> bool:
        """See `Store.delete`. With versions, the bucket keeps the old one as long as it is told to."""
        key = self._key(sha256)
        if not self.exists(sha256):
            return False
        with _answering():
            self._client.delete_object(Bucket=self.bucket, Key=key)
        return True

    def destroy(self, sha256: str) -> int:
        """See `Store.destroy`: every version by its name, for a marker would only hide them."""
        key, gone = self._key(sha256), 0
        with _answering():
            while lying := self._lying(key):
                for one in lying:
                    self._client.delete_object(
                        Bucket=self.bucket, Key=key, VersionId=one["VersionId"]
                    )
                    gone += "ETag" in one  # a marker is no copy
            gone += int(self.delete(sha256))  # a bucket that keeps no versions
        return gone

    def set_aside(self, sha256: str, *, before: datetime) -> bool:
        """See `Store.set_aside`: where the bucket keeps versions, a marker hides the object."""
        if self.versioning() != "Enabled" or not self.delete(sha256):
            return False
        if any(one["LastModified"] >= before for one in self._versions(self._key(sha256))):
            self.recover(sha256)  # somebody put it again, and will write a row
            return False
        return True

    def recover(self, sha256: str) -> bool:
        """See `Store.recover`: from an earlier version that is what its name says."""
        key = self._key(sha256)
        with _answering():
            for one in self._versions(key):
                with suppress(NotStored), self._fetched(key, sha256, one["VersionId"]) as file:
                    file.seek(0)
                    return self.put(cast("BinaryIO", file)).sha256 == sha256
        return False

    def iterate(self) -> Iterator[StoredObject]:
        """See `Store.iterate`."""
        with _answering():
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket, Prefix=self.folder):
                for one in page.get("Contents", []):
                    name = one["Key"].rsplit("/", 1)[-1]
                    if is_name(name):
                        yield StoredObject(name, one["Size"], one["LastModified"].astimezone(UTC))

    def check(self) -> Iterator[Damage]:
        """See `Store.check`."""
        for stored in self.iterate():
            try:
                self.open(stored.sha256).close()
            except NotStored as damaged:
                if damaged.args[1:]:  # it is there and says something else
                    yield Damage(stored.sha256, damaged.args[1])

    def sweep(self, before: datetime) -> int:
        """See `Store.sweep`: uploads in parts that nobody finished."""
        with _answering():
            told = self._client.list_multipart_uploads(Bucket=self.bucket, Prefix=self.folder)
            old = [one for one in told.get("Uploads", []) if one["Initiated"] < before]
            for one in old:
                self._abort(one["Key"], one["UploadId"])
        return len(old)

    def link(self, sha256: str, *, name: str, mime: str, seconds: int) -> str:
        """See `Store.link`: signed for this one object, as an attachment, for so many seconds."""
        plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
        disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
        wanted = {
            "Bucket": self.bucket,
            "Key": self._key(sha256),
            "ResponseContentDisposition": disposition,
            "ResponseContentType": mime,
            "ResponseCacheControl": "no-store",
        }
        signed = self.clients.outside().generate_presigned_url
        return str(signed("get_object", Params=wanted, ExpiresIn=seconds))

    def versioning(self) -> str:
        """Whether the bucket keeps versions: Enabled, Suspended, or empty."""
        with _answering():
            return str(self._client.get_bucket_versioning(Bucket=self.bucket).get("Status", ""))

    def encryption(self) -> str:
        """How the bucket encrypts what nobody said it for; empty where it does not, or cannot say."""
        try:
            with _answering():
                told = self._client.get_bucket_encryption(Bucket=self.bucket)
        except (NotStored, StoreAway):
            return ""
        rules = told.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
        by = [one.get("ApplyServerSideEncryptionByDefault", {}) for one in rules]
        return ", ".join(one["SSEAlgorithm"] for one in by if "SSEAlgorithm" in one)

    @property
    def _client(self) -> Any:
        return self.clients.inside()

    def _key(self, sha256: str) -> str:
        if not is_name(sha256):
            raise NotStored(sha256)
        return f"{self.folder}{sha256[:2]}/{sha256}"

    def _versions(self, key: str) -> list[dict[str, Any]]:
        """The newest first."""
        told = self._client.list_object_versions(Bucket=self.bucket, Prefix=key)
        return list(told.get("Versions", []))

    def _lying(self, key: str) -> list[dict[str, Any]]:
        """Versions and markers of one object; none where the bucket cannot say."""
        if not self.versioning():
            return []
        told = self._client.list_object_versions(Bucket=self.bucket, Prefix=key)
        found = [*told.get("Versions", []), *told.get("DeleteMarkers", [])]
        return [one for one in found if one["Key"] == key]

    def _head(self, key: str) -> dict[str, Any]:
        return dict(self._client.head_object(Bucket=self.bucket, Key=key))

    def _found(self, sha256: str, size: int) -> StoredObject:
        """What lies there now: the last question before it is acknowledged."""
        head = self._head(self._key(sha256))
        if head["ContentLength"] != size:
            raise StoreAway
        return StoredObject(sha256, size, head["LastModified"].astimezone(UTC))

    def _put_whole(self, key: str, file: IO[bytes]) -> None:
        content = file.read()
        self._client.put_object(
            Bucket=self.bucket, Key=key, Body=content, ChecksumSHA256=_digest(content)
        )

    def _put_parts(self, key: str, file: IO[bytes]) -> None:
        place = {"Bucket": self.bucket, "Key": key}
        upload = self._client.create_multipart_upload(**place, ChecksumAlgorithm="SHA256")
        try:
            parts = [
                self._put_part({**place, "UploadId": upload["UploadId"]}, number, content)
                for number, content in enumerate(iter(lambda: file.read(PART_BYTES), b""), 1)
            ]
            self._client.complete_multipart_upload(
                **place, UploadId=upload["UploadId"], MultipartUpload={"Parts": parts}
            )
        except BaseException:
            with suppress(Exception):  # what cannot be tidied now is swept at night
                self._abort(key, upload["UploadId"])
            raise

    def _put_part(self, place: dict[str, str], number: int, content: bytes) -> dict[str, Any]:
        digest = _digest(content)
        told = self._client.upload_part(
            **place, PartNumber=number, Body=content, ChecksumSHA256=digest
        )
        part = {"PartNumber": number, "ETag": told["ETag"]}
        return {**part, "ChecksumSHA256": digest} if "ChecksumSHA256" in told else part

    def _abort(self, key: str, upload: str) -> None:
        self._client.abort_multipart_upload(Bucket=self.bucket, Key=key, UploadId=upload)

    def _fetched(self, key: str, sha256: str, version: str = "") -> IO[bytes]:
        """The object in a file of ours. Raises NotStored when it is not what its name says."""
        which = {"VersionId": version} if version else {}
        body = self._client.get_object(Bucket=self.bucket, Key=key, **which)["Body"]
        file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  the caller closes it
        try:
            digest = hashlib.sha256()
            for piece in body.iter_chunks(IN_MEMORY):
                digest.update(piece)
                file.write(piece)
            if digest.hexdigest() != sha256:
                raise NotStored(sha256, "the content has changed")
        except BaseException:
            file.close()
            raise
        return file


@contextmanager
def _answering(*, last: bool = True) -> Iterator[None]:
    """Turn what the store's client raises into our own words; swallow it when there is another try."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in GONE:
            raise NotStored(code) from None
        if last:
            raise StoreAway from error
    except BotoCoreError as error:
        if last:
            raise StoreAway from error


def _digest(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()
