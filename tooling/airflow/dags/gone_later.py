"""A DAG whose file is removed while the server runs."""

import pendulum
from spelling import DAG, EmptyOperator

with DAG(dag_id="gone_later", schedule=None, start_date=pendulum.datetime(2026, 1, 1, tz="UTC"), tags=["gone"]):
    EmptyOperator(task_id="only")
