"""Draws the seasons' curve as an SVG without a plotting library: two panels, over a_eff, with two standard errors."""

from collections.abc import Sequence
from typing import Protocol

SIZE, GAP, LEFT, TOP, BOTTOM, LEGEND = 330, 60, 60, 70, 60, 170
HEIGHT = 400
COLOURS = ("#1b6ca8", "#c0392b", "#2e8b57", "#8e5ea2", "#b8860b")
PANELS = (("published", "Published scores (entries and judges fixed)"), ("predicted", "Best linear predictions"))


class Point(Protocol):
    """What is drawn of a plan."""

    competition: str
    plan: str
    a_eff: float
    severities: str
    score: str
    more: float
    error: float


def figure(points: Sequence[Point], seasons: int) -> str:
    """Return a figure of true winners found beyond the plain optimum, severities half shared within fields."""
    shown = [point for point in points if point.severities == "fields"]
    names = list(dict.fromkeys(point.competition for point in shown))
    heading = f"True winners found beyond the plain optimum, in percentage points ({seasons} seasons)"
    width = LEFT + 2 * SIZE + GAP + LEGEND
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="22" font-size="15">{heading}</text>',
    ]
    for place, (score, title) in enumerate(PANELS):
        mine = [point for point in shown if point.score == score]
        parts += _panel(mine, names, LEFT + place * (SIZE + GAP), title)
    x = LEFT + 2 * SIZE + GAP + 20
    for place, name in enumerate(names):
        y = TOP + 20 * place + 10
        parts.append(f'<circle cx="{x}" cy="{y - 4}" r="5" fill="{COLOURS[place % len(COLOURS)]}"/>')
        parts.append(f'<text x="{x + 12}" y="{y}">{name}</text>')
    y = TOP + 20 * len(names) + 20
    parts.append(f'<text x="{x - 5}" y="{y}" font-size="11">hollow: plain optimum</text>')
    parts.append(f'<text x="{x - 5}" y="{y + 15}" font-size="11">bars: two standard errors</text>')
    return "\n".join([*parts, "</svg>", ""])


def _panel(points: Sequence[Point], names: list[str], left: float, title: str) -> list[str]:
    high = 1.05 * max(0.01, *(point.more + 2 * point.error for point in points))
    low = 1.05 * min(-0.01, *(point.more - 2 * point.error for point in points))

    def across(value: float) -> float:
        return left + value * SIZE

    def up(value: float) -> float:
        return HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    step = next(one for one in (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 1.0) if (high - low) / one <= 9)
    parts = [f'<text x="{left}" y="{TOP - 14}" font-size="13">{title}</text>']
    for tick in range(int(low / step), int(high / step) + 1):
        y, shade = up(tick * step), "#ddd" if tick else "#888"
        parts.append(f'<line x1="{left}" x2="{across(1)}" y1="{y:.1f}" y2="{y:.1f}" stroke="{shade}"/>')
        parts.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{100 * tick * step:g}</text>')
    for tick in range(0, 11, 2):
        parts.append(f'<text x="{across(tick / 10):.1f}" y="{HEIGHT - 40}" text-anchor="middle">{tick / 10:g}</text>')
    parts.append(f'<text x="{across(0.5)}" y="{HEIGHT - 18}" text-anchor="middle">a_eff of the plan</text>')
    for place, name in enumerate(names):
        colour = COLOURS[place % len(COLOURS)]
        mine = sorted((point for point in points if point.competition == name), key=lambda point: point.a_eff)
        line = " ".join(f"{across(point.a_eff):.1f},{up(point.more):.1f}" for point in mine)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        for point in mine:
            x, ends = across(point.a_eff), (up(point.more - 2 * point.error), up(point.more + 2 * point.error))
            parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{ends[0]:.1f}" y2="{ends[1]:.1f}" stroke="{colour}"/>')
            fill = "white" if point.plan == "optimum" else colour
            parts.append(f'<circle cx="{x:.1f}" cy="{up(point.more):.1f}" r="4" fill="{fill}" stroke="{colour}"/>')
    return parts
