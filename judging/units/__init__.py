"""Who puts work forward: units and the recommending units that gather theirs. Hands the unit's names and contacts on."""
