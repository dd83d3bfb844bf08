"""The panels and exercises of ``10_bidirectional_and_deep``."""
