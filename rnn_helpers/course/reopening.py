"""A panel that is alive in its kernel is alive again when the page is loaded anew.

Saved notebooks hold pictures, no live views (`saving.keep_pictures`). So the server remembers each
view that it left out. When the notebook is read again it asks the notebook's kernel which widgets
are still there, and gives their views back. A kernel that was started anew knows none of them, and
one that is busy does not answer in time: then the pictures are shown. Nothing of this is in a file.
Part of the server's extension, so it imports nothing else.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable

from rnn_helpers.course.notebook_file import VIEW, each_output

SECONDS = 2.0  # for the kernel's answer: whoever opens a notebook waits for it
Key = tuple[str, str, int]  # path, id of the cell, number of the output


class LiveViews:
    """The live views that were left out of saved notebooks, each with what is shown in its place.

    ask  ask(path) -> the ids of the widgets that the notebook's kernel has now
    """

    def __init__(self, ask: Callable[[str], Awaitable[set[str]]]) -> None:
        self._ask = ask
        self._kept: dict[Key, tuple[str, dict]] = {}

    def keep(self, model: dict, path: str, **_: object) -> None:
        """Remember the views of a notebook that is about to be saved, before they are left out."""
        for place, data in _places(model, path):
            if VIEW in data:
                self._kept[place] = (_digest(data), data[VIEW])

    async def give_back(self, model: dict, path: str) -> dict:
        """Return the `model` of a notebook that was read, with the views that are alive.

        It is changed in place. A view comes only where the output is the one it was left out of.
        """
        found = []
        for place, data in _places(model, path):
            digest, view = self._kept.get(place, ("", {}))
            if digest == _digest(data):
                found.append((data, view))
        alive = await self._ask(path.strip("/")) if found else set()
        for data, view in found:
            if view.get("model_id") in alive:
                data[VIEW] = view
        return model


def _places(model: dict, path: str) -> list[tuple[Key, dict]]:
    outputs = each_output(model)
    return [((path.strip("/"), cell, index), data) for cell, index, data in outputs]


def _digest(data: dict) -> str:
    rest = {kind: value for kind, value in data.items() if kind != VIEW}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def widgets_of(server: object) -> Callable[[str], Awaitable[set[str]]]:
    """Return what asks the kernel of a notebook for its widgets: none where it does not answer."""

    async def ask(path: str) -> set[str]:
        try:
            sessions = await server.session_manager.list_sessions()
            kernel = next(s["kernel"]["id"] for s in sessions if s["path"].strip("/") == path)
            client = server.kernel_manager.get_kernel(kernel).client()
        except Exception:  # no kernel, or kernels of another kind, that run elsewhere
            return set()
        client.start_channels(shell=True, iopub=False, stdin=False, hb=False, control=False)
        try:
            asked = client.comm_info("jupyter.widget")
            while True:
                reply = await client.get_shell_msg(timeout=SECONDS)
                if reply["parent_header"].get("msg_id") == asked:
                    return set(reply["content"].get("comms", {}))
        except Exception:  # busy, or gone meanwhile
            return set()
        finally:
            client.stop_channels()

    return ask
