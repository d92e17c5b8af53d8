"""The acts of intake, by who acts: drafting and submitting (entrants), recommending, checking, importing."""
