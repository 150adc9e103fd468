"""Branches, trigger rules, a short circuit."""

import pendulum
from spelling import DAG, BashOperator, BranchPythonOperator, EmptyOperator, PythonOperator, ShortCircuitOperator

with DAG(
    dag_id="shop_flow_control",
    schedule="@hourly",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    tags=["shop", "control"],
    default_args={"owner": "alice"},
):
    choose = BranchPythonOperator(task_id="choose", python_callable=lambda: "left")
    left = EmptyOperator(task_id="left")
    right = EmptyOperator(task_id="right")
    joined = EmptyOperator(task_id="joined", trigger_rule="none_failed_min_one_success")
    breaks = BashOperator(task_id="breaks", bash_command="exit 3", retries=0)
    after_failure = EmptyOperator(task_id="after_failure", trigger_rule="one_failed")
    never = EmptyOperator(task_id="never")
    always = EmptyOperator(task_id="always", trigger_rule="all_done")
    closed = ShortCircuitOperator(task_id="closed", python_callable=lambda: False, ignore_downstream_trigger_rules=False)
    behind = PythonOperator(task_id="behind", python_callable=lambda: None, owner="bob")

    choose >> [left, right] >> joined >> breaks >> [after_failure, never] >> always
    joined >> closed >> behind
