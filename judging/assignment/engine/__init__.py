"""The assignment engine: pure functions over arrays. It knows numbers and positions, no database, no names."""
