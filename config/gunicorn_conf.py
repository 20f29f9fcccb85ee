"""gunicorn as we run it, behind a proxy or alone: threads, our log lines, no control socket."""

from pathlib import Path

from config.logging import logging_config

worker_class = "config.gunicorn_worker.PatientWorker"
workers = 2
# Loaded once and forked: less memory, a quicker start, and a worker that died is replaced at once.
preload_app = True
threads = 16
worker_connections = 200  # the rest wait in the kernel's queue; 16 are served at a time
backlog = 512
timeout = 60  # of a process that no longer answers; a request may take longer
graceful_timeout = 8
keepalive = 5
max_requests = 5000  # an old process gives back what it gathered
max_requests_jitter = 500
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # heartbeat files never wait for a disk
chdir = str(Path(__file__).resolve().parent.parent)
logconfig_dict = logging_config()
# The path alone: what follows the question mark may hold what somebody typed.
access_log_format = "%(m)s %(U)s %(s)s %(B)s %(M)sms"
accesslog = "-"
