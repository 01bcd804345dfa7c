"""Pure ASGI: one BaseHTTPMiddleware would triple what an event of a stream costs."""
