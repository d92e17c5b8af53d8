"""The scoring engine: tables of marks in, scores, severities and flags out. Numbers only; no web, no database.

>>> import scoring
>>> table = scoring.ScoreTable.from_columns(
...     entry=["A", "A", "A", "B", "B", "B"], judge=["P", "Q", "R", "P", "Q", "R"], mark=[90, 86, 88, 80, 79, 75]
... )
>>> result = scoring.evaluate(table, method="mean", top=[1], seed=2022)
>>> [(entry.rank, entry.entry, str(entry.score)) for entry in result.entries]
[(1, 'A', '88.00'), (2, 'B', '78.00')]

The table
---------
``ScoreTable.from_columns(*, entry, judge, mark, criterion=None, weights=None, low=None, high=None, step=None,
entries=None, judges=None, recused=None, barred=(), unit_of_entry=None, unit_of_judge=None) -> ScoreTable``

- `entry`, `judge`, `criterion`: sequences of ids (made strings); `mark`: Decimal, int, float or text of a number.
- without `criterion` a mark is the judge's total; with it, total = sum of weight x mark (`weights` by criterion, 1 if
  not given) and a ballot must have every criterion.
- `low`, `high`, `step`: one number for all, or a mapping by criterion.
- `entries`, `judges`: whom to expect; another id is a bad row, an expected entry without a score is one too.
- `recused`: one boolean a row; such rows never count. `barred`: pairs (entry, judge) that must not occur.
- raises ``BadRows`` (a ``ScoringError``) that lists every bad row: ``error.rows`` of ``BadRow(row, code, text)``.

The result
----------
``evaluate(table, *, method="severity", seed=0, drop=1, drop_from=5, decimals=2, top=(), chain=(),
exchangeable=False, draws=1000) -> Evaluation`` (see ``scoring/evaluation.py`` for every field)

- `method`: ``mean``, ``trimmed``, ``median``, ``standard`` (50 + 10 z), ``mapped`` (z on the common scale), ``severity``.
- `drop` highest and lowest totals are left out from `drop_from` judges on; less than 5 is an explicit choice and noted.
- `top`: the k for which ``entry.p_top[k]`` is wanted.
- `chain`: what parts equal published scores, in order: ``criterion:NAME``, ``median``, ``raw_mean``, ``raw_total``,
  ``trimmed``, ``adjusted``, ``lot`` (drawn from the seed).
- `exchangeable`: rank unlinked parts of the design together under ``severity`` (an assumption; else each by itself).
- ``Evaluation``: ``entries`` (in order of standing: entry, n, raw_mean, trimmed, median, standard, mapped, adjusted, score
  (Decimal), exact, se, low90, high90, rank, tied, rank_low, rank_high, p_top, component), ``judges`` (judge, n, mean,
  sd, severity (positive = severe), adjustment (Decimal), se, low90, high90, spread, component), ``flags`` (kind, judge,
  entry, statistic, p, q, effect, threshold, tested, text), ``tested``, ``components``, ``variances``, ``notes`` (code,
  text, params), ``params`` (JSON; ``evaluate(table, **params)`` gives the same), ``version``, ``digest``.
- raises ``ScoringError`` with ``code`` and ``params``.

Published scores under ``severity`` recompute by hand: score = mean of (total + the judge's adjustment), rounded half up.
"""

__version__ = "0.1.0"
