"""A query as it is typed into each of the programs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TypedQuery:
    """The parts of a query, independent of a program's syntax."""

    words: tuple[str, ...] = ()
    phrase: str = ""
    title: str = ""
    without: str = ""
    only_here: str = ""
    """A condition, as typed here, that `reader` does not have."""
    is_typing: bool = False
    """Whether the last word is unfinished."""

    @property
    def typed(self) -> str:
        """Return the query as typed into the bot."""
        parts = [
            *self.words,
            f'"{self.phrase}"' if self.phrase else "",
            f"title:{self.title}" if self.title else "",
            f"-{self.without}" if self.without else "",
            self.only_here,
        ]
        return " ".join(filter(None, parts))

    @property
    def fts5(self) -> str:
        """Return the query for `reader`, with everything quoted, or "" if it has no such query."""
        if self.only_here:
            return ""
        words = [_quoted(word) for word in self.words]
        if self.is_typing:
            words[-1] += "*"
        parts = [*words, _quoted(self.phrase), f"title : {_quoted(self.title)}" if self.title else ""]
        negated = f" NOT {_quoted(self.without)}" if self.without else ""
        return " AND ".join(filter(None, parts)) + negated


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if text else ""
