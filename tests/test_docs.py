"""The documentation is complete and true: keys, commands, options, files, links and quoted messages."""

import re
import shlex
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from bot import config, errors
from bot.cli.entry import create_app

ROOT = Path(__file__).parents[1]
DOCS = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "docs").glob("*.md")),
)
TEXT = {path.name: path.read_text("utf-8") for path in DOCS}
WRITTEN_EXAMPLE = (ROOT / "config.example.toml").read_text("utf-8")
EXAMPLE = re.sub(r"^#(?=\S)", "", WRITTEN_EXAMPLE, flags=re.MULTILINE)
"""With the feed at its end, which is a comment."""
COMMANDS = (ROOT / "README.md").read_text("utf-8").partition("## Commands")[2]


def commands() -> dict[str, list[str]]:
    """Return every command with its options."""
    options_by_command: dict[str, list[str]] = {}

    def walk(prefix: str, command: object) -> None:
        children = getattr(command, "commands", None)
        params = getattr(command, "params", [])
        options = [name for param in params for name in param.opts if name.startswith("--")]
        options_by_command[prefix] = [name for name in options if name != "--help"]
        for name, child in (children or {}).items():
            walk(f"{prefix} {name}".strip(), child)

    walk("", typer.main.get_command(create_app()))
    return options_by_command


def shown_commands() -> list[tuple[str, str]]:
    """Return every `feed-relay …` in the documentation, in a line of code or between backticks, with its page."""
    pattern = re.compile(r"(?:^    .*?|`|^\S+ +)((?:\S*/)?feed-relay [a-z][^`\n|;#]*)", re.MULTILINE)
    return [(name, found.strip()) for name, text in TEXT.items() for found in pattern.findall(text)]


def example_keys(table: object, prefix: str = "") -> set[str]:
    """Return the keys of a TOML document, each once."""
    if isinstance(table, list) and table and isinstance(table[0], dict):
        return set().union(*(example_keys(item, prefix) for item in table))
    if isinstance(table, dict):
        return set().union(
            *(example_keys(value, f"{prefix}.{key}".strip(".")) for key, value in table.items())
        )
    return {prefix}


def test_the_example_config_has_every_key_and_no_other() -> None:
    assert example_keys(tomllib.loads(EXAMPLE)) == set(config.all_keys())


def test_the_example_config_explains_every_key() -> None:
    lines = EXAMPLE.splitlines()

    unexplained = [line for above, line in pairwise(lines) if re.match(r"\w+ = ", line) and above[:1] != "#"]
    assert unexplained in ([], ['url = "https://example.tumblr.com/rss"'])


def test_the_example_config_sets_everything_but_feeds() -> None:
    keys = example_keys(tomllib.loads(WRITTEN_EXAMPLE))

    assert keys == {key for key in config.all_keys() if not key.startswith("feeds")}


def test_configuration_md_has_every_key_and_no_other() -> None:
    keys = re.findall(r"^\| `([a-z_]+\.[a-z_.]+)` \|", TEXT["configuration.md"], re.MULTILINE)

    assert sorted(keys) == sorted(key for key in (*config.all_keys(), "feeds.channels"))


def test_configuration_md_has_the_defaults_of_the_example_config() -> None:
    example = tomllib.loads(EXAMPLE)
    rows = re.findall(r"^\| `(\w+)\.(\w+)` \| `([^`]*)` \|", TEXT["configuration.md"], re.MULTILINE)
    plain_rows = [(section, key, default) for section, key, default in rows if section != "feeds"]

    assert plain_rows
    assert [tomllib.loads(f"x = {default}")["x"] for _, _, default in plain_rows] == [
        example[section][key] for section, key, _ in plain_rows
    ]


@pytest.mark.parametrize("command", sorted(name for name in commands() if name not in {"", "opml", "db"}))
def test_every_command_is_in_the_readme_with_its_options(command: str) -> None:
    rows = [line for line in COMMANDS.splitlines() if line.startswith(f"| `feed-relay {command}")]

    assert rows
    assert [option for option in commands()[command] if not any(option in row for row in rows)] == []


def test_the_common_options_are_in_the_readme() -> None:
    assert [option for option in commands()[""] if option not in COMMANDS] == []


def test_every_command_in_the_documentation_exists_with_its_options() -> None:
    known = commands()
    shown = shown_commands()

    assert len(shown) > 20
    for name, line in shown:
        words = [word for word in shlex.split(re.sub(r"[\[\]…\\]|\$\(|\)", " ", line))[1:] if word]
        command = next((" ".join(words[:n]) for n in (2, 1) if " ".join(words[:n]) in known), None)
        assert command is not None, (name, line)
        given = [word.partition("=")[0] for word in words if word.startswith("--")]
        assert set(given) <= {*known[command], *known[""], "--help"}, (name, line)


@pytest.mark.parametrize("command", sorted(commands()))
def test_every_command_has_help_for_its_options(command: str) -> None:
    result = CliRunner().invoke(create_app(), [*command.split(), "--help"])

    assert result.exit_code == 0
    assert [option for option in commands()[command] if option not in result.output] == []


def test_upgrading_md_begins_with_this_version() -> None:
    versions = re.findall(r"^## (\d\S*)$", TEXT["upgrading.md"], re.MULTILINE)
    released = re.findall(r"^## (\d\S*)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)

    assert versions == released


def test_uninstalling_removes_everything_that_belongs_to_the_service() -> None:
    service, uninstalling = (
        TEXT["operating.md"].partition(f"## {title}\n")[2].partition("\n## ")[0]
        for title in ("As a service (systemd)", "Uninstalling")
    )
    installed = {Path(path) for path in re.findall(r"/(?:opt|etc|var/lib)/[\w./-]*\w", service)}
    removed = {
        Path(path)
        for line in re.findall(r"^    sudo rm (.*)", uninstalling, re.MULTILINE)
        for path in re.findall(r"/\S+", line.partition("#")[0])
    }

    assert {path for path in installed if not {path, *path.parents} & removed} == set()
    assert removed <= installed


def test_every_link_between_documents_works() -> None:
    for path in DOCS:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text("utf-8")):
            assert (path.parent / target).exists(), (path.name, target)


def test_the_messages_in_operating_md_exist_in_the_code() -> None:
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "bot").rglob("*.py"))
    code = re.sub(r'"\s*\n\s*f?"', "", sources)
    quoted = re.findall(
        r"^\| `([^`]+)` \|", TEXT["operating.md"].partition("## What to do about")[2], re.MULTILINE
    )

    assert len(quoted) > 15
    for message in quoted:
        for part in message.split("…"):
            assert part.strip() in code, message


def test_every_error_says_what_to_do() -> None:
    def classes(kind: type[errors.FeedRelayError]) -> list[type[errors.FeedRelayError]]:
        return [kind, *(leaf for child in kind.__subclasses__() for leaf in classes(child))]

    leaves = [kind for kind in classes(errors.FeedRelayError) if not kind.__subclasses__()]
    sentences = {
        kind.__name__: (kind.__doc__ or "").strip() for kind in leaves if kind is not errors.ConfigError
    }

    assert [name for name, text in sentences.items() if not re.search(r"[;,:] .+\.$", text)] == []


def mapped_files() -> set[str]:
    """Return every file and package that the map in how-it-works.md shows, as paths below `bot/`."""
    paths: set[str] = set()
    parents: list[str] = []
    block = TEXT["how-it-works.md"].partition("    bot/\n")[2].partition("\n\n")[0]
    for indent, name in re.findall(r"^ {4}( +)(\S+)", block, re.MULTILINE):
        parents[len(indent) // 2 - 1 :] = [name]
        paths.add("".join(parents))
    return paths


def existing_files() -> set[str]:
    """Return every module, package, data file and part of a page in `bot/`; migrations and samples only as folders."""
    files = {
        path.relative_to(ROOT / "bot")
        for suffix in ("py", "sql", "toml", "html", "css", "js")
        for path in (ROOT / "bot").rglob(f"*.{suffix}")
    }
    paths = {
        str(path)
        for path in files
        if not path.name.startswith("__") and path.parent.name not in {"migrations", "samples"}
    }
    return paths | {f"{parent}/" for path in files for parent in path.parents if parent.name}


def test_the_map_shows_every_file() -> None:
    missing = sorted(existing_files() - mapped_files())

    assert not missing, f"add these to the map in docs/how-it-works.md: {missing}"


def test_every_file_on_the_map_exists() -> None:
    gone = sorted(mapped_files() - existing_files())

    assert not gone, f"remove these from the map in docs/how-it-works.md: {gone}"


def test_the_import_order_in_how_it_works_is_the_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract["layers"] for contract in contracts if contract.get("containers") == ["bot"])

    assert " → ".join(layer for layer in layers if layer != "__main__") in TEXT["how-it-works.md"]


def test_every_path_in_the_documentation_exists() -> None:
    paths = {path for text in TEXT.values() for path in re.findall(r"`((?:bot|tests|docs)/[^`]+)`", text)}

    assert len(paths) > 20
    assert sorted(path for path in paths if not (ROOT / path).exists()) == []


def test_the_changelog_starts_with_this_version() -> None:
    from bot import __version__

    assert f"\n## {__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")
