"""What the use cases need from outside, a Protocol a file. Adapters raise only `domain.errors`."""
