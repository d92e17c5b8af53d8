"""The story of one edition, told in Chromium by everybody who takes part, from an empty database to the end."""

from collections.abc import Callable

import pytest

from tests.journeys import finish, founding, intake, judging
from tests.journeys.conftest import Site, Visitor
from tests.journeys.story import Story, init

pytestmark = [pytest.mark.xdist_group("edition"), pytest.mark.timeout(400)]  # a whole edition takes its time


def test_an_edition_runs_from_its_creation_to_the_certificates(
    open_site: Callable[..., Site], visit: Callable[..., Visitor]
) -> None:
    story = Story(open_site(init), visit)
    founding.tell(story)
    intake.tell(story)
    judging.tell_blind_round(story)
    finish.tell_shortlist(story)
    judging.tell_open_round(story)
    finish.tell(story)
