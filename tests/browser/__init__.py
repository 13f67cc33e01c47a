"""The demo's page in a real browser, on the real demo: the walks of a member, an admin, trouble and a newcomer.

demo_process  the demo as a process of its own
visit         a page with everything that it logs and requests, and what people do on it
"""
