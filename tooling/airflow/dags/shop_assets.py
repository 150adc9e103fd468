"""DAGs that follow each other by what they write: all of, any of, an alias, a file and a clock."""

import pendulum
from airflow.timetables.trigger import CronTriggerTimetable
from spelling import AIRFLOW_3, DAG, Asset, AssetAlias, AssetOrTimeSchedule, BashOperator, EmptyOperator, task

orders = Asset("postgres://db.example.com:5432/shop/public/orders")
customers = Asset("snowflake://account/SHOP/PUBLIC/CUSTOMERS")
topic = Asset("kafka://broker.example.com:9092/orders.events")
plain = Asset("daily-report")
common = {"start_date": pendulum.datetime(2026, 1, 1, tz="UTC"), "catchup": False, "tags": ["assets"]}

with DAG(dag_id="assets_producer", schedule=None, default_args={"owner": "data-platform"}, **common):
    write_orders = EmptyOperator(task_id="write_orders", outlets=[orders])
    write_customers = BashOperator(task_id="write_customers", bash_command="true", outlets=[customers, topic])
    write_orders >> write_customers

    @task(outlets=[AssetAlias("rejected-orders")])
    def write_alias(*, outlet_events):
        outlet_events[AssetAlias("rejected-orders")].add(Asset("s3://lake/rejected/orders.csv"), extra={"rows": 3})

    write_alias()

with DAG(dag_id="assets_all_of", schedule=[orders, customers], **common):
    BashOperator(task_id="read", bash_command="true", inlets=[orders, customers], outlets=[plain])

with DAG(dag_id="assets_any_of", schedule=(orders | (customers & topic)), **common):
    EmptyOperator(task_id="read", inlets=[orders])

with DAG(dag_id="assets_of_alias", schedule=AssetAlias("rejected-orders"), **common):
    EmptyOperator(task_id="read")

with DAG(
    dag_id="assets_or_clock",
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("0 6 * * 1", timezone="UTC"), assets=[plain]),
    **common,
):
    EmptyOperator(task_id="read")

if AIRFLOW_3:
    from airflow.sdk import asset

    @asset(schedule="@daily", uri="s3://lake/derived/scores.parquet", group="scores", tags=["assets"])
    def derived_scores(self):
        """An asset that brings its own DAG."""

    named = Asset(name="named_orders", uri="postgres://db.example.com:5432/shop/public/named", group="shop")
    with DAG(dag_id="assets_named", schedule=None, **common):
        EmptyOperator(task_id="write", outlets=[named])
