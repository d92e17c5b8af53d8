"""An edition, its calendar, tracks and rounds. Hands the stage to every later act: the gate that keeps time."""
