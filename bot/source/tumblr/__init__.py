"""tumblr."""
