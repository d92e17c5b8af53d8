"""What makes a judge fit: hand-worked sums, TF-IDF against a plain second implementation, and what must not matter."""

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging.assignment.engine.affinity import FIELD_WEIGHTS, PRESET, Part, Profile, Term, Wishes, Work, affinity
from judging.assignment.engine.grams import corpus, plain, profiles, shared_words

WORKS = (
    Work("提高管道焊接一次合格率", "焊接；SPC", "通过统计过程控制减少焊缝返修。", "C"),
    Work("缩短门诊患者等候时间", "护理", "优化分诊流程，提高满意度。", "Q"),
    Work("降低变压器故障次数", "输变电", "对变压器进行红外巡检。", "D"),
)
JUDGES = (
    Profile(frozenset({"C"}), frozenset({"qc"}), ("焊接", "统计方法")),
    Profile(frozenset({"Q"}), frozenset(), ("护理管理",), words="医院质量"),
    Profile(),
)


def by_hand(text: str) -> list[str]:
    """Return the grams of a text, one loop and no arrays."""
    found = re.findall(r"(?=[a-z0-9]*[a-z])[a-z0-9]{2,40}", text.lower())
    for run in re.findall(r"[\u4e00-\u9fff]+", text):
        found += [run[at : at + size] for size in (2, 3) for at in range(len(run) - size + 1)]
    return found


def cosines(works: Sequence[Work], texts: Sequence[str]) -> list[list[float]]:
    """Return the cosine of every work and text as the definition says it, with dictionaries."""
    fields = [(work.title, work.keywords, work.abstract) for work in works]
    counts = [
        sum((Counter({g: n * w for g, n in Counter(by_hand(t)).items()}) for t, w in zip(f, FIELD_WEIGHTS, strict=True)), Counter())
        for f in fields
    ]  # fmt: skip
    frequency = Counter(gram for count in counts for gram in count)
    worth = {gram: math.log((1 + len(works)) / (1 + frequency[gram])) for gram in frequency}
    rows = [{g: math.log(1 + n) * worth[g] for g, n in count.items()} for count in counts]
    others = [
        {g: math.log(1 + n) * worth.get(g, math.log(1 + len(works))) for g, n in Counter(by_hand(text)).items()}
        for text in texts
    ]
    return [[_cosine(row, other) for other in others] for row in rows]


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    lengths = math.hypot(*one.values()) * math.hypot(*other.values())
    return sum(value * other.get(gram, 0.0) for gram, value in one.items()) / lengths if lengths else 0.0


def test_cosines_are_those_of_the_definition() -> None:
    texts = ["焊接\n统计方法 spc", "护理管理 医院质量", "", "变压器变压器红外"]
    known = corpus([(w.title, w.keywords, w.abstract) for w in WORKS], FIELD_WEIGHTS)
    found = (known.rows @ profiles(known, texts).T).toarray()
    np.testing.assert_allclose(found, cosines(WORKS, texts), atol=1e-12)


def test_a_pair_is_told_as_the_sum_that_it_is() -> None:
    fit = affinity(WORKS, JUDGES, track="qc")
    words = round(math.sqrt(cosines(WORKS, [JUDGES[0].text])[0][0]) * 20) / 100
    assert fit.explain(0, 0) == (
        Part(Term.INDUSTRY, 0.4),
        Part(Term.SPECIALITY, 0.3, ("焊接",)),
        Part(Term.WORDS, words, ("焊接", "统计")),
        Part(Term.TRACK, 0.1),
    )
    assert fit.score[0, 0] == pytest.approx(0.8 + words)


def test_a_speciality_that_stands_there_in_part_counts_in_part() -> None:
    fit = affinity(WORKS[:2], [Profile(specialities=("统计方法",))], weights={Term.SPECIALITY: 1.0})
    assert fit.score[:, 0].tolist() == pytest.approx(
        [0.2, 0.0]
    )  # of 统计, 计方, 方法, 统计方, 计方法 one stands in the work


def test_who_shares_nothing_gets_nothing() -> None:
    fit = affinity(WORKS, JUDGES, track="qc")
    assert (fit.score[:, 2].tolist(), fit.explain(2, 2)) == ([0.0, 0.0, 0.0], ())


def test_what_stands_in_every_work_tells_no_works_apart() -> None:
    works = [Work(f"提高质量{letter}") for letter in "甲乙丙"]
    assert affinity(works, [Profile(words="提高质量")], weights={Term.WORDS: 1.0}).score.max() == 0


def test_a_wish_counts_and_the_last_word_stands() -> None:
    row, column = np.array([0, 1, 1]), np.array([2, 2, 2])
    fit = affinity(WORKS, JUDGES, wishes=Wishes(row, column, np.array([1.0, 1.0, -1.0])))
    assert fit.score[:, 2].tolist() == pytest.approx([0.3, -0.3, 0.0])
    assert fit.explain(1, 2) == (Part(Term.WISH, -0.3),)


def test_earlier_reading_counts_and_is_told_with_its_words() -> None:
    fit = affinity(WORKS, [Profile(past="减少变压器停电")], weights={Term.PAST: 0.5})
    (part,) = fit.explain(2, 0)
    assert (part.term, part.words) == (Term.PAST, ("变压器",))
    assert fit.score[2, 0] > 0 == fit.score[1, 0]


def test_a_term_without_weight_does_not_count() -> None:
    fit = affinity(WORKS, JUDGES, track="qc", weights={**PRESET, Term.INDUSTRY: 0.0})
    assert Term.INDUSTRY not in {part.term for part in fit.explain(0, 0)}


def test_width_and_case_make_no_difference() -> None:
    assert plain("ＳＰＣ与６Ｓ管理") == "spc与6s管理"
    fit = affinity(WORKS, [Profile(specialities=("ＳＰＣ",))], weights={Term.SPECIALITY: 1.0})
    assert fit.score[:, 0].tolist() == [1.0, 0.0, 0.0]


def test_shared_words_are_whole_stretches_without_particles() -> None:
    known = corpus([(w.title, w.keywords, w.abstract) for w in WORKS], FIELD_WEIGHTS)
    assert shared_words("变压器的红外巡检", "红外巡检和变压器的维护", known) == ("红外巡检", "变压器")


@pytest.mark.parametrize(("works", "judges"), [((), JUDGES), (WORKS, ()), ((), ())])
def test_nobody_and_nothing_give_an_empty_matrix(works: Sequence[Work], judges: Sequence[Profile]) -> None:
    assert affinity(works, judges).score.shape == (len(works), len(judges))


_TEXT = st.text("管道焊接质量提高统计aS1，", max_size=12)
_WORK = st.builds(Work, _TEXT, _TEXT, _TEXT, st.sampled_from(["", "C", "Q"]))
_JUDGE = st.builds(
    Profile,
    st.frozensets(st.sampled_from("CQ")),
    st.frozensets(st.just("qc")),
    st.lists(_TEXT, max_size=3).map(tuple),
    _TEXT,
    _TEXT,
)


@given(works=st.lists(_WORK, min_size=1, max_size=5), judges=st.lists(_JUDGE, min_size=1, max_size=5))
def test_every_number_is_the_sum_of_its_parts_and_lies_in_its_bounds(works: list[Work], judges: list[Profile]) -> None:
    fit = affinity(works, judges, track="qc")
    told = [[sum(part.value for part in fit.explain(i, j)) for j in range(len(judges))] for i in range(len(works))]
    np.testing.assert_allclose(fit.score, told, atol=1e-6)
    assert fit.score.min() >= 0
    assert fit.score.max() <= sum(PRESET.values()) - PRESET[Term.WISH] + 1e-6


@given(
    works=st.lists(_WORK, min_size=2, max_size=5), judges=st.lists(_JUDGE, min_size=2, max_size=5), pick=st.randoms()
)
def test_the_order_of_rows_and_columns_changes_nothing(works: list[Work], judges: list[Profile], pick: object) -> None:
    rows, columns = list(range(len(works)))[::-1], list(range(len(judges)))
    pick.shuffle(columns)  # type: ignore[attr-defined]
    turned = affinity([works[i] for i in rows], [judges[j] for j in columns], track="qc")
    np.testing.assert_array_equal(turned.score, affinity(works, judges, track="qc").score[np.ix_(rows, columns)])


def test_more_works_and_judges_than_fit_in_a_block_get_the_same_numbers() -> None:
    many = affinity(WORKS * 120, JUDGES * 110, track="qc").score
    np.testing.assert_array_equal(many, np.tile(many[:3, :3], (120, 110)))
