"""The posts that a feed no longer holds: `reading` says what a history is, `choose` finds the one that a feed has."""
