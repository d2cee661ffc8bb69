"""Registers with Airflow what the package defines. Airflow runs this file in every process: keep it thin."""

from airflow.plugins_manager import AirflowPlugin

from dutywatch.orchestration import notes


class DutywatchPlugin(AirflowPlugin):
    """The run notes of the contracts' diaries."""

    name = "dutywatch"
    listeners = [notes]  # noqa: RUF012 - Airflow's own declaration
