"""Print an `.env` for compose.yaml with fresh secrets: `python3 deploy/make_env.py > .env`.

The service-role key is a JSON Web Token (RFC 7519) that PostgREST checks with the same secret.
"""

import base64
import hashlib
import hmac
import json
import secrets
import sys
import time

TEN_YEARS = 10 * 365 * 24 * 3600


def token(role: str, secret: str, issued_at: int) -> str:
    head = _part({"alg": "HS256", "typ": "JWT"})
    claims = _part({"role": role, "iat": issued_at, "exp": issued_at + TEN_YEARS})
    signed = f"{head}.{claims}"
    signature = hmac.digest(secret.encode(), signed.encode(), hashlib.sha256)
    return f"{signed}.{_base64(signature)}"


def environment() -> dict[str, str]:
    jwt_secret = secrets.token_hex(32)
    return {
        "BACKEND_API_KEY": secrets.token_hex(32),
        "POSTGRES_PASSWORD": secrets.token_hex(24),
        "PGRST_JWT_SECRET": jwt_secret,
        "SUPABASE_SERVICE_ROLE_KEY": token("service_role", jwt_secret, int(time.time())),
        "TYPESENSE_API_KEY": secrets.token_hex(24),
        "QDRANT_API_KEY": secrets.token_hex(24),
        "REDIS_PASSWORD": secrets.token_hex(24),
        "GRAFANA_PASSWORD": secrets.token_hex(12),
        "FALSAFA_DOMAIN": "falsafa.localhost",
        "LLM_PROVIDER": "extractive",
    }


def _part(claims: dict[str, object]) -> str:
    return _base64(json.dumps(claims, separators=(",", ":")).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


if __name__ == "__main__":
    sys.stdout.writelines(f"{name}={value}\n" for name, value in environment().items())
