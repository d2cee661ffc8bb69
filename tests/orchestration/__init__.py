"""Dutywatch under Airflow."""
