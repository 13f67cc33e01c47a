"""feed-relay: relays blogs into Discord.

    clock tick ─▶ poll     claim due feeds ─▶ fetch ─▶ parse ─▶ plan ─▶ record       one transaction: seen + entries
                                                                          │          + tags + deliveries + feed state
                                                                          ▼ wake
    clock tick ─▶ deliver  claim due deliveries ─▶ render ─▶ send ─▶ settle
    slash command ─▶ chat  read or change the store ─▶ render ─▶ respond

A post is decided once (plan), written once (record), and sent until it is settled (deliver).
Data flows in one direction: source → relay → chat. Pure functions decide, thin shells act.
`docs/how-it-works.md` explains the rest.
"""

__version__ = "0.1.0"
