"""A finding: what makes a clause of a sound contract unjudgeable or unfair, and what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dutywatch.terms.document import Path_
from dutywatch.terms.patterns import Obligation
from dutywatch.terms.terms import Terms


@dataclass(frozen=True)
class Remark:
    """What a kind of finding says of one place in the contract: the reason, and a proposal."""

    path: Path_
    reason: str
    proposal: str


Kind = Callable[[Terms], Iterator[Remark]]


@dataclass(frozen=True)
class Finding:
    """A remark with its kind, its place, the clause that the contract cites there, and why it stands, if it says so.

    `place`: the dotted path in the contract; `line`: its line, from 1, in `file`, which is a pack's for what a pack
    brought. `explained`: the reason that the contract
    gives under `explained`; None: the finding stands open.
    """

    kind: str
    place: str
    line: int
    clause: str | None
    reason: str
    proposal: str
    explained: str | None = None
    file: str = "contract.yaml"


def obligations(terms: Terms) -> Iterator[tuple[Path_, Obligation]]:
    """Every obligation with its path, once as the contract began and once for each of its amended wordings."""
    for name in terms.contract.obligations:
        for _, _, obligation in terms.words(name):
            yield ("obligations", name), obligation


def listed(names: list[str], last: str = "and") -> str:
    """Names as a sentence has them: "`a`, `b` and `c`"."""
    quoted = [f"`{name}`" for name in names]
    return f" {last} ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else "".join(quoted)
