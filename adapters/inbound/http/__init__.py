"""The HTTP side: routes, Server-Sent Events, and the one place that knows status codes."""
