"""Panel rules that cross, made into rules that nest by asking a little less, and back again.

A city's judges and the seniors cross: neither lies within the other. “One judge of a city” implies “one senior of a
city” and “one other of a city”, and these nest within seniors and others, so that a flow can keep them. What the flow
then still breaks is made dear by tolls.
"""

from dataclasses import dataclass

import numpy as np

from judging.assignment.engine.certificate import Prices
from judging.assignment.engine.instance import Floats, Ints
from judging.assignment.engine.network import are_nested
from judging.assignment.engine.rest import Cap, Rest
from judging.assignment.engine.tolls import Rules


@dataclass(frozen=True, slots=True, eq=False)
class Core:
    """Nested caps that the rules imply.

    Attributes
    ----------
    caps
        Nested with one another.
    rule : of each cap, the number of the rule it comes from
    wider : of each cap, int64 (labels,): which label of that rule holds a label of the cap
    """

    caps: tuple[Cap, ...]
    rule: tuple[int, ...]
    wider: tuple[Ints, ...]


def core_of(rest: Rest) -> Core:
    """Return the nested core of the panel rules; needs first, for families are easier to divide."""
    families = len(rest.instance.families)
    order = [*range(families, len(rest.caps)), *range(families)]
    caps: list[Cap] = []
    wider: list[Ints] = []
    for number in order:
        cap = rest.caps[number]
        crossed = [other for other in caps if not are_nested((other, cap))]
        divided, held = divide(cap, crossed)
        if not are_nested((*caps, divided)):
            divided, held = divide(cap, caps)
        caps.append(divided)
        wider.append(held)
    return Core(tuple(caps), tuple(order), tuple(wider))


def divide(cap: Cap, others: list[Cap]) -> tuple[Cap, Ints]:
    """Return a cap whose labels are divided by others' labels, and which label each part comes from.

    A part admits as many judges as the whole; pinned judges take their place in every part.
    """
    inside = np.nonzero(cap.label >= 0)[0]
    if not others or not len(inside):
        return cap, np.arange(cap.labels)
    signs = np.column_stack([cap.label[inside], *(other.label[inside] for other in others)])
    parts, part = np.unique(signs, axis=0, return_inverse=True)
    label = np.full(len(cap.label), -1, dtype=np.int64)
    label[inside] = part.ravel()
    wider = parts[:, 0]
    row, whole = cap.taken // cap.labels, cap.taken % cap.labels
    first, count = np.searchsorted(wider, whole), np.bincount(wider, minlength=cap.labels)[whole]
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    taken = np.sort(np.repeat(row, count) * len(parts) + np.repeat(first, count) + step)
    return Cap(label, cap.room, taken), wider


def folded(core: Core, proof: Prices, rest: Rest, rules: Rules, toll: Floats) -> Prices:
    """Return tolls of the core's caps as tolls of the rules they come from, with further tolls of these.

    A rule's toll is paid by more judges than a part's and brings in no more, so that the bound can only fall.
    """
    row, rule, label = proof.row, proof.rule.copy(), proof.label.copy()
    for number, wider in enumerate(core.wider):
        mine = proof.rule == number
        rule[mine], label[mine] = core.rule[number], wider[proof.label[mine]]
    row, rule, label = (np.concatenate(both) for both in zip((row, rule, label), rules.key, strict=True))
    width = max((cap.labels for cap in rest.caps), default=1)
    keys, place = np.unique((row * len(rest.caps) + rule) * width + label, return_inverse=True)
    tolls = np.zeros(len(keys))
    np.add.at(tolls, place, np.concatenate([proof.toll, toll]))
    return Prices(proof.judge, keys // width // len(rest.caps), keys // width % len(rest.caps), keys % width, tolls)
