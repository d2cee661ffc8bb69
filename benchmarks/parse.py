"""How long Airflow takes to parse the contracts' DAG file with 500 contracts: whole, and inside a task.

    python -m benchmarks.parse [--contracts 500] [--runs 3]

Each figure is the median of several fresh processes; importing Airflow itself is not counted, because every
task pays that once whatever its DAG file says. The limit is Airflow's own: dagbag_import_timeout, 30 s.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
LIMIT = 30.0
_PARSE = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import airflow.sdk, airflow.providers.standard.operators.empty
from airflow.dag_processing.dagbag import DagBag
began = time.perf_counter()
bag = DagBag(sys.argv[1])
print(json.dumps([time.perf_counter() - began, len(bag.dags), list(bag.import_errors.values())]))
"""


def main() -> None:
    """Print one line a case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contracts", type=int, default=500)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dutywatch-parse-") as scratch:
        home = Path(scratch)
        copies(home, arguments.contracts)
        print(f"{arguments.contracts} contracts, {os.cpu_count()} cores, medians of {arguments.runs} processes")
        for name, wanted in (("whole file", None), ("inside a task", "contract.copy-250")):
            seconds, dags = measured(home, wanted, arguments.runs)
            share = 100 * seconds / LIMIT
            print(f"{name:<14} {seconds:6.2f} s  {dags:>4} DAGs  {share:5.1f} % of Airflow's limit of {LIMIT:.0f} s")


def copies(home: Path, number: int) -> None:
    """A home with `number` copies of Benxi's contract, each under a name of its own."""
    for name in ("sql", "expectations"):
        (home / name).symlink_to(HOME / name)
    original = HOME / "contracts" / "benxi-sanitation"
    text = (original / "contract.yaml").read_text(encoding="utf-8")
    for index in range(number):
        folder = home / "contracts" / f"copy-{index:03}"
        folder.mkdir(parents=True)
        named = text.replace("contract: benxi-sanitation", f"contract: {folder.name}")
        (folder / "contract.yaml").write_text(named, encoding="utf-8")
        shutil.copyfile(original / "units.geojson", folder / "units.geojson")


def measured(home: Path, wanted: str | None, runs: int) -> tuple[float, int]:
    """Median seconds and number of DAGs; `wanted`: the DAG whose task is parsing."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "DUTYWATCH"))}
    environment |= {
        "AIRFLOW_HOME": str(home / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "600",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "DUTYWATCH_HOME": str(home),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if wanted:
        environment["_AIRFLOW_PARSING_CONTEXT_DAG_ID"] = wanted
    found = []
    for _ in range(runs):
        command = [sys.executable, "-c", _PARSE, str(HOME / "dags" / "contracts.py")]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)  # noqa: S603
        if done.returncode:
            raise SystemExit(done.stderr[-2000:])
        seconds, dags, errors = json.loads(done.stdout.splitlines()[-1])
        if errors:
            raise SystemExit(f"the DAG file does not parse: {errors[0]}")
        found.append(seconds)
    return statistics.median(found), dags


if __name__ == "__main__":
    main()
