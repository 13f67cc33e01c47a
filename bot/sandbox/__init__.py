"""A Discord and web sites on this machine, over real sockets, for `demo` and the tests.

    test, demo ─▶ server    SandboxDiscord: what tests and the demo use
                     │
                     ├─ actions ─▶ state     what exists and who may do what; each change goes to
                     │             │         `events`, which wakes the gateway and code that waits
                     │             └─ messages, threads, commands, interactions: Discord's rules
                     │
    bot ── REST ─────┼─ rest     token, `rate_limits`, `faults`, `limits`, `openapi`; then an endpoint
                     │           of `guild_routes`, `message_routes` or `command_routes`, or an error
    bot ── gateway ──┴─ gateway  `sessions`, `compression`

That is `discord/`. `sites/` has blogs that change and fail on demand, and Tumblr's API. `local_server` starts each of
them, and `demo` runs the bot between them, as a process of its own. `page/` shows it all in a browser.
"""
