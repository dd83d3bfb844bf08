"""The panels and exercises of ``02_forward_pass``."""
