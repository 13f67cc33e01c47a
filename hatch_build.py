"""Adds the project's links to a built package, because this repository does not know its public address."""

import os

from hatchling.metadata.plugin.interface import MetadataHookInterface

VARIABLE = "FEED_RELAY_REPOSITORY"
"""The environment variable with the repository's address, such as https://example.org/me/feed-relay."""


class Links(MetadataHookInterface):
    """Home page, documentation, changes and issues, below the repository's address."""

    def update(self, metadata: dict[str, object]) -> None:
        """Set the links; none if the address is not given."""
        address = os.environ.get(VARIABLE, "").rstrip("/")
        if address:
            metadata["urls"] = {
                "Homepage": address,
                "Documentation": f"{address}/tree/HEAD/docs",
                "Changelog": f"{address}/blob/HEAD/CHANGELOG.md",
                "Issues": f"{address}/issues",
            }
        else:
            metadata["urls"] = {}
