"""Dutywatch on Airflow: the only place in the package that imports it.

`diary`, `landing`, `doorbell`, `steps`, `site` and `notes` are what DAG files and the plugin wire together.
`station`, `keeper`, `environment` and `airflow_api` run an Airflow of one's own for `make demo` and `make up`;
they start it and talk to it over HTTP, and import none of it.
"""
