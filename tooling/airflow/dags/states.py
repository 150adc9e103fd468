"""DAGs whose runs stay in a state: running, queued, failed, waiting for a retry."""

import time
from datetime import timedelta

import pendulum
from spelling import DAG, BashOperator, EmptyOperator, PythonOperator

common = {"schedule": None, "start_date": pendulum.datetime(2026, 1, 1, tz="UTC"), "catchup": False, "tags": ["states"]}

with DAG(dag_id="states_slow", max_active_runs=1, **common):
    EmptyOperator(task_id="first") >> PythonOperator(
        task_id="sleep", python_callable=lambda: time.sleep(3600)
    ) >> EmptyOperator(task_id="last")

with DAG(dag_id="states_failed", **common):
    BashOperator(task_id="fail", bash_command="exit 1", retries=1, retry_delay=timedelta(seconds=1)) >> EmptyOperator(
        task_id="after"
    )

with DAG(dag_id="states_retry", **common):
    BashOperator(task_id="fail", bash_command="exit 1", retries=3, retry_delay=timedelta(days=1))

with DAG(dag_id="states_never_run", is_paused_upon_creation=True, **common):
    EmptyOperator(task_id="only")

with DAG(dag_id="no_tasks", **common):
    pass
