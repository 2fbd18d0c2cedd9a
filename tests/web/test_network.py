"""Where a request comes from, whatever it claims."""

from __future__ import annotations

import ipaddress

import pytest
from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.web.network import (
    NOBODY,
    block_of,
    client_address,
    network_of,
    source_of,
    trusted_networks,
)
from tests.tables import every_row

PROXIES = trusted_networks(("10.0.0.0/8", "192.0.2.7", "2001:db8:1::/48"))


@every_row(
    ("remote", "forwarded", "expected"),
    [
        ("198.51.100.4", None, "198.51.100.4"),
        ("198.51.100.4", "203.0.113.9", "198.51.100.4"),  # a stranger claims
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9"),  # the left is the client's own claim
        ("10.0.0.1", "1.2.3.4, 203.0.113.9, 10.9.9.9", "203.0.113.9"),
        ("10.0.0.1", "10.1.1.1, 10.2.2.2", "10.1.1.1"),
        ("10.0.0.1", "203.0.113.9, unknown", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9:4711", "203.0.113.9"),
        ("10.0.0.1", "[2001:db8::5]:4711", "2001:db8::5"),
        ("10.0.0.1", '"[2001:db8::5]"', "2001:db8::5"),
        ("10.0.0.1", "2001:db8::5", "2001:db8::5"),
        ("10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("2001:db8:1::2", "203.0.113.9", "203.0.113.9"),
        ("2001:db8:2::2", "203.0.113.9", "2001:db8:2::2"),
        ("192.0.2.8", "203.0.113.9", "192.0.2.8"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", ",,,", "10.0.0.1"),
        ("", "203.0.113.9", "0.0.0.0"),
    ],
)
def test_only_listed_proxies_are_believed(
    remote: str, forwarded: str | None, expected: str
) -> None:
    environ = {"REMOTE_ADDR": remote}
    if forwarded is not None:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded
    assert str(client_address(environ, PROXIES)) == expected


def test_a_proxy_on_our_socket_is_believed_where_the_setting_says_so() -> None:
    environ = {"REMOTE_ADDR": "", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}
    assert str(client_address(environ, trusted_networks(("unix",)))) == "203.0.113.9"
    assert client_address(environ, trusted_networks(("10.0.0.0/8",))) == NOBODY


@pytest.mark.parametrize("remote", ["198.51.100.4", "10.0.0.1", "127.0.0.1"])
def test_nobody_is_believed_by_default(remote: str) -> None:
    environ = {"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": "203.0.113.9"}
    assert str(client_address(environ)) == remote


@given(st.text(max_size=200), st.sampled_from(["10.0.0.1", "198.51.100.4", "", "nonsense"]))
def test_no_header_breaks_it(forwarded: str, remote: str) -> None:
    found = client_address({"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": forwarded}, PROXIES)
    assert found == NOBODY or found.version in (4, 6)


def test_a_customer_is_one_network() -> None:
    def same(one: str, other: str) -> bool:
        return block_of(ipaddress.ip_address(one)) == block_of(ipaddress.ip_address(other))

    assert same("203.0.113.9", "203.0.113.200")
    assert not same("203.0.113.9", "203.0.114.9")
    assert same("2001:db8::5", "2001:db8::ffff:1")
    assert not same("2001:db8::5", "2001:db8:0:1::5")


def test_what_is_kept_cannot_be_read_back(app: Flask) -> None:
    def kept(address: str) -> tuple[str, str]:
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            return network_of(request), source_of(request)

    network, source = kept("203.0.113.9")
    assert len(network) == 43 and "203" not in network
    assert kept("203.0.113.77")[0] == network and kept("203.0.113.77")[1] != source
    assert kept("203.0.114.9")[0] != network
    assert kept("203.0.113.9") == (network, source)
