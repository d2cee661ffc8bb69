"""What two judgements must have in common, whatever is right: no oracle is asked.

What a contract says of another duty, in two pieces, or in the same words again, changes no row (SEMANTICS 1); of two
kinds, *all* is both and *any* is one of them (SEMANTICS 6).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from dutywatch.clock import local_date
from dutywatch.terms.contract import Amendment, Contract
from dutywatch.terms.obligation import Kinds
from dutywatch.terms.patterns import Obligation, Respond, depends_on
from tests.judge import traces, window_traces
from tests.judge.bench import set_up
from tests.judge.oracle import Trace
from tests.judge.test_oracle import by_key, no_delivery_duties
from tests.judge.traces import HOUR, instants

__all__ = ["no_delivery_duties"]

CASES = int(os.environ.get("DUTYWATCH_ORACLE_CASES", "2"))
SAME = "DUTYWATCH_ORACLE_CASES" not in os.environ  # the same cases every time, unless more are asked for
PATTERNS = ("respond", "recur", "attain", "keep")
Rows = dict[tuple[str, str, str], dict[str, Any]]
cases = settings(max_examples=CASES, derandomize=SAME, deadline=None, suppress_health_check=list(HealthCheck))


def drawn(data: st.DataObject, pattern: str) -> tuple[Trace, datetime]:
    """A trace of some pattern, and when it is judged: as its evidence comes, or when all has come."""
    trace = data.draw(traces.traces() if pattern == "respond" else window_traces.traces(pattern))  # type: ignore[arg-type]
    points = sorted(set(instants(trace)))
    as_of = data.draw(st.sampled_from([*points[len(points) // 2 :], points[-1] + 200 * HOUR]))
    note(f"as of {as_of}")
    return trace, as_of


def judged(trace: Trace, as_of: datetime) -> Rows:
    """The rows by obligation, unit and key of the trigger."""
    with tempfile.TemporaryDirectory() as folder:
        bench = set_up(Path(folder), trace)
        return by_key(bench.rows(bench.judge(as_of)))


def saying(trace: Trace, **words: Any) -> Trace:
    """The trace under a contract that says something else."""
    return replace(trace, contract=trace.contract.model_copy(update=words))


def needed(contract: Contract, name: str) -> set[str]:
    """An obligation, and all that it is judged from."""
    others = depends_on(contract.obligations[name])
    return {name}.union(*(needed(contract, other) for other in others))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_other_obligations_change_nothing(pattern: str) -> None:
    @cases
    @given(st.data())
    def alike(data: st.DataObject) -> None:
        trace, as_of = drawn(data, pattern)
        contract = trace.contract
        assume(len(contract.obligations) > 1)
        name = data.draw(st.sampled_from(sorted(contract.obligations)))
        kept = needed(contract, name)
        alone = saying(
            trace,
            obligations={one: words for one, words in contract.obligations.items() if one in kept},
            amendments=tuple(one for one in contract.amendments if one.obligation in kept),
        )
        found = judged(trace, as_of)
        assert judged(alone, as_of) == {key: row for key, row in found.items() if key[0] in kept}

    alike()


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_is_said_again_from_a_day_on_changes_nothing(pattern: str) -> None:
    """An amendment to the words that hold already, and a register that tells of a unit up to a day and from it on."""

    @cases
    @given(st.data())
    def alike(data: st.DataObject) -> None:
        trace, as_of = drawn(data, pattern)
        contract = trace.contract
        day = local_date(data.draw(st.sampled_from(sorted(set(instants(trace))))), contract.zone)
        name = data.draw(st.sampled_from(sorted(contract.obligations)))
        assume(all(one.obligation != name for one in contract.amendments))
        again = {
            "obligation": name,
            "clause": "§9",
            "from": day,
            "by": ["desk", "chief"],
            "change": {"at_risk": contract.obligations[name].at_risk},
        }
        once, rest = [u for u in trace.units if (u.valid_from, u.valid_to) == (None, None)], list(trace.units)
        for unit in once:
            rest.remove(unit)
            rest += [replace(unit, valid_to=day - timedelta(days=1)), replace(unit, valid_from=day)]
        said = saying(trace, amendments=(*contract.amendments, Amendment.model_validate(again)))
        assert judged(replace(said, units=tuple(rest)), as_of) == judged(trace, as_of)

    alike()


def asking(words: Respond, *, share: float | None = None, **kinds: tuple[str, ...]) -> Respond:
    """The obligation, that asks for these kinds of act; silence proves nothing."""
    action = words.action.model_copy(update={"kind": Kinds(**kinds), "share": share, "consume": None})
    return words.model_copy(update={"action": action, "silence": "unproven"})


@cases
@given(st.data())
def test_all_of_two_kinds_is_both_and_any_is_one_of_them(data: st.DataObject) -> None:
    trace, as_of = drawn(data, "respond")
    contract = trace.contract
    words = contract.obligations[data.draw(st.sampled_from(["clear", "haul"]))]
    assert isinstance(words, Respond)
    obligations: Mapping[str, Obligation] = {
        "plow": asking(words, any=("plow",)),
        "haul": asking(words, any=("haul",)),
        "any": asking(words, any=("plow", "haul")),
        "all": asking(words, all=("plow", "haul")),
    }
    said = saying(trace, obligations=obligations, amendments=(), assignments=())
    rows = judged(replace(said, decisions=()), as_of)
    for name, unit, trigger in [key for key in rows if key[0] == "all"]:
        plow, haul, any_, all_ = (rows[one, unit, trigger]["verdict"] for one in ("plow", "haul", "any", name))
        if "excused" in (plow, haul, any_, all_):
            continue  # by another's act of one kind
        assert (all_ == "met") == (plow == haul == "met")
        assert all_ == "breached" or "breached" not in (plow, haul)
        assert any_ == "met" or "met" not in (plow, haul)
        assert (any_ == "breached") == (plow == haul == "breached")
