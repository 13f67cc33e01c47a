"""The demo's page: a server on this machine for one browser, between a viewer and the sandbox.

    browser ── page's files ──▶ server ─▶ static_files
            ── JSON, with the token ──▶ server ─▶ server_view, message_view ─▶ what the chosen viewer sees
            ◀─ events ── live ◀── changes of the simulated Discord

`viewers` are the people between whom the browser switches.
"""
