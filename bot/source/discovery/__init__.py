"""Find the feeds behind what a person pasted.

`discover` tries addresses: the one from `pasted`, the ones that `platforms` knows, and the ones that `autodiscovery`
finds on the page.
"""
