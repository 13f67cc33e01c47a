"""The bot's database. The only package with SQL.

`store` opens it and picks the engine. Each repository (`feeds`, `outbox`, `holds` …) serves one use and runs named
queries through the Protocols of `database`. Queries that every engine can run are in `sql/`; the rest is in `sqlite`, the
engine's package, with the driver.
"""
