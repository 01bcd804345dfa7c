"""The built-in cast extractor: pure stages from a text to its cast. `extract.py` shows them all."""
