"""The second half of `make fuzz`: deliveries that atheris mutates towards parts of the parsers not reached before.

A module of its own, run in an environment of its own: atheris must be there before what it watches is imported.
"""

from __future__ import annotations

import base64
import sys
from typing import Any

import atheris  # type: ignore[import-not-found,unused-ignore]  # of the environment beside

with atheris.instrument_imports(include=["dutywatch.receive", "dutywatch.lake", "csv", "json"]):
    from tests.receive.fuzz import ENCODINGS, FORMATS, hold


def attempt(data: bytes) -> None:
    """One delivery; the bytes of one that does not hold are printed."""
    made: Any = atheris.FuzzedDataProvider(data)
    kind, encoding, headed = made.PickValueInList([*FORMATS]), made.PickValueInList([*ENCODINGS]), made.ConsumeBool()
    size = made.ConsumeIntInRange(1, 200)
    raw = ("time,unit\n".encode(encoding) if headed else b"") + made.ConsumeBytes(4000)
    try:
        hold(kind, encoding, raw, size)
    except BaseException:
        print(f"{kind} {encoding} {size}: {base64.b64encode(raw).decode()}", flush=True)
        raise


if __name__ == "__main__":
    atheris.Setup([*sys.argv, "-max_len=4096"], attempt)
    atheris.Fuzz()
