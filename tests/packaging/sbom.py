"""The list of what the bot consists of (SBOM, CycloneDX JSON), made from requirements.lock: `make sbom` writes it.

It has no time and no random number, so it changes only with the lock. Hashes of the files are in the lock.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import bot

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements.lock"
SBOM = ROOT / "sbom.cdx.json"
OURS = "feed-relay"
_PINNED = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>\S+)(?P<rest>(?:.*\n)(?: .*\n)*)", re.MULTILINE)
_USER = re.compile(r"# (?:via)?\s+(?P<name>[\w.-]+)(?: \(pyproject\.toml\))?$", re.MULTILINE)
_ELSEWHERE = {
    "audioop-lts": "PSF-2.0",
    "backports-zstd": "PSF-2.0",
    "colorama": "BSD-3-Clause",
    "tzdata": "Apache-2.0",
}
"""The licences of packages that only other systems or versions of Python install."""
_NAMES = {
    "MIT License": "MIT",
    "ISC License": "ISC",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "MIT, BSD": "MIT AND BSD-3-Clause",
}
"""What packages write in place of SPDX's names."""
_SPDX = re.compile(r"[\w.-]+(?: (?:AND|OR) [\w.()-]+)*")


@dataclass(frozen=True, slots=True)
class Pinned:
    """A package of the lock."""

    name: str
    version: str
    users: frozenset[str]
    """What needs it: other packages, OURS, or the build."""


def pinned(lock: str) -> dict[str, Pinned]:
    """Return the packages of a lock by name."""
    return {
        found["name"]: Pinned(
            found["name"], found["version"], frozenset(user["name"] for user in _USER.finditer(found["rest"]))
        )
        for found in _PINNED.finditer(lock)
    }


def shipped(packages: Mapping[str, Pinned]) -> set[str]:
    """Return the packages that the bot needs when it runs; the build needs the others."""
    found: set[str] = set()
    while more := {name for name, each in packages.items() if each.users & ({OURS} | found)} - found:
        found |= more
    return found


def licence_of(name: str) -> str:
    """Return the licence of a package in SPDX's form, from what it says of itself."""
    if name in _ELSEWHERE:
        return _ELSEWHERE[name]
    said = metadata.metadata(name)
    marks = [
        each.rpartition(" :: ")[2] for each in said.get_all("Classifier", []) if each.startswith("License")
    ]
    for each in (said["License-Expression"], said["License"], *marks):
        written = _NAMES.get(each, each) if each else ""
        if written and "\n" not in written and _SPDX.fullmatch(written.replace("(", "").replace(")", "")):
            return written
    raise LookupError(f"{name} does not say its licence in a known form; add it to _NAMES")


def bill(packages: Mapping[str, Pinned]) -> str:
    """Return the whole list as CycloneDX JSON."""
    needed = shipped(packages)
    own = {"type": "application", "bom-ref": OURS, "name": OURS, "version": bot.__version__}
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {**own, "licenses": [{"expression": "MIT"}]}},
        "components": [_component(each, is_shipped=each.name in needed) for each in packages.values()],
        "dependencies": [
            {"ref": _ref(packages, user), "dependsOn": _needs(packages, user)} for user in (OURS, *packages)
        ],
    }
    return json.dumps(document, indent=1) + "\n"


def _component(package: Pinned, *, is_shipped: bool) -> dict[str, object]:
    reference = f"pkg:pypi/{package.name}@{package.version}"
    return {
        "type": "library",
        "bom-ref": reference,
        "name": package.name,
        "version": package.version,
        "scope": "required" if is_shipped else "excluded",
        "purl": reference,
        "licenses": [{"expression": licence_of(package.name)}],
    }


def _ref(packages: Mapping[str, Pinned], name: str) -> str:
    return OURS if name == OURS else f"pkg:pypi/{name}@{packages[name].version}"


def _needs(packages: Mapping[str, Pinned], user: str) -> list[str]:
    return [_ref(packages, each.name) for each in packages.values() if user in each.users]


if __name__ == "__main__":
    SBOM.write_text(bill(pinned(LOCK.read_text("utf-8"))), encoding="utf-8")
