"""A page sends the browser to our own pages only."""

import pytest

from judging.web.links import safe_target


@pytest.mark.parametrize("target", ["/", "/e/2022/entries/?q=质量&page=2", "/a//b", "/a#b"])
def test_a_path_of_ours_is_kept(target: str) -> None:
    assert safe_target(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "entries",
        "https://example.org/",
        "//example.org",
        "///example.org",
        "/\\example.org",
        "\\\\example.org",
        "/\t/example.org",
        "/\n//example.org",
        "/\r\nLocation: https://example.org",
        "javascript:alert(1)",
        " /entries",
    ],
)
def test_any_other_target_is_dropped(target: str | None) -> None:
    assert safe_target(target) is None
