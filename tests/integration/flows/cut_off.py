"""Run a command in a network of its own that holds this machine alone (as root of `unshare -rn`).

Tells on its last line how many packets found no way out: the kernel counts the attempts of native
code too, which no patch of Python's sockets would see.
"""

import fcntl
import socket
import struct
import subprocess
import sys
from pathlib import Path

_SIOCSIFFLAGS = 0x8914  # linux/sockios.h
_IFF_UP = 1


def main() -> None:
    _raise_loopback()
    done = subprocess.run(sys.argv[1:], check=False)
    sys.stdout.write(f"\n{_packets_without_a_way()}\n")
    sys.exit(done.returncode)


def _raise_loopback() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", _IFF_UP)
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, request)


def _packets_without_a_way() -> int:
    names, values = (
        line.split()
        for line in Path("/proc/net/snmp").read_text().splitlines()
        if line.startswith("Ip:")
    )
    ipv4 = int(dict(zip(names, values, strict=True))["OutNoRoutes"])
    ipv6 = dict(line.split() for line in Path("/proc/net/snmp6").read_text().splitlines())
    return ipv4 + int(ipv6["Ip6OutNoRoutes"])


if __name__ == "__main__":
    main()
