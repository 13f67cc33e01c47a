"""The formats and levels of the log. The command line needs them before it imports anything large."""

from enum import StrEnum


class Format(StrEnum):
    """The format of a log line."""

    CONSOLE = "console"
    JSON = "json"


class Level(StrEnum):
    """The levels of logging."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
