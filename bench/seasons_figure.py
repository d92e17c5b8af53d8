"""Draws the seasons' curve as an SVG without a plotting library."""

from collections.abc import Sequence
from typing import Protocol

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 760, 420, 70, 50, 190, 60
COLOURS = ("#1b6ca8", "#c0392b", "#2e8b57", "#8e5ea2", "#b8860b")


class Point(Protocol):
    """What is drawn of a plan."""

    competition: str
    plan: str
    a_eff: float
    more: float
    error: float


def figure(points: Sequence[Point], seasons: int) -> str:
    """Return a figure of winners found more than with the plain optimum, over a_eff, with two standard errors."""
    names = list(dict.fromkeys(point.competition for point in points))
    high = max(0.01, *(point.more + 2 * point.error for point in points)) * 1.05
    low = min(0.0, *(point.more - 2 * point.error for point in points)) * 1.05

    def across(value: float) -> float:
        return LEFT + value * (WIDTH - LEFT - RIGHT)

    def up(value: float) -> float:
        return HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="24" font-size="15">True winners found beyond the plain optimum, {seasons} seasons</text>',
        f'<text x="{across(0.5)}" y="{HEIGHT - 14}" text-anchor="middle">a_eff: how well severities can be told apart</text>',
        f'<text x="{LEFT - 52}" y="{TOP - 8}">percentage points</text>',
    ]
    step = 0.01 if high - low < 0.08 else 0.02 if high - low < 0.2 else 0.05
    for tick in range(int(low / step), int(high / step) + 1):
        y = up(tick * step)
        parts.append(f'<line x1="{LEFT}" x2="{across(1)}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{100 * tick * step:.0f}</text>')
    for tick in range(0, 11, 2):
        parts.append(f'<text x="{across(tick / 10):.1f}" y="{HEIGHT - 38}" text-anchor="middle">{tick / 10}</text>')
    for place, name in enumerate(names):
        colour = COLOURS[place % len(COLOURS)]
        mine = sorted((point for point in points if point.competition == name), key=lambda point: point.a_eff)
        line = " ".join(f"{across(point.a_eff):.1f},{up(point.more):.1f}" for point in mine)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        for point in mine:
            x, y = across(point.a_eff), up(point.more)
            ends = up(point.more - 2 * point.error), up(point.more + 2 * point.error)
            parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{ends[0]:.1f}" y2="{ends[1]:.1f}" stroke="{colour}"/>')
            shade = "white" if point.plan == "optimum" else colour
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{shade}" stroke="{colour}"/>')
        y = TOP + 20 * place + 10
        parts.append(f'<circle cx="{across(1) + 22}" cy="{y - 4}" r="5" fill="{colour}"/>')
        parts.append(f'<text x="{across(1) + 34}" y="{y}">{name}</text>')
    y = TOP + 20 * len(names) + 24
    parts.append(f'<text x="{across(1) + 16}" y="{y}" font-size="11">hollow: plain optimum</text>')
    parts.append(f'<text x="{across(1) + 16}" y="{y + 15}" font-size="11">bars: two standard errors</text>')
    return "\n".join([*parts, "</svg>", ""])
