import os
from importlib.util import find_spec

# Where no test may be skipped, these run in the environment with PyTorch: `make test-booknlp`.
collect_ignore_glob = (
    ["test_*.py"] if os.environ.get("FALSAFA_REQUIRE_SERVICES") and not find_spec("torch") else []
)
