"""The worker: claims jobs from the queue and runs the use case on them."""
