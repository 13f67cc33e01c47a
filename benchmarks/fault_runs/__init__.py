"""Seeded runs of the real bot while everything around it fails, and a checker of what Discord stored.

    seed ─▶ plan ─▶ run ─▶ history ─▶ checker ─▶ problems
                     │
                     ├─ world    servers, channels, blogs, and who follows what
                     ├─ steps    what happens to them: one function for each kind, in the four files of faults
                     └─ process  the bot, started again when it ends; `bot` is what runs there

`checker` imports nothing of the bot: it knows only the history and the rules.
"""
