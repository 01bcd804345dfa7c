"""Our packages have short names at the top level: no other distribution may bring the same."""

from importlib.metadata import packages_distributions

import pytest

OURS = "falsafa"


@pytest.mark.parametrize("package", ["domain", "application", "adapters", "bootstrap"])
def test_no_other_distribution_ships_a_package_of_ours(package: str) -> None:
    others = set(packages_distributions().get(package, ())) - {OURS}

    assert not others, f"{others} would shadow Falsafa's own {package}, or be shadowed by it"
