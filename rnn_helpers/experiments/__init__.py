"""Experiments that the notebooks run: networks built, trained and measured, NumPy only."""
