"""The panels and exercises of ``04_training``."""
