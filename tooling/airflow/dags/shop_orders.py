"""A daily load: nested task groups, inlets and outlets, SQL that a run renders, setup and teardown."""

from datetime import timedelta

import pendulum
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from spelling import DAG, Asset, BashOperator, EmptyOperator, TaskGroup, setup, task, teardown

raw_orders = Asset("s3://lake/raw/orders/")
raw_customers = Asset("s3://lake/raw/customers.parquet", extra={"format": "parquet"})
orders = Asset("postgres://db.example.com:5432/shop/public/orders")
daily_sales = Asset("postgres://db.example.com:5432/shop/mart/daily_sales")

with DAG(
    dag_id="shop.orders.etl",
    dag_display_name="Shop: orders, every night",
    description="Loads the shop's orders into the mart.",
    doc_md="# Orders\n\nLoads *orders* and `customers`.\n\n| a | b |\n|---|---|\n| ä | 日本 |\n",
    schedule="0 3 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="Europe/Berlin"),
    catchup=False,
    max_active_runs=1,
    tags=["shop", "tier:gold", "größe"],
    default_args={"owner": "data-platform", "retries": 2, "retry_delay": timedelta(seconds=1)},
    params={"region": "eu", "limit": 1000},
) as etl:

    @setup
    def open_work_area():
        return "area"

    @teardown
    def close_work_area():
        return None

    with TaskGroup("extract", tooltip="What is read") as extract:
        BashOperator(task_id="orders", bash_command="echo {{ params.region }} {{ ds }}", outlets=[raw_orders])
        BashOperator(task_id="customers", bash_command="true", outlets=[raw_customers], owner="crm-team")
        with TaskGroup("check"):
            EmptyOperator(task_id="schema") >> EmptyOperator(task_id="counts")

    with TaskGroup("load", prefix_group_id=False) as load:
        create = SQLExecuteQueryOperator(
            task_id="create_tables",
            conn_id="warehouse",
            sql=[
                "CREATE TABLE IF NOT EXISTS orders (id INTEGER, amount REAL, day TEXT)",
                "CREATE TABLE IF NOT EXISTS daily_sales (day TEXT, amount REAL)",
            ],
        )
        insert = SQLExecuteQueryOperator(
            task_id="daily_sales",
            conn_id="warehouse",
            doc_md="Sums up **one day**.",
            sql="INSERT INTO daily_sales (day, amount)\nSELECT day, sum(amount) FROM orders WHERE day = '{{ ds }}' GROUP BY day",
            inlets=[orders],
            outlets=[daily_sales],
        )
        create >> insert

    @task(doc_md="Tells the shop.", retries=0)
    def notify(kept: int):
        return {"kept": kept}

    @task
    def count_kept():
        return 42

    opened = open_work_area()
    closed = close_work_area()
    opened >> extract >> load >> notify(count_kept()) >> closed
    opened >> closed
