"""What the browser says of its page, heard while cells run: theme, and pixels of the screen.

What a widget says that Run All has just made was seen to wait until the last cell is done, so each
picture would be drawn for a light page. JupyterLab from 4.4 on gives what the browser itself opens
a thread of its own (a subshell of ipykernel 7): ``page.js`` sends the page that way as soon as a
picture is there. The thread only takes a note of it. Pictures are drawn where cells run, those that
are there already as soon as the cell at work is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from IPython import get_ipython

TARGET = "rnn_helpers.page"  # page.js has it too
Page = Mapping[str, Any]
Hear = Callable[[Page], object]


heard: list[Page] = []  # and not yet told


def listen(hear: Hear) -> None:
    """Let ``hear`` be called with what a page says, between two cells; nothing without a kernel.

    Of what pages say while a cell runs, the last is told.
    """
    shell = get_ipython()
    targets = getattr(getattr(shell, "kernel", None), "comm_manager", None)
    if targets is None:
        return

    def note(message: Mapping[str, Any]) -> None:
        heard.append(message["content"]["data"])

    def open_line(comm: Any, opening: Mapping[str, Any]) -> None:
        note(opening)
        comm.on_msg(note)

    def tell(*_: object) -> None:
        if heard:
            page = heard[-1]
            heard.clear()
            hear(page)

    targets.register_target(TARGET, open_line)
    shell.events.register("pre_run_cell", tell)


def after_cell(call: Callable[[], object]) -> None:
    """Let ``call`` be called once when the cell at work is done, also if it was interrupted.

    Nothing without IPython, which has cells.
    """
    shell = get_ipython()
    if shell is None:
        return

    def once(*_: object) -> None:
        shell.events.unregister("post_run_cell", once)
        call()

    shell.events.register("post_run_cell", once)
