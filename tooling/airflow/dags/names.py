"""Names at their limits."""

import pendulum
from spelling import DAG, EmptyOperator, TaskGroup

common = {"schedule": None, "start_date": pendulum.datetime(2026, 1, 1, tz="UTC"), "catchup": False}

with DAG(dag_id="long." + ".".join(["part-of_a.name"] * 16), tags=["t" * 100], **common):
    EmptyOperator(task_id="a.task-with_all.signs")
    with TaskGroup("group_with-signs", prefix_group_id=True):
        EmptyOperator(task_id="inner")

with DAG(dag_id="größe_und_日本", **common):
    EmptyOperator(task_id="größe")

with DAG(dag_id="no_owner_no_tags", default_args={"owner": ""}, **common):
    EmptyOperator(task_id="only")

with DAG(dag_id="two_owners", owner_links={"alice": "https://example.com/alice"}, **common):
    EmptyOperator(task_id="one", owner="alice") >> EmptyOperator(task_id="two", owner="bob, carol")
