"""Syracuse's storm through the real DAGs under Airflow's own scheduler: the verdicts of the command line."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dutywatch import embedded, pipeline
from dutywatch.orchestration.replayer import replay_through_airflow
from dutywatch.orchestration.station import Station
from dutywatch.replay import Story, read_arrivals
from tests.syracuse.prepare import deliveries, prepare
from tests.syracuse.test_syracuse import AS_OF, home_with

pytestmark = pytest.mark.airflow

EXPECTED = {  # what the what-if over the whole file gives, see test_syracuse
    ("plow-priority-1", "met"): 813,
    ("plow-priority-1", "breached"): 564,
    ("plow-priority-1", "unproven"): 3,
    ("plow-priority-2", "met"): 1324,
    ("plow-priority-2", "breached"): 1766,
    ("plow-priority-2", "unproven"): 29,
}


def test_the_dags_give_the_verdicts_of_the_command_line_and_its_messages(data: Path, tmp_path: Path) -> None:
    feed = data / "syracuse_snow_2025"
    contract = prepare(tmp_path / "contracts", feed)
    home = home_with(contract, tmp_path)
    deliveries(tmp_path / "deliveries", AS_OF, feed)
    here = Station("syracuse", home, tmp_path / "var", clock="replay")
    since = datetime(2025, 12, 26, 19, tzinfo=UTC)
    try:
        story = Story(contract.name, read_arrivals(tmp_path / "deliveries"), since, AS_OF)
        steps = list(replay_through_airflow(here, story))
        settings = here.settings(here.prepare())
        found = Counter[tuple[str, str]]()
        for one in pipeline.measure(settings, contract.name).outcomes:
            for verdict in ("met", "breached", "unproven", "pending", "void"):
                found[one.obligation, verdict] += getattr(one, verdict)
        assert {key: count for key, count in found.items() if count} == EXPECTED
        told = [moment for moment in pipeline.timeline(settings, contract.name) if moment.told]
        assert {who for moment in told for who in moment.told} == {
            "snow-desk told: breached",
            "snow-desk told: cured",
            "snow-desk told: overdue",
            "snow-desk told: unproven",
        }
        messages = sorted(path.name for path in (settings.messages / contract.name).glob("*.json"))
        assert len(messages) == len({name.split("_", 1)[1] for name in messages}) == 8, messages
        assert len(steps) > 4
    finally:
        here.stop()
        embedded.stop(here.server, remove=True)
