"""The PostgreSQL engine: connections, migrations, the process locks, and the full-text index with its search.

The only importer of asyncpg, which the extra `postgres` installs.
"""
