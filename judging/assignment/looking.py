"""What people see of a plan: its pairs with reasons, its matrix, its links, and its proof checked anew."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from judging.assignment import comparability, planner, queries
from judging.assignment.affinity import told
from judging.assignment.engine.certificate import Prices, bound_of
from judging.assignment.engine.instance import broken, pairs_of, total_of
from judging.assignment.figures import links_of
from judging.assignment.models import Plan
from judging.assignment.problem import Pair, Problem, unpacked
from judging.assignment.service.fits import fits_of
from judging.assignment.service.ground import terms_of
from judging.blinding.models import Candidate
from judging.blinding.queries import candidates_of
from judging.editions.models import Edition, Round
from judging.foundation import db
from judging.foundation.storage import storage

BARRED, GIVEN = 127, 128
MOST_LINKS = 600  # drawn; the table tells all


def key_of(plan: Plan) -> str:
    """Return where the problem of a plan lies."""
    return f"{plan.digest[:2]}/{plan.digest}"


def problem_of(plan: Plan) -> Problem | None:
    """Return the problem that a plan solved, as it was then."""
    if not plan.digest or not storage().exists(key_of(plan)):
        return None
    return _problem(key_of(plan))


def chances_of(plan: Plan) -> bytes:
    """Return the file of the plans that a draw was mixed of; nothing where it was not."""
    digest = plan.certificate.get("chances", "")
    return storage().get(f"{digest[:2]}/{digest}") if digest else b""


@lru_cache(maxsize=4)
def _problem(key: str) -> Problem:
    return unpacked(storage().get(key))


def codes_of(session: Session, plan: Plan) -> list[Pair]:
    """Return the pairs of a plan as codes of candidate and judge."""
    rows = sa.select(Candidate.id, Candidate.code).where(Candidate.round_id == plan.round_id)
    candidates = {str(row[0]): row[1] for row in session.execute(rows)}
    seats = {str(seat.id): seat.judge.code for seat in queries.seats_of(session, plan.round_id)}
    return [(candidates[c], seats[s]) for c, s in plan.pairs if c in candidates and s in seats]


@dataclass(frozen=True, slots=True)
class Served:
    """A candidate of a plan with its judges."""

    code: str
    title: str
    total: float
    judges: tuple[tuple[str, str, float], ...]  # code, name, fit


def candidates_of_plan(session: Session, plan: Plan, text: str = "") -> list[Served]:
    """Return the candidates of a plan, the worst served first."""
    problem = problem_of(plan)
    titles = {c.code: c.title for c in candidates_of(session, plan.round_id)}
    names = {code: name for code, name, _load in plan.summary["loads"]}
    fit = _fit_of(problem)
    judges: dict[str, list[tuple[str, str, float]]] = {}
    for code, judge in codes_of(session, plan):
        judges.setdefault(code, []).append((judge, names.get(judge, judge), fit(code, judge)))
    rows = [
        Served(code, titles.get(code, ""), round(sum(line[2] for line in own), 4), tuple(sorted(own)))
        for code, own in judges.items()
        if text.casefold() in f"{code} {titles.get(code, '')}".casefold()
    ]
    return sorted(rows, key=lambda row: (row.total, row.code))


def _fit_of(problem: Problem | None) -> Any:
    if problem is None:
        return lambda _code, _judge: 0.0
    rows, columns = problem.rows(), problem.columns()

    def fit(code: str, judge: str) -> float:
        known = code in rows and judge in columns
        return float(problem.score[rows[code], columns[judge]]) if known else 0.0

    return fit


def reasons_of(session: Session, edition: Edition, round_: Round, rows: Sequence[Served]) -> dict[tuple[str, str], str]:
    """Return why each judge fits, for the candidates of one page."""
    candidates, seats = candidates_of(session, round_.id), queries.seats_of(session, round_.id)
    fits = fits_of(session, edition, round_, candidates, seats)
    return {
        (row.code, judge): told(fits.explain(row.code, judge))
        for row in rows
        for judge, _name, _fit in row.judges
        if row.code in fits.rows and judge in fits.columns
    }


@dataclass(frozen=True, slots=True)
class Given:
    """A judge of a plan with the candidates it would get."""

    code: str
    name: str
    candidates: tuple[tuple[str, str, float], ...]  # code, title, fit
    mean: float


def judges_of_plan(session: Session, plan: Plan) -> list[Given]:
    """Return what each judge would get."""
    titles = {c.code: c.title for c in candidates_of(session, plan.round_id)}
    fit = _fit_of(problem_of(plan))
    given: dict[str, list[tuple[str, str, float]]] = {}
    for code, judge in codes_of(session, plan):
        given.setdefault(judge, []).append((code, titles.get(code, ""), fit(code, judge)))
    made = []
    for code, name, _load in plan.summary["loads"]:
        own = sorted(given.get(code, []))
        made.append(Given(code, name, tuple(own), round(sum(c[2] for c in own) / max(1, len(own)), 3)))
    return made


def matrix_of(session: Session, plan: Plan) -> dict[str, Any]:
    """Return what the matrix is drawn with: rows, columns, the fit of a full cell."""
    problem = problem_of(plan)
    if problem is None:
        return {"rows": [], "columns": [], "most": 0, "digest": ""}
    titles = {c.code: c.title for c in candidates_of(session, plan.round_id)}
    names = {code: name for code, name, _load in plan.summary["loads"]}
    return {
        "rows": [[demand.code, titles.get(demand.code, "")] for demand in problem.demands],
        "columns": [[place.code, names.get(place.code, "")] for place in problem.places],
        "most": round(float(problem.score.max(initial=0.0)), 4),
    }


def cells_of(plan: Plan, start: int, count: int) -> bytes:
    """Return some rows of the matrix, a byte a pair: fit in hundredths of the highest, 127 barred; 128 more when given."""
    problem = problem_of(plan)
    if problem is None:
        return b""
    score, allowed = problem.score[start : start + count], problem.allowed[start : start + count]
    most = float(problem.score.max(initial=0.0)) or 1.0
    cells = np.clip(np.rint(100 * score / most), 0, 100).astype(np.uint8)
    cells[~allowed] = BARRED
    return (cells + GIVEN * _given(plan, problem)[start : start + count].astype(np.uint8)).tobytes()


def _given(plan: Plan, problem: Problem) -> NDArray[np.bool_]:
    return problem.grid(tuple(codes_of(db.session(), plan)))


def links_of_plan(plan: Plan) -> dict[str, Any]:
    """Return judges as knots and their common candidates as lines, the strongest; and a line of words for each judge."""
    problem = problem_of(plan)
    if problem is None:
        return {"nodes": [], "links": [], "rows": [], "parts": 0}
    grid = _given(plan, problem)
    common = links_of(grid)
    np.fill_diagonal(common, 0)
    names = {code: name for code, name, _load in plan.summary["loads"]}
    part = comparability.parts_of_judges(grid)
    i, j = np.nonzero(np.triu(common))
    strongest = np.argsort(-common[i, j], kind="stable")[:MOST_LINKS]
    loads = grid.sum(axis=0)
    labels = [names.get(place.code, place.code) for place in problem.places]
    return {
        "nodes": [
            {"name": label, "value": int(load), "part": int(part[n])}
            for n, (label, load) in enumerate(zip(labels, loads, strict=True))
        ],
        "links": [{"source": int(i[e]), "target": int(j[e]), "value": int(common[i[e], j[e]])} for e in strongest],
        "rows": [
            (
                place.code,
                labels[n],
                int(loads[n]),
                int((common[n] > 0).sum()),
                int(common[n].max(initial=0)),
                int(part[n]),
            )
            for n, place in enumerate(problem.places)
        ],
        "all": len(i),
        "parts": plan.summary["parts"],
    }


@dataclass(frozen=True, slots=True)
class Checked:
    """A proof checked anew."""

    total: float
    bound: float
    sound: bool  # the file is the one that was stored, its rules are kept, and the bound is as told
    broken: dict[str, int]

    @property
    def share(self) -> float:
        """Return how much of the best possible the plan surely has."""
        return 1.0 if self.bound <= 0 else min(1.0, self.total / self.bound)


def check_proof(plan: Plan) -> Checked | None:
    """Recompute total and bound from the stored problem and the stored prices, without the solver."""
    problem = problem_of(plan)
    if problem is None or not plan.certificate:
        return None
    instance = planner.instance_of(problem)
    proof = plan.certificate
    tolls = np.array(proof.get("tolls") or np.zeros((0, 4)), dtype=np.float64).reshape(-1, 4)
    row, rule, label = (tolls[:, n].astype(np.int64) for n in range(3))
    bound = bound_of(instance, Prices(np.array(proof["prices"], dtype=np.float64), row, rule, label, tolls[:, 3]))
    pairs = pairs_of(*np.nonzero(_given(plan, problem)))
    total, found = total_of(instance, pairs), broken(instance, pairs)
    sound = hashlib.sha256(storage().get(key_of(plan))).hexdigest() == plan.digest
    sound = (
        sound and not found and bound <= plan.summary["bound"] + 1e-6 * max(1.0, abs(bound)) and total <= bound + 1e-6
    )
    return Checked(round(total, 6), round(bound, 6), sound, found)


def draw_again(plan: Plan) -> tuple[str, ...] | None:
    """Draw a plan again from the stored problem and the revealed secret; say what does not hold, nothing if all does."""
    problem = problem_of(plan)
    if problem is None or not plan.secret:
        return None
    terms = terms_of(plan.ask, plan.secret)
    pairs = tuple(codes_of(db.session(), plan))
    return planner.faults_of(problem, terms.cap, plan.secret, plan.commitment, pairs, chances_of(plan))
