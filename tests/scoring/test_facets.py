"""The many-facet rating-scale model against another program's figures, an independent maximizer, and known truths."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize

from scoring import ScoreTable, ScoringError, calibrate_facets
from scoring.cli import main

GUILFORD = Path(__file__).parent / "data/guilford_creativity.csv"
# R's mfrmr 0.2.1 by joint maximum likelihood on exactly this file.
PUBLISHED = {
    "entry": {
        "Betty": 0.601,
        "Edward": 0.378,
        "George": 0.225,
        "Anne": -0.134,
        "Chris": -0.318,
        "David": -0.544,
        "Fred": -0.647,
    },
    "judge": {"Brahe": 0.182, "Avogadro": -0.023, "Cavendish": -0.159},
    "criterion": {"Enthusiasm": 0.518, "Clarity": 0.211, "Basis": -0.147, "Attack": -0.280, "Daring": -0.302},
}
ERRORS = {"judge": 0.117, "criterion": 0.15}


def table_of(rows):
    """A table of (entry, judge, criterion, mark)."""
    entry, judge, criterion, mark = zip(*rows, strict=True)
    return ScoreTable.from_columns(entry=entry, judge=judge, criterion=criterion, mark=mark)


def measures(elements):
    """Measures by id."""
    return {one.element: one.measure for one in elements}


@pytest.fixture(scope="module")
def guilford():
    """Three judges, seven entries, five criteria."""
    with GUILFORD.open(encoding="utf-8") as file:
        return [(row["entry"], row["judge"], row["criterion"], int(row["score"])) for row in csv.DictReader(file)]


def simulated(entries=60, judges=9, per_entry=4, top=6, seed=3):
    """Marks drawn from the model, and the truth."""
    random = np.random.default_rng(seed)
    quality, severity, hard = random.normal(0, 1, entries), random.normal(0, 0.6, judges), np.array([-0.3, 0.0, 0.3])
    severity -= severity.mean()
    steps = np.cumsum([0, *np.linspace(-1.5, 1.5, top)])
    rows = []
    for entry in range(entries):
        for judge in random.choice(judges, per_entry, replace=False):
            for at, difficulty in enumerate(hard):
                height = (quality[entry] - severity[judge] - difficulty) * np.arange(top + 1) - steps
                chance = np.exp(height - height.max())
                rows.append(
                    (f"E{entry:02d}", f"J{judge}", f"C{at}", int(random.choice(top + 1, p=chance / chance.sum())))
                )
    return rows, quality, severity


def test_measures_and_errors_are_those_of_another_program(guilford):
    fit = calibrate_facets(table_of(guilford))
    for facet, elements in (("entry", fit.entries), ("judge", fit.judges), ("criterion", fit.criteria)):
        assert measures(elements) == pytest.approx(PUBLISHED[facet], abs=0.0015)
    assert [one.se for one in fit.judges] == pytest.approx([ERRORS["judge"]] * 3, abs=0.002)
    assert np.mean([one.se for one in fit.criteria]) == pytest.approx(ERRORS["criterion"], abs=0.002)
    assert sum(fit.thresholds) == pytest.approx(0, abs=1e-9)
    assert fit.notes == ()


def test_an_independent_maximizer_finds_the_same(guilford):
    rows = [row for row in guilford if row[2] in ("Attack", "Basis")]
    marks = sorted({mark for *_, mark in rows})
    names = [sorted({row[at] for row in rows}) for at in range(3)]
    places = [[names[at].index(row[at]) for row in rows] for at in range(3)]
    given = np.array([marks.index(row[3]) for row in rows])

    def misfit(values):
        first, second, third, steps = np.split(values, np.cumsum([len(one) for one in names]))
        logit = first[places[0]] - second[places[1]] - third[places[2]]
        height = logit[:, None] * np.arange(len(marks)) - np.concatenate([[0], np.cumsum(steps)])
        chosen = height[np.arange(len(rows)), given]
        return float((np.log(np.exp(height).sum(axis=1)) - chosen).sum()) + 0.5 * sum(
            float(one.mean()) ** 2 for one in (second, third, steps)
        )

    found = minimize(misfit, np.zeros(sum(map(len, names)) + len(marks) - 1), method="BFGS", options={"gtol": 1e-7}).x
    assert list(measures(calibrate_facets(table_of(rows)).entries).values()) == pytest.approx(
        found[: len(names[0])], abs=1e-3
    )


def test_the_truth_is_found_within_its_errors_and_fit_is_one_on_average():
    rows, quality, severity = simulated()
    fit = calibrate_facets(table_of(rows))
    z = [(one.measure - true) / one.se for one, true in zip(fit.judges, severity, strict=True)]
    assert np.sqrt(np.mean(np.square(z))) < 1.6
    assert np.corrcoef([one.measure for one in fit.entries], quality)[0, 1] > 0.95
    assert np.mean([one.infit for one in fit.judges]) == pytest.approx(1, abs=0.1)
    assert np.mean([one.outfit for one in fit.judges]) == pytest.approx(1, abs=0.15)


def test_a_judge_who_rolls_dice_stands_out_by_misfit():
    rows, *_ = simulated()
    dice = np.random.default_rng(1)
    rows = [(e, j, c, int(dice.integers(0, 7)) if j == "J4" else mark) for e, j, c, mark in rows]
    fit = calibrate_facets(table_of(rows))
    assert max(fit.judges, key=lambda one: one.infit).element == "J4"
    assert next(one.infit for one in fit.judges if one.element == "J4") > 1.5


def test_names_and_order_do_not_matter_and_a_finer_scale_of_the_same_marks_neither(guilford):
    plain = calibrate_facets(table_of(guilford))
    turned = calibrate_facets(table_of([(e, j, c, mark * 10 + 3) for e, j, c, mark in reversed(guilford)]))
    assert [one.measure for one in turned.entries] == pytest.approx([one.measure for one in plain.entries], abs=1e-9)


def test_extreme_scores_are_measured_as_if_three_tenths_within_and_told(guilford):
    best = [("Zoe", judge, criterion, 9) for judge, criterion in {(j, c) for _, j, c, _ in guilford}]
    fit = calibrate_facets(table_of([*guilford, *best]))
    plain = calibrate_facets(table_of(guilford))
    assert measures(fit.judges) == pytest.approx(measures(plain.judges), abs=1e-6)
    zoe = next(one for one in fit.entries if one.element == "Zoe")
    assert (zoe.extreme, zoe.infit, zoe.n) == (True, None, 15)
    assert zoe.measure > max(one.measure for one in plain.entries) + 1
    assert zoe.fair == pytest.approx(9 - 0.3 / 15, abs=0.01)
    assert [note.code for note in fit.notes] == ["extreme"]
    assert "Zoe" in fit.notes[0].in_language("zh")


def test_parts_that_share_no_judge_are_named_and_centred_each(guilford):
    other = [(f"{e}2", f"{j}2", c, mark) for e, j, c, mark in guilford]
    fit = calibrate_facets(table_of([*guilford, *other]))
    assert [note.code for note in fit.notes] == ["disconnected"]
    assert "Avogadro, Brahe, Cavendish; Avogadro2, Brahe2, Cavendish2" in str(fit.notes[0].text)
    for part in (1, 2):
        assert sum(one.measure for one in fit.judges if one.part == part) == pytest.approx(0, abs=1e-9)


def test_totals_without_criteria_are_two_facets_and_unlike_criteria_are_told(guilford):
    two = calibrate_facets(ScoreTable.from_columns(entry=list("AABBCC"), judge=list("xyxyxy"), mark=[1, 2, 2, 2, 3, 2]))
    assert two.criteria == ()
    assert [one.mean for one in two.entries] == [1.5, 2.0, 2.5]
    unlike = calibrate_facets(table_of([(e, j, c, mark * (4 if c == "Attack" else 1)) for e, j, c, mark in guilford]))
    assert {"unlike_criteria", "unused_marks"} <= {note.code for note in unlike.notes}


@pytest.mark.parametrize(
    ("marks", "code"),
    [([5, 5, 5, 5], "no_difference"), ([1, 9, 1, 9], "no_difference"), (list(range(100)), "too_many_marks")],
)
def test_what_tells_nothing_is_refused_with_a_sentence(marks, code):
    table = ScoreTable.from_columns(
        entry=[f"E{at // 2}" for at in range(len(marks))], judge=["x", "y"] * (len(marks) // 2), mark=marks
    )
    with pytest.raises(ScoringError) as caught:
        calibrate_facets(table)
    assert caught.value.code == code


def test_the_command_writes_a_row_per_element(tmp_path, capsys):
    assert main(["facets", str(GUILFORD), "--mark", "score", "-o", str(tmp_path / "f.csv")]) == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "f.csv").read_text(encoding="utf-8"))))
    assert [row["element"] for row in rows[:2]] == ["Betty", "Edward"]
    assert [(row["facet"], row["element"], row["rank"]) for row in rows if row["facet"] == "judge"] == [
        ("judge", "Brahe", "1"),
        ("judge", "Avogadro", "2"),
        ("judge", "Cavendish", "3"),
    ]
    assert (
        "7 entries, 3 judges, 5 criteria, 9 marks on the scale; reliability of entries 0.86" in capsys.readouterr().err
    )
