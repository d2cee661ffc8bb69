"""The ids by which Airflow knows a contract's DAG and its runs."""

from __future__ import annotations

import re
import zlib

PREFIX = "contract."


def dag_id_of(contract: str) -> str:
    """The DAG of a contract. Its folder's name may hold what an Airflow id may not."""
    return PREFIX + _plain(contract, re.compile(r"[^\w.-]"))


def run_id_of(kind: str, key: str) -> str:
    """A run id that makes the same ring once: Airflow refuses a second run of the same id."""
    return f"{kind}__{_plain(key, re.compile(r'[^A-Za-z0-9_.~:+-]'))}"


def _plain(text: str, odd: re.Pattern[str]) -> str:
    """`text` with the odd characters replaced; where that changed it, marked so that two do not collide."""
    plain = odd.sub("_", text)[:150]
    return plain if plain == text else f"{plain}-{zlib.crc32(text.encode()):08x}"
