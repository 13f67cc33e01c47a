"""`/why` and **Why is this here?**: where a post went, and why."""
