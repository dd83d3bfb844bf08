"""How much memory is left, in containers of both kinds: files made here stand for the system's."""

from pathlib import Path

import pytest

from rnn_helpers.course import machine

V1, V2 = "4:memory:{}\n0::/\n", "0::{}\n"
NO_LIMIT = {"": "max", "memory": str(2**63 - 4096)}


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, file in (("CGROUP", "cgroup"), ("OWN_GROUP", "own"), ("MEMINFO", "meminfo")):
        monkeypatch.setattr(machine, name, tmp_path / file)
    (tmp_path / "meminfo").write_text("MemTotal: 9 kB\nMemAvailable:  4096 kB\n")
    return tmp_path


def limit(folder: Path, controller: str, most: object, used: int, spare: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    names = machine.FILES[controller]
    for name, text in zip(names, (most, used, f"cache 7\n{names[3]} {spare}")):
        (folder / name).write_text(f"{text}\n")


def test_without_a_container_it_is_what_the_machine_has(system: Path) -> None:
    assert machine.free_in_container() is None
    assert machine.free_memory() == 4096 * 1024


@pytest.mark.parametrize("controller", ["", "memory"])
def test_a_container_has_what_its_limit_leaves(system: Path, controller: str) -> None:
    top = system / "cgroup" / controller
    limit(top, controller, 1000, 900, 50)
    assert machine.free_in_container() == machine.free_memory() == 150
    limit(top, controller, 2**59, 900, 50)  # more than the machine has
    assert machine.free_memory() == 4096 * 1024
    limit(top, controller, NO_LIMIT[controller], 900, 50)
    assert machine.free_in_container() is None
    limit(top, controller, 100, 900, 50)  # already above it
    assert machine.free_memory() == 0


@pytest.mark.parametrize(("controller", "said"), [("", V2), ("memory", V1)])
def test_the_tightest_limit_of_all_groups_around_the_process_counts(
    system: Path, controller: str, said: str
) -> None:
    (system / "own").write_text(said.format("/user/session/kernel"))
    top = system / "cgroup" / controller
    limit(top / "user/session/kernel", controller, 1000, 0, 0)
    assert machine.free_in_container() == 1000
    limit(top / "user", controller, 500, 100, 0)
    assert machine.free_in_container() == 400
    limit(top / "another", controller, 1, 0, 0)
    assert machine.free_in_container() == 400


def test_what_cannot_be_read_is_not_measured(system: Path) -> None:
    (system / "meminfo").write_text("nothing\n")
    (system / "own").write_text("nonsense\n\n")
    limit(system / "cgroup", "", "much", 900, 50)
    assert machine.free_in_container() is None
    assert machine.free_memory() is None or machine.free_memory() > 2**20  # by psutil


def test_this_machine_is_measured() -> None:
    free = machine.free_memory()
    assert free is None or 0 <= free < 2**50
