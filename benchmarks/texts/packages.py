"""Packages → folders with their files. The clients check what they download; what is there already is not asked for."""

import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


class NotThere(Exception):
    """A client could not bring what was asked of it; its own last words."""


class Shelf:
    """A folder of unpacked packages, filled as they are asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lists = folder / "apt"

    def debian(self, name: str) -> Path | None:
        """The files of a Debian package; None if this release has none of that name."""
        return self._kept(f"deb-{name}", lambda target: self._unpack_debian(name, target))

    def npm(self, name: str) -> Path | None:
        """The files of an npm package, named with its version."""
        folder = "npm-" + name.replace("/", "-").replace("@", "")
        return self._kept(folder, lambda target: self._unpack_npm(name, target))

    def descriptions(self, language: str) -> str:
        """What Debian says of its packages in one language, as its translation files are written."""
        kept = self.folder / f"descriptions-{language}.txt"
        if not kept.exists():
            names = _run(
                *self._apt("apt-get", "indextargets", "--format", "$(FILENAME)"),
                *("Created-By: Translations", f"Language: {language}"),
            ).split()
            found = [_run("/usr/lib/apt/apt-helper", "cat-file", name) for name in names]
            _written(kept, "\n\n".join(found))
        return kept.read_text("utf-8")

    def _kept(self, name: str, unpack: Callable[[Path], None]) -> Path | None:
        target = self.folder / name
        if not target.exists():
            try:
                unpack(target)
            except NotThere as missing:
                print(f"  {name} is not to be had: {missing}")
                return None
        return target

    def _unpack_debian(self, name: str, target: Path) -> None:
        with self._workplace() as beside:
            _run(*self._apt("apt-get", "download", "--quiet", name), at=beside)
            (package,) = beside.glob("*.deb")
            _run("dpkg-deb", "--extract", str(package), str(beside / "files"))
            (beside / "files").rename(target)

    def _unpack_npm(self, name: str, target: Path) -> None:
        with self._workplace() as beside:
            _run("npm", "pack", "--silent", name, at=beside)
            (package,) = beside.glob("*.tgz")
            with tarfile.open(package) as archive:
                archive.extractall(beside / "files", filter="data")
            (beside / "files").rename(target)

    def _apt(self, *command: str) -> Sequence[str]:
        """A command of apt on lists of our own, which hold the translations that the system's may lack."""
        options = (
            f"Dir::State::lists={self._lists}",
            f"Dir::Cache={self._lists}",
            "Acquire::Languages=en,de,ja",
            "APT::Sandbox::User=",
        )
        given = [part for option in options for part in ("-o", option)]
        if not self._lists.exists():
            (self._lists / "archives" / "partial").mkdir(parents=True)
            (self._lists / "partial").mkdir()
            _run("apt-get", "update", "--quiet", *given)
        return (command[0], *given, *command[1:])

    @contextmanager
    def _workplace(self) -> Iterator[Path]:
        """A folder on the same disk that is gone afterwards, so that a broken download leaves nothing."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            yield Path(folder)


def _run(*command: str, at: Path | None = None) -> str:
    done = subprocess.run(command, cwd=at, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotThere((done.stderr.strip().splitlines() or ["it said nothing"])[-1])
    return done.stdout


def _written(target: Path, text: str) -> None:
    """Write it whole or not at all."""
    part = target.with_suffix(".part")
    part.write_text(text, "utf-8")
    part.rename(target)
