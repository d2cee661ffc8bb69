"""The faults of `make faults` can still be put in: each names a line that stands."""

from __future__ import annotations

import pytest

from tests.conftest import HOME
from tests.faults import FAULTS, Fault


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_line_of_a_fault_stands(fault: Fault) -> None:
    assert fault.right in (HOME / fault.file).read_text(encoding="utf-8")
    assert fault.wrong != fault.right
