"""How much of a result hangs on one judge, one assumption, one method."""

from scoring.sensitivity.comparison import Assumption as Assumption
from scoring.sensitivity.comparison import Comparison as Comparison
from scoring.sensitivity.comparison import compare_methods as compare_methods
from scoring.sensitivity.comparison import switch_assumptions as switch_assumptions
from scoring.sensitivity.influence import Steadiness as Steadiness
from scoring.sensitivity.influence import WorstCase as WorstCase
from scoring.sensitivity.influence import leave_one_judge_out as leave_one_judge_out
from scoring.sensitivity.influence import places_without_each as places_without_each
from scoring.sensitivity.influence import worst_case as worst_case
from scoring.sensitivity.tables import subset as subset
