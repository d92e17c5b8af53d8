"""Who judges what: panels, seats, and assignments planned, shown and applied. Knows candidates only by their codes."""
