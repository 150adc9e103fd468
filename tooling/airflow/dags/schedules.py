"""Every form of a schedule."""

from datetime import timedelta

import pendulum
from airflow.timetables.events import EventsTimetable
from airflow.timetables.interval import CronDataIntervalTimetable
from airflow.timetables.trigger import CronTriggerTimetable
from spelling import AIRFLOW_3, DAG, EmptyOperator

now = pendulum.now("UTC")
forms = {
    "none": None,
    "once": "@once",
    "daily": "@daily",
    "hourly": "@hourly",
    "weekly": "@weekly",
    "cron": "*/15 6-20 * * 1-5",
    "cron_six_fields": "0 0 * * * 30",
    "timedelta": timedelta(hours=6),
    "timedelta_days": timedelta(days=2),
    "cron_trigger": CronTriggerTimetable("30 4 * * *", timezone="America/New_York"),
    "cron_interval": CronDataIntervalTimetable("15 2 * * *", timezone=pendulum.timezone("Asia/Tokyo")),
    "events": EventsTimetable(
        event_dates=[pendulum.datetime(2027, 3, 1, tz="UTC"), pendulum.datetime(2027, 6, 1, tz="UTC")],
        description="Twice a year",
    ),
}
if AIRFLOW_3:
    from airflow.timetables.trigger import DeltaTriggerTimetable, MultipleCronTriggerTimetable

    forms["several_crons"] = MultipleCronTriggerTimetable("0 1 * * *", "0 13 * * 1-5", timezone="UTC")
    forms["delta_trigger"] = DeltaTriggerTimetable(timedelta(hours=8))
if not AIRFLOW_3:
    del forms["cron_six_fields"]

for name, schedule in forms.items():
    with DAG(
        dag_id=f"schedule_{name}",
        schedule=schedule,
        start_date=pendulum.datetime(2026, 1, 1, tz="Europe/Berlin" if name == "cron" else "UTC"),
        catchup=False,
        tags=["schedule"],
        is_paused_upon_creation=name not in ("daily", "cron_trigger", "timedelta"),
    ):
        EmptyOperator(task_id="only")

with DAG(
    dag_id="schedule_ended",
    schedule="@daily",
    start_date=pendulum.datetime(2025, 1, 1, tz="UTC"),
    end_date=pendulum.datetime(2025, 2, 1, tz="UTC"),
    catchup=False,
    tags=["schedule"],
):
    EmptyOperator(task_id="only")

with DAG(
    dag_id="schedule_catchup",
    schedule="@daily",
    start_date=now.start_of("day").subtract(days=5),
    catchup=True,
    tags=["schedule"],
):
    EmptyOperator(task_id="only")
