"""Settings of a whole server: `/server` and `/notices`."""
