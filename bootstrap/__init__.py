"""The composition root: the only place that knows settings, adapters and the container together."""
