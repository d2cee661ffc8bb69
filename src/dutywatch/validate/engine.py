"""The one door to Great Expectations: whatever needs it is imported here, on first use."""

from __future__ import annotations

import warnings
from types import ModuleType


def engine() -> ModuleType:
    """The module `judging`, and with it Great Expectations.

    Its import costs seconds and 230 MB, which every other verb and every parsed DAG file would pay if it
    stood at the top of a module. It also warns of modules that Python has deprecated: not ours to mend.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from dutywatch.validate import judging
    return judging
