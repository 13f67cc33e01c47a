"""Reads a Dockerfile: its instructions, stage by stage."""

import json
import shlex
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction, with its continued lines joined."""

    name: str
    rest: str

    def words(self) -> list[str]:
        """Return its arguments: of the JSON form, else as a shell splits them."""
        return json.loads(self.rest) if self.rest.startswith("[") else shlex.split(self.rest)

    def pairs(self) -> dict[str, str]:
        """Return the pairs of ENV, LABEL or ARG."""
        return dict(word.split("=", 1) for word in self.words())


def read(path: Path) -> list[Instruction]:
    """Return the instructions of a file."""
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ").splitlines()
    pairs = (line.split(maxsplit=1) for line in joined if line.strip())
    return [Instruction(name, rest.strip()) for name, rest in pairs]


def stages(instructions: list[Instruction]) -> list[list[Instruction]]:
    """Return the instructions of each stage, without those before the first."""
    found: list[list[Instruction]] = []
    for instruction in instructions:
        if instruction.name == "FROM":
            found.append([])
        if found:
            found[-1].append(instruction)
    return found
