"""What the machine has left: how much memory a program may still take.

A container has a limit of its own, and the machine's free memory says nothing about it. Nothing
here needs a package, so that the guard of the exercises can ask before each answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")  # where Linux keeps the limits of a container
OWN_GROUP = Path("/proc/self/cgroup")  # which of its groups this process is in
MEMINFO = Path("/proc/meminfo")
NO_LIMIT = 2**60  # version 1 writes a number of this size where there is no limit

# The files of a group, version 2 and version 1: its limit, what it uses, and its statistics.
FILES = {
    "": ("memory.max", "memory.current", "memory.stat", "inactive_file"),
    "memory": (
        "memory.limit_in_bytes",
        "memory.usage_in_bytes",
        "memory.stat",
        "total_inactive_file",
    ),
}


def free_memory() -> int | None:
    """Return how many bytes a program may still take, or None where that cannot be measured."""
    free = [room for room in (_of_the_machine(), free_in_container()) if room is not None]
    return max(0, min(free)) if free else None


def free_in_container() -> int | None:
    """Return what the limits of a container leave (cgroup v1 and v2), None where there is none."""
    return min(_rooms(), default=None)


def _of_the_machine() -> int | None:
    try:
        lines = dict(line.split(":") for line in MEMINFO.read_text("ascii").splitlines())
        return int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, ValueError, KeyError, IndexError):
        pass
    try:
        import psutil  # comes with Jupyter's kernel, and knows macOS and Windows
    except ImportError:
        return None
    return psutil.virtual_memory().available


def _rooms() -> Iterator[int]:
    """Yield what each limit leaves: those of this process's group and of all groups around it."""
    for controller, files in FILES.items():
        top = CGROUP / controller
        for folder in dict.fromkeys([*_own_folders(controller, top), top]):
            room = _room(folder, *files)
            if room is not None:
                yield room


def _own_folders(controller: str, top: Path) -> Iterator[Path]:
    try:
        lines = OWN_GROUP.read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return
    for line in lines:
        _, names, place = (*line.split(":", 2), "", "")[:3]
        if controller in names.split(","):  # version 2 has no name
            folder = top / place.lstrip("/")
            yield from (folder, *(above for above in folder.parents if top in above.parents))


def _room(folder: Path, limit: str, used: str, statistics: str, cached: str) -> int | None:
    try:
        most = int((folder / limit).read_text("ascii"))  # "max" if there is no limit
        if most >= NO_LIMIT:
            return None
        detail = (folder / statistics).read_text("ascii").splitlines()
        spare = dict(line.split() for line in detail)[cached]  # it makes room when it is needed
        return most - int((folder / used).read_text("ascii")) + int(spare)
    except (OSError, ValueError, KeyError):
        return None
