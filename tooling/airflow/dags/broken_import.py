"""A file that cannot be imported."""

from airflow import DAG
import a_module_that_nobody_has

with DAG(dag_id="broken"):
    a_module_that_nobody_has.run()
