"""Names stop here: an entry becomes a candidate with a code, and its file a review copy without identity.

Hands on candidates, review copies, and who is barred from which candidate.
"""
