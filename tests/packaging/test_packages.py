"""The wheel and the sdist: complete, installable, and able to run the demo."""

import os
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

import bot

ROOT = Path(__file__).parents[2]
VERSIONED = f"feed_relay-{bot.__version__}"
REPOSITORY = "https://example.org/me/feed-relay"


@dataclass(frozen=True, slots=True)
class Packages:
    """Both packages, and a wheel that was built from the sdist alone."""

    wheel: Path
    sdist: Path
    rebuilt: Path


def build(source: Path, target: Path, *options: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--directory", str(target), *options],
        cwd=source,
        env={**os.environ, "FEED_RELAY_REPOSITORY": REPOSITORY},
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    folder = tmp_path_factory.mktemp("packages")
    build(ROOT, folder / "dist")
    sdist = folder / "dist" / f"{VERSIONED}.tar.gz"
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    build(folder / VERSIONED, folder / "rebuilt", "--target", "wheel")
    wheel = f"{VERSIONED}-py3-none-any.whl"
    return Packages(folder / "dist" / wheel, sdist, folder / "rebuilt" / wheel)


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as opened:
        return Parser().parsestr(opened.read(f"{VERSIONED}.dist-info/METADATA").decode())


def source_files() -> set[str]:
    """Return every file that belongs to the bot: also the page's, the samples and the SQL."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "bot").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_has_every_file_of_the_bot_and_nothing_else(packages: Packages) -> None:
    with zipfile.ZipFile(packages.wheel) as opened:
        names = {name for name in opened.namelist() if not name.startswith(f"{VERSIONED}.dist-info/")}

    assert names == source_files()
    assert any(name.endswith("page/static/index.html") for name in names)


def test_the_sdist_has_the_bot_its_tests_its_documentation_and_its_locks(packages: Packages) -> None:
    with tarfile.open(packages.sdist) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}

    assert source_files() <= names
    for name in (
        "README.md",
        "LICENSE",
        "docs/operating.md",
        "requirements.lock",
        "compose.yaml",
        "tests/conftest.py",
    ):
        assert name in names
    assert not [
        name for name in names if name.startswith((".venv", "build/")) or name.endswith((".db", "token.txt"))
    ]


def test_the_sdist_builds_the_same_wheel(packages: Packages) -> None:
    assert packages.rebuilt.read_bytes() == packages.wheel.read_bytes()


def test_the_metadata_links_to_the_repository_that_the_build_names(packages: Packages) -> None:
    found = metadata(packages.wheel)
    links = [link.split(", ")[1] for link in found.get_all("Project-URL", [])]

    assert (found["Name"], found["Version"]) == ("feed-relay", bot.__version__)
    assert REPOSITORY in links
    assert f"{REPOSITORY}/issues" in links


def test_only_versions_of_python_that_are_allowed_are_classified(packages: Packages) -> None:
    from trove_classifiers import classifiers

    given = metadata(packages.wheel).get_all("Classifier", [])
    versions = [
        each.rpartition(" ")[2] for each in given if each.startswith("Programming Language :: Python :: 3.")
    ]

    assert set(given) <= classifiers
    assert versions[0] == metadata(packages.wheel)["Requires-Python"].removeprefix(">=")


@pytest.mark.parametrize("package", ["wheel", "sdist"])
def test_it_runs_the_demo_in_a_clean_environment(packages: Packages, package: str, tmp_path: Path) -> None:
    """Its packages come from this environment, so nothing is downloaded. pip installs the sdist by building it."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True)
    scripts = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    here = [path for path in sys.path if path.endswith("site-packages")]
    library = next((tmp_path / "venv").rglob("site-packages"))
    (library / "shared.pth").write_text("\n".join(here), "utf-8")
    chosen = packages.wheel if package == "wheel" else packages.sdist
    install = [sys.executable, "-m", "pip", "--python", str(scripts / "python"), "install", "--quiet"]
    subprocess.run(
        [*install, "--no-index", "--no-deps", "--no-build-isolation", "--ignore-installed", str(chosen)],
        check=True,
    )

    demo = subprocess.run(
        [str(scripts / "feed-relay"), "demo", "--seconds", "5", "--no-browser"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    imported = subprocess.run(
        [str(scripts / "python"), "-c", "import bot; print(bot.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert Path(imported.stdout.strip()).is_relative_to(tmp_path / "venv")
    assert demo.returncode == 0
    assert "Traceback" not in demo.stderr
    assert "http://127.0.0.1:" in demo.stdout
