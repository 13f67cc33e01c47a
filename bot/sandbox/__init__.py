"""A Discord and web sites on this machine, over real sockets, for `demo` and the tests.

    test, demo ─▶ discord   SandboxDiscord: what one does with it, and what one asks it
                     │
                     ├─ world ─▶ state     what exists and who may do what; a change is told to
                     │             │       `changes`, which wakes those who wait and the gateway
                     │             └─ messages, threads, commands, interactions: Discord's rules
                     │
    bot ── REST ─────┼─ rest     token, `rates`, `faults`, `limits`, `openapi`; then an endpoint of
                     │           `places`, `posts` or `answering`, or a refusal
    bot ── gateway ──┴─ gateway  `sessions`, `frames`

`blog` is the other half: sites that serve, change and misbehave on demand; `tumblr` has their posts as Tumblr's API.
`serving` starts each of the three.
"""
