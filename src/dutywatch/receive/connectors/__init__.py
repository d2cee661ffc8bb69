"""One module a kind of place that deliveries come from, all of one shape: `arrivals(source, poll)`."""

from collections.abc import Callable, Iterator, Mapping

from dutywatch.receive.arrival import Arrival, Poll
from dutywatch.receive.connectors import file, http, open311, weather
from dutywatch.terms import Source

CONNECTORS: Mapping[str, Callable[[Source, Poll], Iterator[Arrival]]] = {
    "file": file.arrivals,
    "http": http.arrivals,
    "open311": open311.arrivals,
    "weather": weather.arrivals,
}
