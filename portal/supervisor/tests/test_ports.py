from __future__ import annotations

import socket
from pathlib import Path

import pytest

from portal.supervisor.ports import RememberedPorts, hold, listen_from

UDP = socket.SOCK_DGRAM


class TestRememberedPorts:
    def test_gives_the_same_port_again(self, tmp_path: Path) -> None:
        first = RememberedPorts(tmp_path / "ports.json", scattered=True)
        port = first.udp("router-1", first=5060)
        first.close()

        again = RememberedPorts(tmp_path / "ports.json")

        assert again.udp("router-1", first=5060) == port
        assert again.moved == []
        again.close()

    def test_holds_a_port_until_its_user_starts(self, tmp_path: Path) -> None:
        ports = RememberedPorts(tmp_path / "ports.json", scattered=True)
        port = ports.udp("router-1", first=5060)
        assert hold(port, host="127.0.0.1", kind=UDP) is None

        ports.let_go("router-1")

        holder = hold(port, host="127.0.0.1", kind=UDP)
        assert holder is not None
        holder.close()

    def test_moves_when_it_must_and_returns_when_it_can(self, tmp_path: Path) -> None:
        ports = RememberedPorts(tmp_path / "ports.json", scattered=True)
        port = ports.udp("router-1", first=5060)

        other = RememberedPorts(tmp_path / "ports.json", scattered=True)

        assert other.udp("router-1", first=5060) != port
        assert other.moved == ["router-1"]
        ports.close()
        other.close()

        later = RememberedPorts(tmp_path / "ports.json")

        assert later.udp("router-1", first=5060) == port
        later.close()

    def test_never_gives_one_port_to_two_names(self, tmp_path: Path) -> None:
        ports = RememberedPorts(tmp_path / "ports.json", scattered=True)
        port = ports.udp("router-1", first=5060)
        ports.let_go("router-1")

        assert ports.udp("router-2", first=5060) != port
        ports.close()


class TestListenFrom:
    def test_takes_the_next_port_when_one_is_taken(self) -> None:
        with listen_from(18_000, host="127.0.0.1") as first:
            port = first.getsockname()[1]
            with listen_from(port, host="127.0.0.1") as second:
                assert second.getsockname()[1] > port

    def test_passes_over_a_port_at_which_localhost_is_somebody_else(self) -> None:
        if not socket.has_ipv6:
            pytest.skip("No IPv6 here.")
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as other:
            try:
                other.bind(("::1", 0))
            except OSError:
                pytest.skip("No IPv6 here.")
            other.listen()
            port = other.getsockname()[1]
            with listen_from(port, host="127.0.0.1") as ours:
                assert ours.getsockname()[1] > port
