"""What Airflow 2 and 3 name differently, so that one set of DAG files runs on both."""

try:
    from airflow.sdk import DAG, Asset, AssetAlias, TaskGroup, dag, setup, task, task_group, teardown
    from airflow.timetables.assets import AssetOrTimeSchedule
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.python import BranchPythonOperator, PythonOperator, ShortCircuitOperator
    from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
    from airflow.providers.standard.sensors.external_task import ExternalTaskSensor

    AIRFLOW_3 = True
except ImportError:
    from airflow import DAG
    from airflow.datasets import Dataset as Asset
    from airflow.datasets import DatasetAlias as AssetAlias
    from airflow.decorators import dag, setup, task, task_group, teardown
    from airflow.operators.bash import BashOperator
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.python import BranchPythonOperator, PythonOperator, ShortCircuitOperator
    from airflow.operators.trigger_dagrun import TriggerDagRunOperator
    from airflow.sensors.external_task import ExternalTaskSensor
    from airflow.timetables.datasets import DatasetOrTimeSchedule
    from airflow.utils.task_group import TaskGroup

    AIRFLOW_3 = False

    def AssetOrTimeSchedule(*, timetable, assets):
        return DatasetOrTimeSchedule(timetable=timetable, datasets=assets)


__all__ = [
    "AIRFLOW_3",
    "DAG",
    "Asset",
    "AssetAlias",
    "AssetOrTimeSchedule",
    "BashOperator",
    "BranchPythonOperator",
    "EmptyOperator",
    "ExternalTaskSensor",
    "PythonOperator",
    "ShortCircuitOperator",
    "TaskGroup",
    "TriggerDagRunOperator",
    "dag",
    "setup",
    "task",
    "task_group",
    "teardown",
]
