"""What validation is given and what it gives back: values only, no Great Expectations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dutywatch.validate.suite import Suite


@dataclass(frozen=True)
class Batch:
    """The parsed rows of one delivery, and all that its suite compares them with.

    `rows` is a Parquet file: line, raw, fault, then the canonical columns, all of them named in `columns`.
    `texts` finds the (line, text) of rows whose `raw` is not in it, lines rising; without it, all of them are.
    The delivery may speak about [begins, ends). No `kinds`: any kind goes. `parameters` are further values
    for `$PARAMETER`. `label` is how a message names the delivery.
    """

    suite: Suite
    rows: str
    columns: tuple[str, ...]
    begins: datetime
    ends: datetime
    accepted_to: str
    quarantined_to: str
    units: frozenset[str] | tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""
    texts: Callable[[npt.NDArray[np.int64]], pa.RecordBatchReader] | None = None

    def __post_init__(self) -> None:
        if self.begins.tzinfo is None or self.ends.tzinfo is None:
            raise ValueError(f"{self}: begins and ends need a time zone")

    def __str__(self) -> str:
        return self.label or self.rows


@dataclass(frozen=True)
class Outcome:
    """What became of one batch.

    `by_rule` counts the rows that a rule sent to quarantine (a row may break several), `noted` those that an
    info rule only remarked on. `warnings` are sentences about rules of the whole delivery that failed but do
    not refuse it. `refused` gives the reason; then nothing was written, accepted or quarantined.
    """

    rows: int
    accepted: int
    quarantined: int
    by_rule: Mapping[str, int] = field(default_factory=dict)
    noted: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    refused: str | None = None

    def __str__(self) -> str:
        if self.refused is not None:
            return f"refused: {self.refused}"
        reasons = "; ".join(f"{rule}: {count}" for rule, count in self.by_rule.items())
        tail = f" ({reasons})" if reasons else ""
        warned = "".join(f"; warning: {warning}" for warning in self.warnings)
        return f"{self.accepted} accepted, {self.quarantined} quarantined{tail}{warned}"
