"""The roles of processes that share a PostgreSQL database."""

from enum import StrEnum


class Role(StrEnum):
    """What one of several processes does."""

    POLL = "poll"
    """Reads feeds and their histories. Any number of processes."""
    GATEWAY = "gateway"
    """Receives Discord's events, and answers commands: one process for each range of shards, and standbys."""
    DELIVER = "deliver"
    """Sends: one process, and standbys."""
