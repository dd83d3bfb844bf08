"""What `make lab` does when a notebook is saved, so that its pictures survive.

Jupyter's server imports this file, so it imports nothing.
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
    stays live.
    """
    if model["type"] != "notebook":
        return
    for cell in model["content"]["cells"]:
        for output in cell.get("outputs", []):
            drop_view(output.get("data", {}))
