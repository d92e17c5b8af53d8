"""From standings to decisions: tiers, quotas, channels, a reason for every entry, the way to a second round. Names return here."""
