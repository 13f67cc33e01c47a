"""Packages → folders with their files. The package clients verify downloads, and nothing is downloaded twice."""

import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


class NotThere(Exception):
    """A client failed; the message is its last output."""


class Shelf:
    """A folder of unpacked packages, which are downloaded on demand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lists = folder / "apt-lists"

    def debian(self, name: str) -> Path | None:
        """Return the files of a Debian package, or None if this release does not have it."""
        return self._kept(f"deb-{name}", lambda target: self._unpack_debian(name, target))

    def npm(self, name: str) -> Path | None:
        """Return the files of an npm package, given with its version."""
        folder = "npm-" + name.replace("/", "-").replace("@", "")
        return self._kept(folder, lambda target: self._unpack_npm(name, target))

    def descriptions(self, language: str) -> str:
        """Return Debian's package descriptions in one language, in the format of its translation files."""
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
        """Run apt with our own lists, which have translations that the system's may not have."""
        options = (
            f"Dir::State::lists={self._lists}",
            f"Dir::Cache={self._lists}",
            "Acquire::Languages=en,de,es,fr,ja,pt,pt_BR,ru,sv",
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
        """Yield a folder on the same disk and delete it afterwards, so that a failed download leaves nothing."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            yield Path(folder)


def _run(*command: str, at: Path | None = None) -> str:
    done = subprocess.run(command, cwd=at, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotThere((done.stderr.strip().splitlines() or ["it said nothing"])[-1])
    return done.stdout


def _written(target: Path, text: str) -> None:
    """Write the file atomically."""
    part = target.with_suffix(".part")
    part.write_text(text, "utf-8")
    part.rename(target)
