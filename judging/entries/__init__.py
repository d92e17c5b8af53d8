"""Intake: what units put forward, from the first draft to the verdict of the formal check. Hands accepted entries on."""
