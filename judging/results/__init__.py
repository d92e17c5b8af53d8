"""From totals to scores: result sheets that compute again to the same figures. Knows candidates only by their codes."""
