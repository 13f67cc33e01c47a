"""HTTP: conditional requests, redirects, limits, errors and the SSRF guard.

`fetch` makes the requests. `redirects`, `body`, `cache_headers`, `errors` and `blocked_pages` interpret responses,
`ssrf_guard` keeps requests out of private networks, `site` and `rate_limit` space requests to one site, and `url`
normalises addresses.
"""
