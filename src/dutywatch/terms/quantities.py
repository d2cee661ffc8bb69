"""Units of measure that a log may use, and what they are in the unit that a measure's name ends in.

`depth_cm` is in centimetres; a source that writes inches declares `units: {depth_cm: in}`. The factors are
exact by definition: NIST Special Publication 811 (2008), Appendix B.8, and the SI brochure (2019).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Unit:
    """`value * factor + offset` is the value in the dimension's own unit (m, s, kg, m/s, m3, K, 1)."""

    dimension: str
    factor: Fraction
    offset: Fraction = Fraction(0)


def _table(dimension: str, **factors: str) -> dict[str, Unit]:
    return {name: Unit(dimension, Fraction(factor)) for name, factor in factors.items()}


UNITS: dict[str, Unit] = {
    **_table("length", mm="1/1000", cm="1/100", dm="1/10", m="1", km="1000"),
    **{"in": Unit("length", Fraction("0.0254"))},
    **_table("length", ft="0.3048", yd="0.9144", mi="1609.344", nmi="1852"),
    **_table("time", ms="1/1000", s="1", min="60", h="3600", d="86400"),
    **_table("mass", g="1/1000", kg="1", t="1000", lb="0.45359237"),
    **_table("speed", mps="1", kmh="5/18", mph="0.44704", kn="1852/3600"),
    **_table("volume", ml="1/1000000", l="1/1000", m3="1", gal="0.003785411784"),
    **_table("share", share="1", percent="1/100"),
    "k": Unit("temperature", Fraction(1)),
    "c": Unit("temperature", Fraction(1), Fraction("273.15")),
    "f": Unit("temperature", Fraction(5, 9), Fraction("459.67") * Fraction(5, 9)),
}


def conversion(measure: str, given: str) -> tuple[float, float]:
    """(factor, offset) that turn a value in `given` into the unit that `measure` ends in.

    Raises ValueError where one of the two is unknown or they measure different things.
    """
    own = measure.rpartition("_")[2]
    if own not in UNITS or own == measure:
        raise ValueError(f"`{measure}` does not end in a unit that is known, such as {measure}_cm or {measure}_kmh")
    if given not in UNITS:
        raise ValueError(f"{given!r} is no unit that is known: {', '.join(sorted(UNITS))}")
    source, target = UNITS[given], UNITS[own]
    if source.dimension != target.dimension:
        raise ValueError(f"{given!r} is a {source.dimension} and `{measure}` a {target.dimension}")
    return float(source.factor / target.factor), float((source.offset - target.offset) / target.factor)
