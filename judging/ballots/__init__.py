"""Judging: a judge's sheet for a candidate, every mark saved at once. Hands submitted totals on."""
