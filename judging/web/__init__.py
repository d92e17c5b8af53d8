"""What every page shares: typed forms, filters, lists, refusals, headers, languages."""
