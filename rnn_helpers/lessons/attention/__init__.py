"""The panels and exercises of ``10_attention``."""
