"""The bot's database. The only package with SQL.

`store` opens it and picks the engine. Each repository (`feeds`, `outbox`, `holds` …) serves one use and runs named
queries through the Protocols of `database`. Queries that every engine can run are in `sql/`. `sqlite` is the SQLite
engine: its driver, and the queries that only SQLite can run.
"""
