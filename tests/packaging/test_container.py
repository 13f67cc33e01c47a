"""The container's files fit each other and the bot. `benchmarks.container` builds the image and runs it."""

import re
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

import bot
from bot.app import STOP_TIMEOUT
from bot.config import layers
from bot.config.schema import all_keys
from bot.model import Role
from tests.packaging.dockerfile import Instruction, read, stages
from tests.packaging.sbom import pinned, shipped

ROOT = Path(__file__).parents[2]
INSTRUCTIONS = read(ROOT / "Dockerfile")
BUILD, FINAL = stages(INSTRUCTIONS)
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICE = COMPOSE["services"]["feed-relay"]


def of(stage: list[Instruction], name: str) -> list[Instruction]:
    return [each for each in stage if each.name == name]


def environment() -> dict[str, str]:
    return {key: value for each in of(FINAL, "ENV") for key, value in each.pairs().items()}


def test_both_stages_start_from_the_same_pinned_image() -> None:
    image = INSTRUCTIONS[0].pairs()["PYTHON_IMAGE"]

    assert {stage[0].words()[0] for stage in (BUILD, FINAL)} == {"${PYTHON_IMAGE}"}
    assert re.fullmatch(r"docker\.io/library/python:3\.\d+-slim-\w+", image)


def test_packages_come_only_from_the_lock_file_with_hashes() -> None:
    installs = [line for each in of(BUILD, "RUN") for line in each.rest.split("&&") if "pip install" in line]

    assert [sorted(re.findall(r"--[\w-]+", line)) for line in installs] == [
        ["--no-deps", "--quiet", "--require-hashes", "--requirement"],
        ["--no-build-isolation", "--no-deps", "--quiet"],
    ]
    assert not [each for each in of(FINAL, "RUN") if "pip" in each.rest]


def test_only_build_requirements_are_removed() -> None:
    packages = pinned((ROOT / "requirements.lock").read_text("utf-8"))
    removed = re.search(r"pip uninstall --quiet --yes (.*)", of(BUILD, "RUN")[-1].rest)

    assert removed is not None
    assert set(removed[1].split()) == packages.keys() - shipped(packages) | {"pip"}


def test_the_container_has_the_version_of_the_bot() -> None:
    labels = {key: value for each in of(FINAL, "LABEL") for key, value in each.pairs().items()}

    assert labels["org.opencontainers.image.version"] == bot.__version__
    assert SERVICE["image"] == f"feed-relay:{bot.__version__}"


def test_the_bot_runs_as_a_user_of_its_own_from_a_read_only_root() -> None:
    user = of(FINAL, "USER")[-1].rest

    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)
    assert FINAL.index(of(FINAL, "USER")[-1]) < FINAL.index(of(FINAL, "ENTRYPOINT")[0])
    assert SERVICE["read_only"] is True
    assert SERVICE["cap_drop"] == ["ALL"]
    assert SERVICE["security_opt"] == ["no-new-privileges:true"]
    assert "/tmp" in SERVICE["tmpfs"]  # noqa: S108 -- of the container


def test_the_environment_sets_only_keys_that_exist() -> None:
    keys = {layers.variable(tuple(key.split("."))) for key in all_keys()} | {"FEED_RELAY_CONFIG"}
    ours = {name for name in environment() if name.startswith("FEED_RELAY_")}

    assert ours <= keys
    assert ours >= {"FEED_RELAY_CONFIG", "FEED_RELAY_STORE__PATH", "FEED_RELAY_HTTP__PORT"}


def test_the_health_check_asks_whether_the_bot_is_live() -> None:
    check = of(FINAL, "HEALTHCHECK")[0].rest
    code = Instruction("CMD", check.partition("CMD ")[2]).words()

    compile(code[2], "HEALTHCHECK", "exec")
    assert code[:2] == ["python", "-c"]
    assert "'/healthz'" in code[2]
    assert "os.environ['FEED_RELAY_HTTP__PORT']" in code[2]
    assert of(FINAL, "EXPOSE")[0].rest == environment()["FEED_RELAY_HTTP__PORT"]


def test_the_database_is_in_a_volume_and_the_token_is_a_secret_that_the_bot_reads() -> None:
    folder = str(Path(environment()["FEED_RELAY_STORE__PATH"]).parent)
    mounts = {each["target"]: each for each in SERVICE["volumes"] if isinstance(each, dict)}
    (secret,) = SERVICE["secrets"]

    assert of(FINAL, "VOLUME")[0].rest == of(FINAL, "WORKDIR")[0].rest == folder
    assert f"data:{folder}" in SERVICE["volumes"]
    assert mounts[environment()["FEED_RELAY_CONFIG"]]["read_only"] is True
    assert secret.upper() == layers.variable(("discord", "token")).removeprefix("FEED_RELAY_")
    assert COMPOSE["secrets"][secret] == {"file": "./token.txt"}
    assert str(layers.RUN_SECRETS) == "/run/secrets"


def test_everything_that_is_copied_exists_and_reaches_the_build() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    ignored, kept = (
        [line for line in lines if line and line[0] not in "!#"],
        [line.removeprefix("!") for line in lines if line.startswith("!")],
    )
    copied = [word for each in of(BUILD, "COPY") for word in each.words()[:-1]]

    assert ignored[0] == "*"
    assert sorted(copied) == sorted(kept)
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert not [name for name in kept if fnmatch(name, "*token*") or fnmatch(name, "*.db*")]


@pytest.mark.parametrize("name", ["ADD", "MAINTAINER"])
def test_discouraged_instructions_are_not_used(name: str) -> None:
    assert of(INSTRUCTIONS, name) == []


def test_stop_waits_longer_than_the_bot_needs() -> None:
    assert int(SERVICE["stop_grace_period"].removesuffix("s")) > STOP_TIMEOUT


def test_each_roles_service_on_postgresql_is_as_restricted_as_the_single_one() -> None:
    by_role = {role: COMPOSE["services"][role] for role in Role}
    same = ("image", "read_only", "tmpfs", "cap_drop", "security_opt", "stop_grace_period")

    for role, service in by_role.items():
        assert service["command"] == ["run", "--role", role.value]
        assert service["profiles"] == ["postgres"]
        assert [service[key] for key in same] == [SERVICE[key] for key in same]
        assert "store__url" in service["secrets"]
    assert "profiles" not in SERVICE
