"""Conflicts of interest: who must not judge what, how it became known, and who waived it with which reason.

Hands on pairs of judge and entry, which blinding tells assignment in candidates.
"""
