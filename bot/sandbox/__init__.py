"""A Discord and a blog on this machine, over real sockets, for `demo` and the tests."""
