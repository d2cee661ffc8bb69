"""The first act of each duty: what settles most duties of a big city without more ado.

Millions of acts are read once, grouped, and never kept: window by window where many units share few clocks (a storm),
by the duty's own key where nearly every duty has its clock (a case). Duties about which more must be known (several
parts, other parties, refutations, doubtful times) stand in the table `entangled`; only their acts are laid out in full.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from dutywatch.judge.case import Case
from dutywatch.judge.evidence import Selection
from dutywatch.judge.timeline import Interval
from dutywatch.terms.patterns import Respond

CROWD = 100  # fewer duties to a window than this, and one join by key is quicker than a look at every window
MOST_WINDOWS = 400  # so it is where there are more windows than this
# instant and ref in one integer: the least of them is found several times as fast as that of a struct
_FIRST = (
    "min((epoch_us({at})::HUGEINT + 4611686018427387904) * 18446744073709551616 + {ref}) AS first, "
    "min({party}) AS least, max({party}) AS most, bool_or({earlier} IS NOT NULL) AS doubtful"
)
_UNPACKED = "make_timestamptz(((first >> 64) - 4611686018427387904)::BIGINT), (first & 18446744073709551615)::BIGINT"
_COLUMNS = ("at", "ref", "party", "earlier")
KEPT = 'duty INTEGER, "at" TIMESTAMPTZ, ref BIGINT, involved BOOLEAN'
_INVOLVED = "(least <> party OR most <> party OR doubtful)"


def find(case: Case[Respond], asked: Selection, over: Interval) -> None:
    """Fill `firsts` (duty, at, ref, involved): the first act in time of each duty, else its first late one.

    `involved`: others acted too, or a time is doubtful, so that the first act alone does not tell. Reads `duties`,
    `clocks`.
    """
    duck = case.evidence.duck
    duck.execute(f"CREATE OR REPLACE TEMP TABLE firsts ({KEPT})")
    duck.execute(
        "CREATE OR REPLACE TEMP TABLE windows AS SELECT row_number() OVER (ORDER BY lower, due_at) AS number, lower, "
        "due_at FROM (SELECT DISTINCT lower, due_at FROM clocks WHERE lower <= $as_of)",
        {"as_of": over[1]},
    )
    spans = case.evidence.rows("SELECT * FROM windows ORDER BY number", {})
    ((owed,),) = duck.execute("SELECT count(*) FROM duties").fetchall()
    if CROWD * len(spans) <= owed and len(spans) <= MOST_WINDOWS:
        for span in spans:
            _wait(case, span["number"])
            due = min(span["due_at"] or over[1], over[1])
            for begins, ends in [(span["lower"], due), *_later(due, over[1])]:
                if not case.evidence.duck.execute("SELECT 1 FROM waiting LIMIT 1").fetchall():
                    break
                _window(case, asked, (begins, ends), late=begins == due)
    else:
        _by_key(case, asked, over)


def _later(due: datetime, until: datetime) -> Iterator[Interval]:
    """The time from `due` to `until` in slices, each twice as long as the one before: most late acts come soon."""
    length = timedelta(days=1)
    while due < until:
        yield due, min(due + length, until)
        due, length = due + length, 2 * length


def _wait(case: Case[Respond], number: int) -> None:
    """`waiting` (duty, key, party): the duties of one window, of which no act is known yet."""
    case.evidence.duck.execute(
        "CREATE OR REPLACE TEMP TABLE waiting AS SELECT d.duty, d.key, d.party FROM duties d "
        "JOIN clocks c USING (clock) JOIN windows w ON w.lower = c.lower AND w.due_at IS NOT DISTINCT FROM c.due_at "
        "AND w.number = $number",
        {"number": number},
    )


def _window(case: Case[Respond], asked: Selection, within: Interval, *, late: bool) -> None:
    """The first act of every key within a stretch of time, given to the duties of `waiting` that it serves."""
    query, parameters = case.evidence.events(asked, within)
    only = "WHERE key IN (SELECT key FROM waiting)" if late else ""  # most keys wait at first, few in the end
    first = _FIRST.format(**{name: f'"{name}"' for name in _COLUMNS})
    grouped = f"SELECT key, {first} FROM ({query}) {only} GROUP BY key"
    case.evidence.duck.execute(
        f"INSERT INTO firsts SELECT duty, {_UNPACKED}, coalesce({_INVOLVED}, false) "
        f"FROM ({grouped}) JOIN waiting USING (key)",
        parameters,
    )
    case.evidence.duck.execute("DELETE FROM waiting WHERE duty IN (SELECT duty FROM firsts)")


def _by_key(case: Case[Respond], asked: Selection, over: Interval) -> None:
    query, parameters = case.evidence.events(asked, over)
    first = _FIRST.format(**{name: f"a.{name}" for name in _COLUMNS})
    case.evidence.duck.execute(
        "INSERT INTO firsts WITH waiting AS MATERIALIZED ("
        "SELECT d.duty, d.key, d.party, c.lower FROM duties d JOIN clocks c USING (clock)) "
        f"SELECT duty, {_UNPACKED}, coalesce({_INVOLVED}, false) FROM ("
        f"SELECT w.duty, any_value(w.party) AS party, {first} "
        f"FROM ({query}) a JOIN waiting w ON w.key = a.key AND a.at >= w.lower GROUP BY w.duty)",
        parameters,
    )


def entangle(case: Case[Respond], asked: Selection, over: Interval, columns: tuple[str, ...]) -> None:
    """Fill `entangled` (duty) and `actions`: all acts on their keys. Reads `firsts`, `seen`, `duties`."""
    action, duck = case.obligation.action, case.evidence.duck
    every = action.all_of > 1 or action.consume is not None
    duck.execute(
        "CREATE OR REPLACE TEMP TABLE entangled AS SELECT duty FROM duties WHERE $every "
        "UNION SELECT duty FROM seen UNION SELECT duty FROM firsts WHERE involved",
        {"every": every},
    )
    query, parameters = case.evidence.events(asked, over)
    only = "key IN (SELECT key FROM duties SEMI JOIN entangled USING (duty))"
    duck.execute(
        f"CREATE OR REPLACE TEMP TABLE actions AS SELECT {', '.join(columns)} FROM ({query}) WHERE {only}", parameters
    )


def see(case: Case[Respond]) -> None:
    """Fill `seen` (duty, at, rank, ref, sure): what inspectors saw, from the first act that counts to the next trigger.

    What may lie after the next trigger is not sure.
    """
    case.evidence.duck.execute(
        "CREATE OR REPLACE TEMP TABLE seen AS "
        "WITH told AS (SELECT d.duty, r.*, c.lower, coalesce(c.until_at, 'infinity'::TIMESTAMPTZ) AS until "
        "  FROM duties d JOIN clocks c USING (clock) JOIN refutations r ON r.unit = coalesce(c.named, d.unit)) "
        'SELECT duty, "at", rank, ref, sure AND later < until AS sure FROM told WHERE "at" >= lower AND "at" < until'
    )
