"""The servers of Swift in one process: proxy, account, container and object, each on its port.

Four processes of their own would import the same parts four times, which is most of what they cost.
Run as `python swift_process.py FOLDER NAME=PORT…`; the folder holds NAME.conf for each.
"""

import sys
from pathlib import Path

import eventlet
import eventlet.wsgi
from swift.common import utils, wsgi
from swift.common.http_protocol import SwiftHttpProtocol
from swift.common.ring import RingBuilder

PARTITIONS = 4  # two to the power of
RINGS = ("account", "container", "object")


def rings(home: Path, ports: dict[str, str]) -> None:
    """One disk, on which one copy of everything lies."""
    for name in RINGS:
        builder = RingBuilder(PARTITIONS, 1, 1)
        device = {"id": 0, "region": 1, "zone": 1, "weight": 1.0, "device": "one"}
        builder.add_dev({**device, "ip": "127.0.0.1", "port": int(ports[name])})
        builder.rebalance()
        builder.get_ring().save(str(home / f"{name}.ring.gz"))


def serve(home: Path, name: str, port: str) -> None:
    """Begin to serve one of them, in a green thread."""
    file = str(home / f"{name}.conf")
    settings = wsgi.load_app_config(file)
    app = wsgi.loadapp(file, global_conf={"log_name": name})
    eventlet.spawn(
        eventlet.wsgi.server,
        wsgi.get_socket({**settings, "bind_ip": "127.0.0.1", "bind_port": port}),
        app,
        log_output=False,
        protocol=SwiftHttpProtocol,
        capitalize_response_headers=False,  # clients of S3 look for "ETag" as it is written here
    )


def main() -> None:
    home, ports = Path(sys.argv[1]), dict(word.split("=") for word in sys.argv[2:])
    utils.monkey_patch()
    utils.set_swift_dir(str(home))
    eventlet.hubs.use_hub(utils.get_hub())
    rings(home, ports)
    for name, port in ports.items():
        serve(home, name, port)
    while True:
        eventlet.sleep(3600)


if __name__ == "__main__":
    main()
