"""Groups of judges between which links may be thin."""

import numpy as np
from numpy.typing import NDArray

from judging.assignment.groups import Bond, Cut, bonds, grouped

Grid = NDArray[np.bool_]


def blocks(*sizes: tuple[int, int], bridges: int = 0) -> Grid:
    """Groups of (candidates, judges) in which everybody judges everything; bridges also go to the second's first judge."""
    grid = np.zeros((sum(n for n, _ in sizes), sum(m for _, m in sizes)), dtype=bool)
    row = column = 0
    for n, m in sizes:
        grid[row : row + n, column : column + m] = True
        row, column = row + n, column + m
    if bridges:
        grid[:bridges, sizes[0][1]] = True
    return grid


def test_parts_without_a_link_come_first() -> None:
    grid = blocks((4, 3), (4, 3))
    found = grouped(grid, [0, 0, 0, 1, 1, 1])
    assert found is not None
    assert (found[0], bonds(grid, found[1])) == (Cut.PARTS, [Bond(0, 1, 0)])


def test_panels_that_share_candidates_are_the_groups() -> None:
    grid = blocks((4, 3), (4, 3), bridges=2)
    found = grouped(grid, [7, 7, 7, 9, 9, 9])
    assert found is not None
    assert (found[0], found[1].tolist(), bonds(grid, found[1])) == (Cut.PANELS, [0, 0, 0, 1, 1, 1], [Bond(0, 1, 2)])


def test_one_panel_is_split_where_its_links_are_thinnest() -> None:
    grid = blocks((6, 4), (6, 4), bridges=1)
    found = grouped(grid[:, [4, 0, 5, 1, 6, 2, 7, 3]], [0] * 8)
    assert found is not None
    assert (found[0], found[1].tolist()) == (Cut.HALVES, [0, 1, 0, 1, 0, 1, 0, 1])


def test_judges_without_candidates_belong_to_no_group() -> None:
    grid = np.hstack([blocks((4, 3), (4, 3)), np.zeros((8, 1), dtype=bool)])
    found = grouped(grid, [0] * 7)
    assert found is not None
    assert found[1][-1] == -1


def test_a_single_judge_has_nobody_to_be_linked_with() -> None:
    assert grouped(blocks((4, 1)), [0]) is None
