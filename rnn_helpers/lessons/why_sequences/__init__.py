"""The panels and exercises of ``01_why_sequences``."""
