"""Who must not judge what, and why. Hands on pairs of judge and entry, for blinding to turn into candidates."""
