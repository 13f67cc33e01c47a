"""Turn hostile feed HTML into Discord messages within Discord's limits. Pure.

    HTML ─▶ markup (bound) ─▶ html (parse) ─▶ document ─▶ markdown (write)
    Entry ─▶ post ─▶ render ─▶ Message          Notice ─▶ notices ─▶ Message

`escape` and `links` make feed text and addresses harmless. `fold` and `canonical` make texts and addresses comparable,
also for `source`, `search` and `relay`.
"""
