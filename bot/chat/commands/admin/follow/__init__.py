"""`/follow`: which posts of a feed a channel gets."""
