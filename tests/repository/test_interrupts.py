"""The tool that interrupts checks at random moments, for a few of them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "interrupts.py"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no alarm")
def test_no_interrupt_makes_a_wrong_answer_right() -> None:
    run = subprocess.run([sys.executable, TOOL, "40"], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.startswith("40 rounds:") and "interrupted" in run.stdout
    assert run.stdout.endswith("recorded as solved: nothing\n")
