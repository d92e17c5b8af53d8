"""The expert bank: who can judge what, since when and until when. Hands judges on."""
