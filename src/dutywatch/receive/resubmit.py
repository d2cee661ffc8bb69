"""A corrected file in the place of a delivery with quarantined rows: a delivery of its own that supersedes it.

The first one stays on record with its bytes and its quarantine; which of the two speaks follows from the
source's redelivery policy and the instants at which they came.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from dutywatch.errors import DeliveryRefused
from dutywatch.lake import Lake
from dutywatch.ledger import deliveries, quality
from dutywatch.ledger import now as clock
from dutywatch.receive.deliver import Delivery, deliver
from dutywatch.terms import Terms
from dutywatch.terms.source import Source

LARGEST = 1 << 30


def resubmit(engine: Engine, lake: Lake, terms: Terms, source_name: str, name: str, file: Path) -> Delivery:
    """Receive `file` as the delivery `name` of a source, now.

    Raises DeliveryRefused, having recorded nothing, and SettingsError where the contract names no such source.
    """
    source = _superseding(terms, source_name)
    if file.stat().st_size > LARGEST:
        raise DeliveryRefused(f"{file.name} is larger than {LARGEST} bytes: send it in parts")
    raw = file.read_bytes()
    with engine.begin() as connection:
        now = clock.now(connection)
        try:
            service_date = quality.received(connection, terms.id, source_name, name)
        except LookupError as error:
            raise DeliveryRefused(f"{error}: a correction goes by the name of what it corrects") from error
    found = deliver(lake, terms.id, source_name, source, name, raw)
    if found.refused:
        again = terms.contract.sent_again(source_name, name, whole=True)
        raise DeliveryRefused(f"{file.name} cannot take the place of {name}: {found.refused}; {again}")
    values = {
        "contract": terms.id,
        "source": source_name,
        "name": name,
        "sha256": found.sha256,
        "service_date": service_date,
        "received_at": now,
        "size": found.size,
        "lines": found.lines,
        "header": found.header,
        "blank": found.blank,
        "rows": found.rows,
        "columns": list(found.columns),
        "rows_file": found.rows_file,
        "refused": None,
    }
    with engine.begin() as connection:
        if not deliveries.record(connection, values):
            raise DeliveryRefused(f"these very bytes were received as {name} last: nothing is corrected")
    return found


def _superseding(terms: Terms, name: str) -> Source:
    source = terms.source(name)
    if source.redelivery == "append":
        raise DeliveryRefused(f"source {name} appends: send the corrected rows as a delivery with a name of its own")
    return source
