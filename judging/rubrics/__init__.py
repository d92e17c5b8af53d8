"""The yardstick: rubrics, their criteria, and which rubric a round uses. A published rubric is never edited."""
