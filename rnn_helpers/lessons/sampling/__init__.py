"""The panels and exercises of ``08_sampling``."""
