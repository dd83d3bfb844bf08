"""A notebook that is read again has the live views whose kernel still knows them, and no others."""

import asyncio
import copy
from types import SimpleNamespace

import pytest

from rnn_helpers.course import saving
from rnn_helpers.course.notebook_file import VIEW, each_output, is_of_the_course
from rnn_helpers.course.reopening import LiveViews, widgets_of

ALIVE, GONE = {"model_id": "alive"}, {"model_id": "gone"}


def notebook(*views: dict | None, source: str = "import rnn_helpers") -> dict:
    """Return a notebook with an output for each view: a picture, and the view if there is one."""
    data = [{"image/png": str(i)} | ({VIEW: view} if view else {}) for i, view in enumerate(views)]
    outputs = [{"output_type": "display_data", "data": each} for each in data]
    cells = [{"cell_type": "markdown", "id": "m", "source": "Look:"}]
    cells += [{"cell_type": "code", "id": "c", "source": source, "outputs": outputs}]
    return {"type": "notebook", "content": {"cells": cells, "metadata": {}}}


def shown(model: dict) -> list[dict | None]:
    return [data.get(VIEW) for _, _, data in each_output(model)]


@pytest.fixture
def views() -> LiveViews:
    asked = []

    async def ask(path: str) -> set[str]:
        asked.append(path)
        return {"alive"}

    made = LiveViews(ask)
    made.asked = asked
    return made


def read(views: LiveViews, model: dict, path: str = "a.ipynb") -> list[dict | None]:
    return shown(asyncio.run(views.give_back(copy.deepcopy(model), path)))


def saved(views: LiveViews, model: dict, path: str = "a.ipynb") -> dict:
    views.keep(model=model, path=path, contents_manager=None)
    saving.keep_pictures(model)
    return model


def test_only_what_the_kernel_still_has_comes_back(views: LiveViews) -> None:
    kept = saved(views, notebook(ALIVE, None, GONE))
    assert shown(kept) == [None, None, None]
    assert read(views, kept, "/a.ipynb") == [ALIVE, None, None]
    assert views.asked == ["a.ipynb"]


def test_a_picture_that_was_saved_meanwhile_keeps_the_view_for_the_next_time(views) -> None:
    kept = saved(views, notebook(ALIVE))
    assert read(views, saved(views, kept)) == [ALIVE]


def test_another_output_another_notebook_and_another_course_get_none(views: LiveViews) -> None:
    kept = saved(views, notebook(ALIVE))
    assert read(views, kept, "b.ipynb") == [None]
    kept["content"]["cells"][1]["outputs"][0]["data"]["image/png"] = "another"
    assert read(views, kept) == [None]
    assert views.asked == [], "a kernel was asked in vain"
    other = notebook(ALIVE, source="import ipympl")
    assert not is_of_the_course(other) and each_output(other) == []


# ---- the kernel's answer


class Client:
    """A kernel that answers first what others have asked."""

    def __init__(self, replies: list[dict]) -> None:
        self.replies, self.stopped = list(replies), False

    def start_channels(self, **_: bool) -> None: ...

    def comm_info(self, target: str) -> str:
        assert target == "jupyter.widget"
        return "mine"

    async def get_shell_msg(self, timeout: float) -> dict:
        if not self.replies:
            raise TimeoutError
        return self.replies.pop(0)

    def stop_channels(self) -> None:
        self.stopped = True


def server(client: Client) -> SimpleNamespace:
    async def list_sessions() -> list[dict]:
        return [{"path": "a.ipynb", "kernel": {"id": "k"}}]

    kernels = {"k": SimpleNamespace(client=lambda: client)}
    manager = SimpleNamespace(get_kernel=kernels.__getitem__)
    sessions = SimpleNamespace(list_sessions=list_sessions)
    return SimpleNamespace(session_manager=sessions, kernel_manager=manager)


OTHERS = {"parent_header": {"msg_id": "others"}, "content": {}}
MINE = {"parent_header": {"msg_id": "mine"}, "content": {"comms": {"alive": {}}}}


@pytest.mark.parametrize(
    ("replies", "path", "widgets"),
    [
        ([OTHERS, MINE], "a.ipynb", {"alive"}),
        ([OTHERS], "a.ipynb", set()),  # busy
        ([MINE], "b.ipynb", set()),  # without a kernel
    ],
)
def test_a_kernel_is_asked_for_its_widgets(replies, path, widgets) -> None:
    client = Client(replies)
    assert asyncio.run(widgets_of(server(client))(path)) == widgets
    assert client.stopped == (path == "a.ipynb")
