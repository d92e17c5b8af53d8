"""The traffic lights of methods: every code of the engine has its sentence, and the page shows them."""

import re
from pathlib import Path

import pytest

import scoring.guards.lights as engine
from judging.results.lights import COLOURS, SENTENCES, shown, stored
from scoring import ScoreTable


def test_every_code_of_the_engine_has_its_sentence() -> None:
    source = Path(engine.__file__).read_text(encoding="utf-8")
    codes = set(re.findall(r'Colour\.\w+(?: if [^,]+)?, "(\w+)"', source)) | set(
        re.findall(r'^\s+"(\w+)",$', source, re.M)
    )
    assert codes - SENTENCES.keys() == set()
    assert {str(colour) for colour in engine.Colour} == set(COLOURS)


@pytest.mark.parametrize("judges", [2, 4, 6])
def test_a_sheet_keeps_the_lights_and_shows_a_sentence_for_each(app, judges: int) -> None:
    pairs = [(entry, judge) for entry in range(12) for judge in range(judges)]
    table = ScoreTable.from_columns(
        entry=[f"e{entry}" for entry, _ in pairs],
        judge=[f"j{judge}" for _, judge in pairs],
        mark=[60 + 2 * entry + judge + (entry * 7 + judge * 3) % 5 for entry, judge in pairs],
    )
    with app.test_request_context():
        lights = shown(stored(engine.traffic_lights(table)))
    assert len(lights) == 5
    assert [light for light in lights if not light["why"] or "%(" in light["why"]] == []
