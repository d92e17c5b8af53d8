"""Marks and judges worth a second look: every total held against what it would be expected to be without itself."""

from scoring.flags.base import Base as Base
from scoring.flags.multiple import benjamini_hochberg as benjamini_hochberg
from scoring.flags.report import FlagReport as FlagReport
from scoring.flags.report import find_flags as find_flags
from scoring.flags.scores import flag_by_deviation as flag_by_deviation
from scoring.flags.scores import modified_z as modified_z
