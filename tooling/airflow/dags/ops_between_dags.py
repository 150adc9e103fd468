"""DAGs that start others and wait for others."""

from datetime import timedelta

import pendulum
from spelling import DAG, EmptyOperator, ExternalTaskSensor, TriggerDagRunOperator

common = {"start_date": pendulum.datetime(2026, 1, 1, tz="UTC"), "catchup": False, "tags": ["ops"]}

with DAG(dag_id="ops.parent", schedule=None, params={"target": "ops.child"}, **common):
    start = EmptyOperator(task_id="start")
    fixed = TriggerDagRunOperator(task_id="start_child", trigger_dag_id="ops.child", conf={"from": "{{ dag.dag_id }}"})
    templated = TriggerDagRunOperator(task_id="start_templated", trigger_dag_id="{{ params.target }}")
    unknown = TriggerDagRunOperator(task_id="start_unknown", trigger_dag_id="ops.nowhere", retries=0)
    start >> [fixed, templated, unknown]

with DAG(dag_id="ops.child", schedule=None, max_active_runs=4, **common):
    EmptyOperator(task_id="work")

with DAG(dag_id="ops.waiting", schedule=None, **common):
    wait_task = ExternalTaskSensor(
        task_id="wait_for_sales",
        external_dag_id="shop.orders.etl",
        external_task_id="daily_sales",
        mode="reschedule",
        poke_interval=3600,
        timeout=86400,
    )
    wait_dag = ExternalTaskSensor(
        task_id="wait_for_dag",
        external_dag_id="assets_producer",
        execution_delta=timedelta(hours=1),
        mode="reschedule",
        poke_interval=3600,
        timeout=86400,
    )
    [wait_task, wait_dag] >> EmptyOperator(task_id="go_on")
