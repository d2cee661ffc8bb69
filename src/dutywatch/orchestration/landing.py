"""The landing folders as Airflow's assets: declared here and nowhere else.

An asset that is declared a second time without its watcher, in another DAG file, loses the watcher at
every parse. So whoever needs a contract's landing asset takes it from here.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from airflow.sdk import Asset, AssetWatcher

from dutywatch.orchestration.doorbell import Doorbell


def landing_asset(contract: str, landing: Path) -> Asset:
    """The folder that `contract`'s deliveries land in; its doorbell rings when files there have settled."""
    return Asset(
        name=f"landing.{contract}",
        uri=f"x-dutywatch://landing/{quote(contract)}",  # names the place, not this machine's path to it
        group="landing",
        watchers=[AssetWatcher(name="doorbell", trigger=Doorbell(contract=contract, landing=str(landing)))],
    )
