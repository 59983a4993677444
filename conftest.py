"""Puts this folder on the path, gives every process one thread, and says how far to search.

`make test` and a bare `pytest` search little and always the same; `make test-all` searches further
and, but for CI, elsewhere each time (`pytest --hypothesis-profile=thorough`).
"""

import os

from hypothesis import settings

ONE_THREAD_EACH = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "OPENCV_FOR_THREADS_NUM",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
for variable in ONE_THREAD_EACH:
    os.environ.setdefault(variable, "1")

# A deadline would measure the machine and not the code.
settings.register_profile("fast", deadline=None, max_examples=50, derandomize=True, database=None)
settings.register_profile(
    "thorough",
    deadline=None,
    max_examples=300,
    derandomize="CI" in os.environ,
    print_blob=True,
)
settings.load_profile("fast")
