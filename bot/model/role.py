"""The roles of processes that share a database on a server."""

from enum import StrEnum


class Role(StrEnum):
    """What one process of several does."""

    POLL = "poll"
    """Reads feeds and their histories. Any number of processes."""
    GATEWAY = "gateway"
    """Receives Discord's events, and answers commands. One process for each range of shards, and more that stand by."""
    DELIVER = "deliver"
    """Sends. One process, and more that stand by."""
