"""The speaker weights, learned from LitBank."""
