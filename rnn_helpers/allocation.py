"""How freed memory is kept for the next training step. Nothing here changes a number."""

import numpy as np


def keep_freed_memory() -> None:
    """Make Linux's memory manager keep large arrays that are freed, up to 32 MB each.

    A training step takes a few large arrays and gives them back. By default they would go back to
    the system each time and be fetched anew page by page, which can cost as much as the
    mathematics. Once a block of 32 MB has been taken and freed (it is never touched, so it costs
    nothing), what is freed stays for the next step.
    """
    np.empty(2**25 - 2**16, np.uint8)
