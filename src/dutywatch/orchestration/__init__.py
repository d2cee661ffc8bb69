"""Dutywatch on Airflow: the only place in the package that imports it.

`diary`, `steps`, `landing`, `doorbell`, `watch`, `site` and `notes` are what DAG files and the plugin wire
together. `station`, `keeper`, `environment`, `airflow_api`, `replayer`, `demo` and `up` run an Airflow of
one's own: they start it and talk to it over HTTP, and import none of it.
"""
