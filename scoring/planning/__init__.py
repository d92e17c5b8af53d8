"""Before and during a season: how many judges, where one more review helps most, and what a design would find."""

from scoring.agreement import Panel as Panel
from scoring.agreement import dstudy as dstudy
from scoring.agreement import judges_needed as judges_needed
from scoring.planning.next_reviews import NextReview as NextReview
from scoring.planning.next_reviews import next_judges as next_judges
from scoring.planning.next_reviews import reviewers_for as reviewers_for
from scoring.planning.next_reviews import spend as spend
from scoring.planning.rehearsal import Plan as Plan
from scoring.planning.rehearsal import Rehearsal as Rehearsal
from scoring.planning.rehearsal import plan_like as plan_like
from scoring.planning.rehearsal import rehearse as rehearse
