"""Names stop here: an accepted entry becomes a candidate with a code and a review copy without identity."""
