"""The invented competition: different, repeatable, and right where a check can tell."""

from collections import Counter
from decimal import Decimal

import pytest
from stdnum.cn import uscc

from judging.demo.corpus import Corpus
from judging.demo.corpus_groups import WORDS
from judging.demo.corpus_topics import all_topics
from judging.entries.models import TopicType
from judging.units.codes import INDUSTRIES, REGIONS


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus.make()


def test_same_seed_makes_the_same_corpus(corpus):
    assert Corpus.make() == corpus


def test_another_seed_makes_other_entries(corpus):
    assert Corpus.make(seed=7).qc[0] != corpus.qc[0]


def test_corpus_has_the_size_asked_for(corpus):
    sizes = [len(part) for part in (corpus.qc, corpus.stories, corpus.papers, corpus.recommenders)]
    assert sizes == [240, 24, 40, 12]
    assert len(corpus.judges) >= 36
    assert len(corpus.units) >= 90


def test_titles_do_not_repeat_within_two_years(corpus):
    before = corpus.earlier(qc=60, stories=10, papers=12)
    titles = Counter(entry.title for entry in (*corpus.entries, *before.entries))
    assert [title for title, count in titles.items() if count > 1] == []


def test_year_before_has_the_same_people(corpus):
    before = corpus.earlier(qc=4, stories=1, papers=1)
    assert (before.year, before.units, before.judges) == (2021, corpus.units, corpus.judges)
    assert {entry.started.year for entry in before.qc} == {2020}


def test_more_titles_than_written_are_refused():
    with pytest.raises(ValueError, match="different titles are written"):
        Corpus.make(qc=1000)


def test_names_do_not_repeat(corpus):
    for names in (
        [unit.name for unit in corpus.units],
        [unit.uscc for unit in (*corpus.units, *corpus.recommenders)],
        [judge.person.name for judge in corpus.judges],
        [entry.group for entry in (*corpus.qc, *corpus.stories)],
        [entry.registration for entry in corpus.qc],
        [*WORDS],
    ):
        assert len(set(names)) == len(names)


def test_credit_codes_hold(corpus):
    assert [unit.uscc for unit in (*corpus.units, *corpus.recommenders) if not uscc.is_valid(unit.uscc)] == []


def test_units_lie_in_listed_regions_and_industries(corpus):
    assert {unit.region for unit in corpus.units} <= set(REGIONS)
    assert {unit.industry for unit in corpus.units} <= set(INDUSTRIES)


def test_every_prefecture_of_hubei_has_a_unit(corpus):
    hubei = {code for code in REGIONS if code.startswith("42") and code != "420000"}
    assert {unit.region for unit in corpus.units} == hubei


def test_some_judges_work_for_units_that_compete(corpus):
    assert {judge.unit_name for judge in corpus.judges} & {entry.unit.name for entry in corpus.entries}


def test_abstracts_fit_the_form(corpus):
    lengths = [len(entry.abstract) for entry in corpus.qc]
    assert (min(lengths) >= 150, max(lengths) <= 350) == (True, True)
    assert max(len(entry.abstract) for entry in corpus.entries) <= 500


def test_abstract_states_the_figures_of_the_entry(corpus):
    for entry in corpus.qc:
        figures = (entry.baseline, entry.target, entry.reached)
        assert all(f"{figure}{entry.measure}" in entry.abstract for figure in figures)
        assert f"{entry.benefit}万元" in entry.abstract


def test_result_lies_on_the_side_of_the_target(corpus):
    for entry in corpus.qc:
        baseline, target, reached = map(Decimal, (entry.baseline, entry.target, entry.reached))
        assert (reached - baseline) * (target - baseline) > 0
        assert reached >= 0
        assert entry.measure != "%" or reached <= 100


def test_most_results_reach_their_target(corpus):
    missed = [entry for entry in corpus.qc if "尚有差距" in entry.abstract]
    assert 1 <= len(missed) <= 30


def test_all_kinds_of_topics_occur(corpus):
    assert {entry.topic_type for entry in corpus.qc} == set(TopicType)


def test_groups_have_three_to_ten_different_members(corpus):
    for entry in corpus.qc:
        assert 3 <= len(entry.members) == len(set(entry.members)) <= 10
        assert entry.presenter in entry.members


def test_telephones_belong_to_nobody(corpus):
    people = [unit.contact for unit in corpus.units] + [judge.person for judge in corpus.judges]
    assert {(person.phone[:3], len(person.phone)) for person in people} == {("154", 11)}


def test_every_topic_has_at_least_two_causes():
    assert [topic.metric for topic in all_topics() if not topic.name and len(topic.pairs) < 2] == []
