"""The panels and exercises of ``00_start_here``."""
