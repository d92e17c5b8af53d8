"""What a design allows: who is linked with whom, whether work was dealt at random, and a light for every method."""

from scoring.guards.facts import Facts as Facts
from scoring.guards.facts import facts_of as facts_of
from scoring.guards.lights import Colour as Colour
from scoring.guards.lights import Light as Light
from scoring.guards.lights import traffic_lights as traffic_lights
from scoring.guards.links import contrast_errors as contrast_errors
from scoring.guards.links import linking_entries as linking_entries
