"""How shares are told."""

from __future__ import annotations

import pytest

from dutywatch.measure import percent


@pytest.mark.parametrize(
    ("share", "told"),
    [(0, "0.0"), (1, "100.0"), (0.5, "50.0"), (1999 / 2000, "99.9"), (1 / 20_000, "0.1"), (0.8196, "82.0")],
)
def test_one_breach_of_thousands_is_not_told_as_none(share: float, told: str) -> None:
    assert percent(share) == told
