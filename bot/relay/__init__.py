"""The path of a post from its feed to its channels.

Pure decisions: `identity`, `match`, `plan`, `poll_schedule`, `retry` (with `backoff`), `backfill_plan`.
Queues, which claim due work and do it as `tasks`: `poll`, `deliver`, `publish`, `backfill`, `notify`.
`maintain` keeps the database in shape.
"""
