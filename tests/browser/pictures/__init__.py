"""Make the pictures of the docs: `make pictures`, or `python -m tests.browser.pictures`.

A real bot answers on the demo's real page. What would differ from one run to the next is fixed here: the time, the
addresses of the blogs, and when something is published and polled.
"""
