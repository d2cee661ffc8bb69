"""From degrees to metres: one flat map about the units, on which distances are true.

A transverse Mercator projection through the middle of the units' extent: within 50 km of its meridian a metre
is a metre to 3 parts in 100,000.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from dutywatch.errors import ContractFaults, Fault
from dutywatch.locate.geometry import Floats, Lines
from dutywatch.terms.source import Locate


@dataclass(frozen=True)
class Plane:
    """The map's middle, in degrees; rounded to hundredths, so that a new street seldom moves it."""

    lat: float
    lon: float

    @staticmethod
    def about(lines: Lines) -> Plane:
        """The plane in whose middle `lines` lie."""
        middle = [round(float(axis.min() + axis.max()) / 2, 2) for axis in (lines.lat, lines.lon)]
        return Plane(*middle)

    def metres(self, lon: Floats, lat: Floats, crs: str = "EPSG:4326") -> tuple[Floats, Floats]:
        """(x, y) in metres, east and north of the middle; what has no place on the map is not finite."""
        plane = f"+proj=tmerc +lat_0={self.lat} +lon_0={self.lon} +k=1 +datum=WGS84 +units=m"
        x, y = Transformer.from_crs(crs, plane, always_xy=True).transform(lon, lat)
        return np.asarray(x), np.asarray(y)


def geographic(contract: str, clause: str, locate: Locate) -> None:
    """Raises ContractFaults unless the declared `crs` is one of latitude and longitude."""
    try:
        crs = CRS.from_user_input(locate.crs)
    except CRSError as error:
        raise ContractFaults(contract, (Fault("contract.yaml", 0, clause, f"{locate.crs}: {error}"),)) from error
    if not crs.is_geographic:
        message = f"{locate.crs} ({crs.name}) is not one of latitude and longitude, such as EPSG:4326 or EPSG:4267"
        raise ContractFaults(contract, (Fault("contract.yaml", 0, clause, message),))
