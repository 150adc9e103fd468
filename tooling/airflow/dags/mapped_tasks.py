"""Tasks and groups whose number a run decides."""

import pendulum
from spelling import DAG, BashOperator, task, task_group

with DAG(
    dag_id="mapped_tasks",
    schedule=None,
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    tags=["mapped"],
):

    @task
    def list_files():
        return ["a.csv", "b.csv", "c.csv"]

    @task(map_index_template="{{ name }}")
    def size_of(file: str):
        from airflow.operators.python import get_current_context

        get_current_context()["name"] = file
        if file == "c.csv":
            raise ValueError("no such file")
        return len(file)

    @task(trigger_rule="all_done")
    def total(sizes):
        return 5

    @task_group(group_id="copy")
    def copy_group(file: str):
        @task
        def read(name):
            return name

        @task
        def write(name):
            return name

        write(read(file))

    files = list_files()
    total(size_of.expand(file=files))
    copy_group.expand(file=files)
    BashOperator.partial(task_id="echo").expand(bash_command=["echo 1", "echo 2"])
    BashOperator.partial(task_id="none_at_all").expand(bash_command=[])
