"""A whole competition, invented from a seed: units, people, entries and their files, and the play that judges them."""
