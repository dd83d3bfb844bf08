"""Store what the notebooks' predictions ask, so that a shared choice needs no words of its own.

    python tools/predictions.py

A prediction goes by the name of its notebook and its own, "forward_pass.by_hand". Its question and
its options are read from the notebook's stored outputs. `make notebooks` does this too.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
STORE = ROOT / "rnn_helpers" / "data" / "predictions.json"
ASKED, OPTION, MEASURED = "Predict: ", "  - ", "Measured: "


def predictions_of(path: Path) -> Iterator[tuple[str, dict]]:
    """Yield the name of each prediction of a notebook that was run, its question and options."""
    for cell in nbformat.read(path, as_version=4).cells:
        texts = [output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", [])]
        for name, text in zip(_names(cell), (t for t in texts if t.startswith(ASKED))):
            question, options = asked(text)
            yield f"{path.stem[3:]}.{name}", {"question": question, "options": options}


def asked(text: str) -> tuple[str, list[str]]:
    """Return the question and the options, from the text that a prediction stores."""
    question, *rest = text.removeprefix(ASKED).splitlines()
    return question, [line.removeprefix(OPTION) for line in rest if line.startswith(OPTION)]


def turned_out(measured: str, options: Sequence[str]) -> tuple[str, str]:
    """Return which of ``options`` turned out right, and the evidence, from what a reveal stores.

    That is "Measured: the option. The evidence." Raise ValueError if it begins with no option.
    """
    said = measured.removeprefix(MEASURED)
    right = [option for option in options if said.startswith(f"{option.rstrip('.')}. ")]
    if not right:
        raise ValueError(f"what was measured, {measured!r}, begins with none of {options}")
    longest = max(right, key=len)  # an option may begin as another one does
    return longest, said[len(longest.rstrip(".")) + 2 :]


def _names(cell: NotebookNode) -> list[str]:
    if cell.cell_type != "code" or "predict(" not in cell.source:
        return []
    tree = ast.parse(TransformerManager().transform_cell(cell.source))
    return [
        node.targets[0].id
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("predict(")
    ]


def stored() -> str:
    """Return the text of the store as the notebooks make it now."""
    paths = sorted((ROOT / "notebooks").glob("*.ipynb"))
    found = dict(pair for path in paths for pair in predictions_of(path))
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the store."""
    STORE.write_text(stored(), encoding="utf-8")


if __name__ == "__main__":
    main()
