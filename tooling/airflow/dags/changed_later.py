"""A DAG whose task gets another name while the server runs: its older runs hold a task that it no longer has."""

import pendulum
from spelling import DAG, EmptyOperator

with DAG(
    dag_id="changed_later",
    schedule=None,
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    tags=["changed"],
):
    EmptyOperator(task_id="stays") >> EmptyOperator(task_id="first_name")
