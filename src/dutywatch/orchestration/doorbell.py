"""The doorbell: wakes a contract when files have landed in its folder.

It only rings. Which files are new is for `receive` to find out in the ledger, so a ring that is lost or
doubled does no harm, and nothing about a file travels with it. All contracts share one look at the
landing folder (Airflow's shared streams): five hundred contracts cost one walk, not five hundred.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from dutywatch.orchestration.watch import Watch, newest

_PAUSE = 1.0  # seconds between two looks
_RECENT = 24 * 3600.0  # a starting doorbell rings for files younger than this; older ones had their daily run


class Doorbell(BaseEventTrigger):
    """Rings once each time the files in `landing`/`contract` have changed and lie still."""

    def __init__(self, contract: str, landing: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Airflow types little
        self.contract = contract
        self.landing = landing

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """What the triggerer needs to make this doorbell again."""
        return f"{__name__}.Doorbell", {"contract": self.contract, "landing": self.landing}

    def shared_stream_key(self) -> tuple[str, str]:
        """All doorbells of one landing folder share one walk over it."""
        return "landing", self.landing

    @classmethod
    async def open_shared_stream(cls, kwargs: dict[str, Any]) -> AsyncIterator[str]:
        """The names of contracts whose files have changed and lie still. Never ends."""
        watch = Watch(Path(kwargs["landing"]))
        while True:
            for contract in await asyncio.to_thread(watch.look):
                yield contract
            await asyncio.sleep(_PAUSE)

    async def filter_shared_stream(self, shared_stream: AsyncIterator[str]) -> AsyncIterator[TriggerEvent]:
        """Ring for our contract; first for what landed while nobody watched."""
        landed = await asyncio.to_thread(newest, Path(self.landing) / self.contract)
        if time.time() - landed < _RECENT:
            yield self._ring()
        async for contract in shared_stream:
            if contract == self.contract:
                yield self._ring()

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """The same without sharing, for an Airflow that does not know shared streams."""
        own = self.open_shared_stream({"landing": self.landing})
        async for event in self.filter_shared_stream(own):
            yield event

    def _ring(self) -> TriggerEvent:
        rung = {"contract": self.contract, "rung_at": time.time()}
        return TriggerEvent(rung)  # type: ignore[no-untyped-call]
