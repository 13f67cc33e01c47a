"""`/feed`: one file for each command that changes, lists or tries a feed, and the buttons of held posts."""
