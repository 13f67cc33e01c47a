"""Turns posts and queries into tokens. Pure: no SQL, no asyncio.

`tokens` and `stems` turn text into the words of the index, `document` a post into its columns. `lexer` and `query`
parse what a person types, and `dates` the dates in it. `spelling` and `loosen` say what else
may have been meant, `relax` leaves out one condition at a time, `snippet` finds the matching part of a post's text.
"""
