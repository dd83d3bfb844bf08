"""The panels and exercises of ``06_gru``."""
