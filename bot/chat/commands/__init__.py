"""Slash commands: `tree` has the list.

`admin` has the commands for people who manage a server, `member` those for everybody; neither imports the other.
`common` has what both use.
"""
