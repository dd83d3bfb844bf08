"""What a Jupyter server does when it saves a notebook of the course, so that its pictures survive.

Installing the package enables this file as an extension of the server (by
``etc/jupyter/jupyter_server_config.d/rnn_helpers.json``), so it imports nothing.
"""

VIEW = "application/vnd.jupyter.widget-view+json"


def drop_view(data: dict) -> None:
    """Drop a widget's live view from the data of an output where a picture or HTML is beside it.

    A live view needs the kernel that made it. Without one JupyterLab would show "model not found"
    in the place of the picture. ``data`` is changed in place. Text alone does not stand in for a
    view: it is only the name of the widget.
    """
    if set(data) - {VIEW, "text/plain"}:
        data.pop(VIEW, None)


def keep_pictures(model: dict, **_: object) -> None:
    """Drop the live views (:func:`drop_view`) from a notebook that is about to be saved.

    ``model`` is Jupyter's, as for ``pre_save_hook``; it is changed in place. What is on the screen
    stays live. A notebook that does not use the package is left alone: the server may be shared.
    """
    if model["type"] != "notebook" or not _uses_the_course(model["content"]["cells"]):
        return
    for cell in model["content"]["cells"]:
        for output in cell.get("outputs", []):
            drop_view(output.get("data", {}))


def _uses_the_course(cells: list[dict]) -> bool:
    code = (cell["source"] for cell in cells if cell["cell_type"] == "code")
    return any("rnn_helpers" in "".join(source) for source in code)  # a string, or its lines


def _jupyter_server_extension_points() -> list[dict]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: object) -> None:
    server.contents_manager.register_pre_save_hook(keep_pictures)
