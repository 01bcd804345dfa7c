from __future__ import annotations

from collections.abc import Sequence

import pytest

from adapters.outbound.download.address_guard import AddressGuard, is_public
from domain.errors import ForbiddenAddress, SourceUnavailable

PUBLIC = "93.184.216.34"


async def public(host: str, port: int) -> Sequence[str]:
    return [PUBLIC]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fd00::1", "fec0::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "2002:7f00:1::", "2002:a00:1::",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2001:0:7f00:1::",
        "2001:0:5ef5:79fd:0:0:80ff:fffe", "not an address", "",
    ],
)  # fmt: skip
def test_what_is_not_of_the_open_internet_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        PUBLIC, "8.8.8.8", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
        "2002:808:808::1",
    ],
)  # fmt: skip
def test_what_is_of_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://0/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
        "http://2130706433/", "http://0x7f.1/", "http://0x7f000001/", "http://0177.0.0.1/",
        "http://127.1/", "http://127.0.0.1./", "http://10.1.2.3/", "http://169.254.169.254/latest",
        "http://[fd00::1]/", "http://[fe80::1]/", "file:///etc/passwd", "gopher://x.example/",
        "ftp://x.example/book.epub", "http://user@x.example/", "http://user:pass@x.example/",
        "http://x.example@127.0.0.1/", "http://x.example:6379/", "https://x.example:22/", "http://",
        "//x.example/", "x.example/book", "", "http://[::1", "http://x.example:99999/",
        "javascript:alert(1)", "http://\x00/",
    ],
)  # fmt: skip
async def test_addresses_that_are_refused_whatever_they_resolve_to(url: str) -> None:
    with pytest.raises(ForbiddenAddress):
        await AddressGuard(resolve=public).judge(url)


@pytest.mark.parametrize(
    "found", [["127.0.0.1"], ["169.254.169.254"], [PUBLIC, "10.0.0.1"], ["::ffff:192.168.0.1"]]
)
async def test_a_name_is_refused_if_any_of_its_addresses_is_private(found: list[str]) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return found

    with pytest.raises(ForbiddenAddress):
        await AddressGuard(resolve=resolve).judge("http://metadata.google.internal/")


async def test_a_public_address_is_given_with_what_it_resolved_to() -> None:
    destination = await AddressGuard(resolve=public).judge("https://X.example/book.epub")
    assert (destination.host, destination.port) == ("x.example", 443)
    assert destination.addresses == (PUBLIC,)


@pytest.mark.parametrize("found", [OSError("no such host"), []])
async def test_an_unknown_host_is_told(found: OSError | list[str]) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        if isinstance(found, OSError):
            raise found
        return found

    with pytest.raises(SourceUnavailable):
        await AddressGuard(resolve=resolve).judge("http://nowhere.example/")


async def test_a_storage_that_is_named_may_be_private() -> None:
    async def private(host: str, port: int) -> Sequence[str]:
        return ["10.0.0.7"]

    guard = AddressGuard(["storage.internal", "MinIO.internal:9000", "10.0.0.9:9000"], private)
    assert (await guard.judge("https://storage.internal/x")).addresses == ("10.0.0.7",)
    assert (await guard.judge("http://minio.internal:9000/x")).port == 9000
    assert (await guard.judge("http://10.0.0.9:9000/x")).addresses == ("10.0.0.9",)
    for other in ("http://storage.internal:9000/", "http://minio.internal/", "http://10.0.0.9/"):
        with pytest.raises(ForbiddenAddress):
            await guard.judge(other)
