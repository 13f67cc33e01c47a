"""The SQLite engine: connections, migrations, the process lock, and the full-text index with its search.

The only importer of a database driver.
"""
