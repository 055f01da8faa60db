"""The software bill of materials: every part that the locks name, in CycloneDX 1.6."""

import json
import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from portal.config import ROOT

_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)")
_SPDX = re.compile(r"[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+)*")


def bill(version: str, root: Path = ROOT) -> dict[str, Any]:
    """The bill of what runs (development parts are left out); the same locks make the same bill."""
    parts = [*_python(root / "requirements.txt"), *_node(root / "package-lock.json")]
    own = f"pkg:generic/placement-quality-portal@{version}"
    serial = uuid5(NAMESPACE_URL, own + "".join(part["purl"] for part in parts))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": "placement-quality-portal",
                "version": version,
            }
        },
        "components": parts,
        "dependencies": [{"ref": own, "dependsOn": [part["bom-ref"] for part in parts]}],
    }


def _python(lock: Path) -> list[dict[str, Any]]:
    found = (_PINNED.match(line) for line in lock.read_text().splitlines())
    return [
        _part(one[1], one[2], f"pkg:pypi/{_normal(one[1])}@{one[2]}", _licence(one[1]))
        for one in found
        if one
    ]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _licence(name: str) -> str:
    """The licence that an installed part states; nothing where it is not installed here."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return ""
    return str(told.get("License-Expression") or told.get("License") or "")


def _node(lock: Path) -> list[dict[str, Any]]:
    packages: dict[str, Any] = json.loads(lock.read_text())["packages"]
    return [
        _part(name, one["version"], _npm(name, one["version"]), str(one.get("license", "")))
        for path, one in sorted(packages.items())
        if path and not one.get("dev") and (name := path.rpartition("node_modules/")[2])
    ]


def _npm(name: str, version: str) -> str:
    return f"pkg:npm/{name.replace('@', '%40')}@{version}"


def _part(name: str, version: str, purl: str, licence: str) -> dict[str, Any]:
    part: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
    }
    first = licence.strip().split("\n", 1)[0][:120]
    if _SPDX.fullmatch(first) and " " in first:
        part["licenses"] = [{"expression": first}]
    elif first:
        part["licenses"] = [{"license": {"name": first}}]
    return part
