"""What `make lab` does when a notebook is saved, so that its pictures survive."""

VIEW = "application/vnd.jupyter.widget-view+json"


def keep_pictures(model: dict, **_: object) -> None:
    """Drop the live view of a widget from a notebook to be saved, where a picture stands beside it.

    A live view needs the kernel that made it. Without one JupyterLab would show "model not found"
    in the place of the picture. ``model`` is Jupyter's, as for ``pre_save_hook``; it is changed in
    place. What is on the screen stays live.
    """
    if model["type"] != "notebook":
        return
    for cell in model["content"]["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if VIEW in data and set(data) - {VIEW, "text/plain"}:
                del data[VIEW]
