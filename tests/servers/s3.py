"""A real object store that speaks S3: OpenStack Swift with one disk, on this machine only.

It refuses wrong signatures, wrong digests and links that have run out. It knows neither encryption
headers nor object lock.
"""

import getpass
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.servers.processes import NotHere, Processes, answers, free_port, program

ACCOUNT, SECRET = "portal:tester", "testing"
PIPELINE = (
    "catch_errors gatekeeper healthcheck cache listing_formats bulk s3api tempauth copy slo dlo "
    "versioned_writes symlink proxy-server"
)
FILTERS = {
    "cache": "use = egg:swift#memcache\nmemcache_servers = 127.0.0.1:{memcached}",
    "s3api": "use = egg:swift#s3api\ns3_acl = false\nlocation = eu-west-2\nmin_segment_size = 1048576",
    "tempauth": "use = egg:swift#tempauth\nuser_portal_tester = testing .admin",
    "versioned_writes": "use = egg:swift#versioned_writes\nallow_object_versioning = true",
}
COMMON = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {home}
devices = {home}/disks
mount_check = false
disable_fallocate = true
log_name = {name}
log_level = WARNING
log_address = {home}/log
"""
RINGS = ("account", "container", "object")


@dataclass(frozen=True)
class S3Server:
    """Where the server listens, and who may use it."""

    endpoint: str
    access_key: str = ACCOUNT
    secret_key: str = SECRET

    @property
    def surroundings(self) -> dict[str, str]:
        """What says who the portal is."""
        return {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key}

    def client(self) -> Any:
        """A client of the tests' own, to look at the store from outside."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="eu-west-2",
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=Config(
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )


class BucketOfATest:
    """A bucket as somebody sees it who does not go through the portal."""

    def __init__(self, client: Any, name: str) -> None:
        self.client, self.name = client, name
        client.create_bucket(Bucket=name)
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})

    def keys(self) -> list[str]:
        """The names of what lies in it."""
        told = self.client.list_objects_v2(Bucket=self.name)
        return [one["Key"] for one in told.get("Contents", [])]

    def overwrite(self, key: str, content: bytes) -> None:
        """Put something else in its place."""
        self.client.put_object(Bucket=self.name, Key=key, Body=content)


class Swift(Processes):
    """One disk, one copy of everything, and a memory cache for it."""

    def __init__(self) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="portal-s3-", ignore_cleanup_errors=True)
        super().__init__(Path(self._home.name))
        self.ports = {name: free_port() for name in ("memcached", "proxy", *RINGS)}

    def start_all(self) -> S3Server:
        """Lay out a disk, start both processes, wait until they answer."""
        if find_spec("swift") is None:
            raise NotHere("Swift is not here (install requirements-dev.txt)")
        memcached = program("memcached", "memcached")
        (self.folder / "disks" / "one").mkdir(parents=True)
        self._lay_out()
        port = str(self.ports["memcached"])
        self.start([memcached, "-l", "127.0.0.1", "-p", port, "-u", getpass.getuser(), "-m", "16"])
        servers = [f"{name}={self.ports[name]}" for name in (*RINGS, "proxy")]
        script = Path(__file__).with_name("swift_process.py")
        self.start([sys.executable, script, self.folder, *servers])
        self.wait(lambda: all(answers(port) for port in self.ports.values()), "Swift")
        return S3Server(f"http://127.0.0.1:{self.ports['proxy']}")

    def stop(self) -> None:
        super().stop()
        with suppress(OSError):
            self._home.cleanup()

    def _lay_out(self) -> None:
        write = lambda name, text: (self.folder / name).write_text(text)  # noqa: E731
        write("swift.conf", "[swift-hash]\nswift_hash_path_suffix = portal\n")
        for name in RINGS:
            write(f"{name}.conf", self._of_a_disk(name))
        write("proxy.conf", self._proxy())

    def _common(self, name: str) -> str:
        return COMMON.format(
            port=self.ports[name], user=getpass.getuser(), home=self.folder, name=name
        )

    def _of_a_disk(self, name: str) -> str:
        app = f"[app:{name}-server]\nuse = egg:swift#{name}\n"
        return f"{self._common(name)}[pipeline:main]\npipeline = {name}-server\n{app}"

    def _proxy(self) -> str:
        parts = [
            self._common("proxy"),
            f"[pipeline:main]\npipeline = {PIPELINE}",
            "[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true",
        ]
        for name in PIPELINE.split()[:-1]:
            words = FILTERS.get(name, f"use = egg:swift#{name}")
            parts.append(f"[filter:{name}]\n{words.format(**self.ports)}")
        return "\n".join(parts) + "\n"
