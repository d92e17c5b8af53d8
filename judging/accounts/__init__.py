"""People, their roles in an edition, and what a role permits. Hands the acting person to every stage."""
