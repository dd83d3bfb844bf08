"""What a Jupyter server's part of the course looks at in a notebook: its code and its outputs.

``model`` is Jupyter's: type, path and content. Imports nothing of the package, as the server does
not need the rest.
"""

VIEW = "application/vnd.jupyter.widget-view+json"


def each_output(model: dict) -> list[tuple[str, int, dict]]:
    """Return id of the cell, number and data of each output of a notebook of the course."""
    if not is_of_the_course(model):
        return []
    return [
        (cell.get("id", ""), index, output["data"])
        for cell in model["content"]["cells"]
        for index, output in enumerate(cell.get("outputs", []))
        if "data" in output
    ]


def is_of_the_course(model: dict) -> bool:
    """Return whether this is a notebook, with its content, whose code uses the package."""
    return bool(
        model["type"] == "notebook"
        and model.get("content")  # a list of files comes without
        and _uses_the_course(model["content"]["cells"])
    )


def _uses_the_course(cells: list[dict]) -> bool:
    code = (cell["source"] for cell in cells if cell["cell_type"] == "code")
    return any("rnn_helpers" in "".join(source) for source in code)  # a string, or its lines
