"""The panels and exercises of ``11_bidirectional_and_deep``."""
