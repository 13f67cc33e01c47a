"""A Discord on this machine, with its REST API, its gateway, and the people who use it.

server             SandboxDiscord: start it, use it, look at what the bot did
state, models      what exists; `actions`: what people change; `events`: who learns of it
permissions, nonces, mentions in `pings`, threads, messages, commands, interactions: Discord's rules
interaction_data   a command, a pressed button or a modal, as Discord's JSON
limits, components, validation, openapi   which request bodies Discord refuses; `errors`: how it says so
rest               one request: token, rate limits, scripted faults, checks, then an endpoint of `*_routes`
gateway            its WebSocket, with `sessions` and `compression`
payloads, responses   the JSON and the HTTP responses that Discord sends
"""
