"""The ids by which Airflow knows a contract's DAG and its runs."""

from __future__ import annotations

import re
import zlib
from pathlib import Path


def dag_id_of(contract: str) -> str:
    """The DAG of a contract. Its folder's name may hold what an Airflow id may not."""
    return "contract." + _plain(contract, re.compile(r"[^\w.-]"))


def contract_of(dag_id: str, contracts: Path) -> str | None:
    """The contract whose DAG this is; None if it is no contract's, or the contract's folder is gone."""
    found = (path.parent.name for path in contracts.glob("*/contract.yaml"))
    return next((name for name in found if dag_id_of(name) == dag_id), None)


def run_id_of(kind: str, key: str) -> str:
    """A run id that makes the same ring once: Airflow refuses a second run of the same id."""
    return f"{kind}__{_plain(key, re.compile(r'[^A-Za-z0-9_.~:+-]'))}"


def _plain(text: str, odd: re.Pattern[str]) -> str:
    """`text` with the odd characters replaced; where that changed it, marked so that two do not collide."""
    plain = odd.sub("_", text)[:150]
    return plain if plain == text else f"{plain}-{zlib.crc32(text.encode()):08x}"
