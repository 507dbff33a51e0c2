"""A cluster of ``dask.distributed``: one that is there already, or one started here for the length of a command.

Only the connection is made here; runs go through the same joblib call as on one machine. A local cluster listens on this
machine alone.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sim.errors import MandateError

try:
    import dask
    from distributed import Client, KilledWorker, LocalCluster
    from distributed.comm import CommClosedError
    from joblib._dask import DaskDistributedBackend
except ImportError as error:  # not installed by default

    class NoCluster(MandateError):
        """Dask is not installed (exit code 2)."""

        exit_code = 2

    raise NoCluster(
        "engine = dask: needs dask, which is not installed. Install mandate[dist], or leave engine out."
    ) from error

LOST = (KilledWorker, CommClosedError, concurrent.futures.CancelledError, asyncio.CancelledError)
CONNECT_SECONDS = 20
SETTINGS = {
    "distributed.scheduler.allowed-failures": 1,  # a run that ends its worker is tried again here, alone
    "distributed.comm.timeouts.connect": f"{CONNECT_SECONDS}s",
}


class ClusterUnusable(MandateError):
    """A cluster that cannot be reached or used (exit code 4)."""

    exit_code = 4


class ClusterBackend(DaskDistributedBackend):  # type: ignore[misc]
    """Joblib's own way to a cluster, but for one thing: with a single worker it would make the runs here."""

    def effective_n_jobs(self, n_jobs: int) -> int:
        """At least two, so that everything goes to the cluster."""
        return max(2, super().effective_n_jobs(n_jobs))


@contextmanager
def connected(address: str, workers: int) -> Iterator[Any]:
    """Give a client of a cluster.

    Parameters
    ----------
    address
        Of a scheduler, e.g. ``tcp://HOST:PORT``; empty = start a local cluster.
    workers
        Processes of a local cluster.

    Raises
    ------
    ClusterUnusable
        When nobody answers there, or its workers run several runs at once in one process.
    """
    _say_nothing_yourself()
    with dask.config.set(SETTINGS):
        if not address:
            with (
                LocalCluster(
                    n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, protocol="tcp://"
                ) as cluster,
                Client(cluster) as client,
            ):
                yield client
            return
        try:
            client = Client(address, timeout=CONNECT_SECONDS)
        except (OSError, ValueError, TimeoutError) as error:
            raise ClusterUnusable(
                f"address = {address}: no scheduler answers there ({_line(error)}). Start one, or correct the address."
            ) from error
        with client:
            check_workers(address, _threads(client))
            yield client


def _say_nothing_yourself() -> None:
    """Leave it to this program to tell of lost workers and schedulers."""
    for name in [*logging.root.manager.loggerDict, "distributed", "tornado.application"]:
        if name.partition(".")[0] in ("asyncio", "distributed", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _threads(client: Any) -> dict[str, int]:
    """Threads of each worker, once there is one."""
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except TimeoutError:
        return {}
    return dict(client.nthreads())


def check_workers(address: str, threads: dict[str, int]) -> None:
    """Refuse workers that would make several runs at once in one process.

    Raises
    ------
    ClusterUnusable
        When there is no worker, or one has several threads.
    """
    if not threads:
        raise ClusterUnusable(f"address = {address}: no worker has joined this scheduler. Start some first.")
    if any(n > 1 for n in threads.values()):
        raise ClusterUnusable(
            f"address = {address}: a worker has {max(threads.values())} threads; a run needs a process of its own. "
            "Start workers with --nthreads 1 and as many --nworkers as there are cores."
        )


def is_answering(client: Any) -> bool:
    """Say whether the scheduler of a client still answers."""
    try:
        client.scheduler_info()
        return bool(client.status == "running")
    except (OSError, ValueError, RuntimeError, TimeoutError):
        return False


def _line(error: Exception) -> str:
    """An error in one line."""
    return " ".join(str(error).split()) or type(error).__name__
