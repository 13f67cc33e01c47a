"""feed-relay: blogs relayed into Discord.

    clock tick ─▶ poll     claim due feeds ─▶ fetch ─▶ parse ─▶ plan ─▶ record       one transaction: seen + entries
                                                                          │          + tags + deliveries + feed state
                                                                          ▼ wake
    clock tick ─▶ deliver  claim due deliveries ─▶ render ─▶ send ─▶ settle
    slash command ─▶ chat  ask or change the store ─▶ render ─▶ answer

A post is decided once (plan), written once (record), and sent until it is settled (deliver).
Data flows one way: source → relay → chat. Pure functions decide, thin shells act.
`docs/how-it-works.md` tells the rest.
"""

__version__ = "0.1.0"
