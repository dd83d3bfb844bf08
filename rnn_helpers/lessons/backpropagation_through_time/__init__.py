"""The panels and exercises of ``03_backpropagation_through_time``."""
