"""QC stories and papers: a line of the hand-written lists becomes an entry of a unit of its trade."""

from collections.abc import Iterator
from random import Random

from judging.demo.corpus_facts import PaperFacts, StoryFacts, UnitFacts
from judging.demo.corpus_papers import PAPERS
from judging.demo.corpus_stories import STORIES
from judging.demo.people import make_names

STORY_ENDINGS = (
    "故事以第一人称讲述，配合现场照片和前后对比数据，时长八分钟以内。",
    "作品由小组成员共同创作，取材于真实的改进课题，重在展现一线员工用数据说话的过程。",
    "作品把质量工具融入情节，让观众在故事中看见问题、原因和改变。",
)
PAPER_ENDINGS = (
    "研究表明，该方法步骤清楚、数据易得，对同类组织开展质量改进具有参考价值。",
    "文章最后讨论了方法的适用条件和局限，并给出推广应用的建议。",
    "实践证明，上述做法投入较小、见效较快，可在同行业中推广。",
)


def story_lines() -> list[list[str]]:
    """Trade, title, keywords and synopsis of each story."""
    return _read(STORIES)


def paper_lines() -> list[list[str]]:
    """Trade, title, keywords, background, method and finding of each paper."""
    return _read(PAPERS)


def make_story(rng: Random, number: int, line: list[str], unit: UnitFacts, groups: Iterator[str]) -> StoryFacts:
    """One story with one to four speakers."""
    _, title, keywords, synopsis = line
    members = make_names(rng, rng.choice((1, 2, 2, 3, 4)))
    abstract = synopsis + rng.choice(STORY_ENDINGS)
    return StoryFacts(number, unit, title, tuple(keywords.split("、")), abstract, next(groups), members, members[0])


def make_paper(rng: Random, number: int, line: list[str], unit: UnitFacts) -> PaperFacts:
    """One paper with one to four authors."""
    _, title, keywords, background, method, finding = line
    abstract = f"{background}。本文{method}。结果表明，{finding}。{rng.choice(PAPER_ENDINGS)}"
    members = make_names(rng, rng.choice((1, 2, 2, 3, 3, 4)))
    sentences = (background, method, finding)
    return PaperFacts(number, unit, title, tuple(keywords.split("、")), abstract, members, sentences)


def _read(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
