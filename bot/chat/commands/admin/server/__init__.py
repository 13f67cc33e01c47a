"""What holds for a whole server: `/server` and `/notices`."""
