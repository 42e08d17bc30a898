"""The Celery application: `celery -A worker.app worker|beat|flower`."""

from __future__ import annotations

from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init, worker_process_init
from kombu import Queue

from beat_schedule import BEAT_SCHEDULE
from sync.model import Lane
from worker import fit, logs, process, services, settings

VISIBILITY_TIMEOUT_S = 300
"""Longer than any task and any delay; what a dead worker held comes back earlier, by the sweep."""

read = settings.read()
app = Celery("ac365", broker=read.broker_url, task_cls="worker.task:PipelineTask")
app.conf.update(
    include=[
        "tasks.activities",
        "tasks.clockwork",
        "tasks.cycle",
        "tasks.fetch",
        "tasks.requests",
        "tasks.transform",
        "tasks.upsert",
        "tasks.watch",
    ],
    beat_schedule=BEAT_SCHEDULE,
    task_queues=[Queue(lane.value) for lane in Lane],
    task_default_queue=Lane.SYNC.value,
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_track_started=True,
    worker_prefetch_multiplier=1,
    worker_send_task_events=True,
    task_send_sent_event=True,
    task_soft_time_limit=120,
    task_time_limit=150,
    worker_soft_shutdown_timeout=10,
    worker_max_tasks_per_child=20_000,
    worker_max_memory_per_child=600_000,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": VISIBILITY_TIMEOUT_S,
        "queue_order_strategy": "worker.lanes:UrgentFirst",
        **services.alive(read.broker_url),
    },
    timezone="UTC",
    enable_utc=True,
)


@setup_logging.connect
def configure_logging(**_: Any) -> None:
    """One format for every process, instead of Celery's own."""
    logs.configure(read.log_level)


@worker_init.connect
@beat_init.connect
def refuse_unfit_database(**_: Any) -> None:
    """Stops before the first message when the database is newer than this code, or lacks a migration."""
    fit.refuse_unfit_database(read.database_url)


@worker_process_init.connect
def forget_parents_services(**_: Any) -> None:
    """Connections opened before the fork belong to the parent."""
    process.services.cache_clear()
