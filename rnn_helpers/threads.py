"""How many threads multiply matrices: one, unless somebody asks for more.

The course's matrices are small. A second thread gains little where a core is idle, and where cores
are shared (a classroom's server, two notebooks at once) the threads wait for each other. Set the
environment variable ``RNN_HELPERS_THREADS``, or the one that your linear algebra library reads, to
have another number.
"""

import os
from collections.abc import Mapping

OURS = "RNN_HELPERS_THREADS"
# What the libraries under NumPy read when they are loaded: OpenBLAS, MKL, Accelerate, BLIS.
THEIRS = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "BLIS_NUM_THREADS",
    "GOTO_NUM_THREADS",
)


def wanted(environment: Mapping[str, str]) -> int | None:
    """Return how many threads to set, None if one of ``THEIRS`` has been set: that is respected."""
    asked = environment.get(OURS, "").strip()
    if asked.isdecimal() and int(asked) > 0:
        return int(asked)
    return None if any(environment.get(name, "").strip() for name in THEIRS) else 1


def limit_threads() -> None:
    """Limit the threads of NumPy's matrix products as ``wanted`` says, until Python ends."""
    threads = wanted(os.environ)
    if threads is not None:
        import numpy  # noqa: F401  (its library must be loaded, or there is none to limit)
        from threadpoolctl import threadpool_limits

        threadpool_limits(limits=threads, user_api="blas")
