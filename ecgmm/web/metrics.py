"""Figures for Prometheus: nothing that names a person, a file or a reading."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from ecgmm.workers.pool import Pool

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900)
"""From a strip to a day's recording; the last is the limit of a reading."""


class Metrics:
    """Counters of one server.

    Args:
        pool: its queue and workers are shown as they are when asked for.
    """

    def __init__(self, pool: Pool) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "ecgmm_requests",
            "HTTP requests",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._readings = Counter(
            "ecgmm_readings",
            "Inputs by verdict or error code",
            ["outcome"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "ecgmm_reading_seconds",
            "Time from upload to reading",
            buckets=_SECONDS,
            registry=self._registry,
        )
        for name, text, value in (
            ("ecgmm_pending_inputs", "Inputs that wait or are being read", lambda: pool.pending),
            ("ecgmm_ready_workers", "Processes that have loaded the model", lambda: pool.ready),
            ("ecgmm_worker_restarts", "Processes that had to be replaced", lambda: pool.restarts),
        ):
            Gauge(name, text, registry=self._registry).set_function(value)

    def count_request(self, method: str, route: str, status: int) -> None:
        """Count a request by its route's pattern, never by its path."""
        self._requests.labels(method, route, str(status)).inc()

    def count_reading(self, outcome: str, seconds: float) -> None:
        """Count an input by its verdict or error code."""
        self._readings.labels(outcome).inc()
        self._seconds.observe(seconds)

    def text(self) -> bytes:
        """The exposition that Prometheus scrapes."""
        return generate_latest(self._registry)
