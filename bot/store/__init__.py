"""What the bot remembers: the only package with SQL.

`store` opens it and picks the engine. Each door (`feeds`, `outbox`, `holds` …) serves one use and runs named queries
through the Protocols of `database`. Queries that every engine can run are in `sql/`; the rest is in the engine's own
package, `sqlite`, with the driver.
"""
