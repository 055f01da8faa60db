"""Opening packs and changing what is in them, for the tests of what finds it out."""

import json
import re
import zipfile
from io import BytesIO

from scoring.canonical import canonical_json, sha256_of

from .packs import Story, packed

STORY = Story()
DATA = STORY.data()
PACK = packed(DATA)
MOMENT = (1980, 1, 1, 0, 0, 0)


def members(pack):
    with zipfile.ZipFile(BytesIO(pack)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files):
    """Put files into a container that is as it would be written, whatever is in them."""
    into = BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, MOMENT)
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 3
            info.external_attr = 0o600 << 16
            archive.writestr(info, content)
    return into.getvalue()


def with_file(name, content, pack=PACK):
    return zipped({**members(pack), name: content})


def edited(name, old, new, pack=PACK):
    """Replace a text in a file of the pack."""
    content = members(pack)[name].decode()
    assert old in content
    return with_file(name, content.replace(old, new, 1).encode(), pack)


def renamed(pack):
    """Make the manifest fit to the files again, as somebody would who covers up a change."""
    files = members(pack)
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = {
        name: {"sha256": sha256_of(content), "size": len(content)}
        for name, content in files.items()
        if name != "manifest.json"
    }
    del manifest["sha256"]
    manifest["sha256"] = sha256_of(canonical_json(manifest))
    return zipped({**files, "manifest.json": canonical_json(manifest).encode()})


def paths(report):
    return [one.path for one in report.differences]


def found(report, path, words):
    return any(
        re.fullmatch(path, one.path) and words in one.what for one in report.differences
    ), report.differences


def score_of(data, question="matching", scorer="SCR-1", bid="APP-0002"):
    return next(
        row
        for row in data["scores"]
        if (row["bid"], row["question"], row["scorer"]) == (bid, question, scorer)
    )


def agreed_of(data, question="matching", bid="APP-0002"):
    return next(
        row for row in data["consensus"] if (row["bid"], row["question"]) == (bid, question)
    )


def result_of(data, bid="APP-0002"):
    return next(one for one in data["results"][0]["bids"] if one["bid"] == bid)["result"]
