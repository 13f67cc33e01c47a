"""The SBOM matches the lock, and every dependency has a licence that we accept."""

import json
import re

import pytest

from tests.packaging.sbom import LOCK, OURS, SBOM, bill, licence_of, pinned, shipped

PACKAGES = pinned(LOCK.read_text("utf-8"))
ACCEPTED = {"MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Apache-2.0", "PSF-2.0", "MPL-2.0"}
"""Licences that allow everyone to run, change and pass on the bot with its dependencies."""


def test_the_sbom_lists_the_packages_of_the_lock_file() -> None:
    assert SBOM.read_text("utf-8") == bill(PACKAGES), "run `make sbom`"


def test_the_sbom_has_every_package_once() -> None:
    written = json.loads(SBOM.read_text("utf-8"))
    in_lock = re.findall(r"^([\w.-]+)==([^\s;]+)", LOCK.read_text("utf-8"), re.MULTILINE)
    references = {each["bom-ref"] for each in written["components"]} | {OURS}

    assert [(each["name"], each["version"]) for each in written["components"]] == in_lock
    assert len(references) == len(in_lock) + 1
    assert {each["ref"] for each in written["dependencies"]} == references
    assert {ref for each in written["dependencies"] for ref in each["dependsOn"]} <= references


def test_build_requirements_are_marked() -> None:
    assert {"discord-py", "aiohttp", "multidict", "pydantic-core"} <= shipped(PACKAGES)
    assert {"hatchling", "editables", "pathspec"} <= PACKAGES.keys() - shipped(PACKAGES)


@pytest.mark.parametrize("name", PACKAGES)
def test_every_dependency_has_a_licence_that_we_accept(name: str) -> None:
    words = set(re.findall(r"[\w.-]+", licence_of(name))) - {"AND", "OR"}

    assert words <= ACCEPTED
