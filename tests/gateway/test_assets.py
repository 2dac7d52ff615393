"""Style sheets and scripts travel compressed to whoever can read that; pages, which hold a secret, never do."""

import gzip

import httpx
import pytest

from services.gateway.design import assets


@pytest.fixture
def gateway_database(shared_database: str) -> str:
    return shared_database


@pytest.mark.parametrize("name", list(assets._FILES))
async def test_a_file_is_the_same_compressed_and_as_it_is(http: httpx.AsyncClient, name: str) -> None:
    place = assets.address(name)
    plain = await http.get(place, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    compressed = await http.get(place, headers={"accept-encoding": "gzip, br"})
    assert compressed.headers["content-encoding"] == "gzip"
    assert int(compressed.headers["content-length"]) < len(plain.content) / 2
    assert compressed.content == plain.content
    for answer in (plain, compressed):
        assert answer.headers["vary"] == "accept-encoding"
        assert "immutable" in answer.headers["cache-control"]
    assert gzip.decompress(assets.compressed(name)) == plain.content


async def test_a_page_is_never_compressed(http: httpx.AsyncClient) -> None:
    page = await http.get("/sign-in", headers={"accept-encoding": "gzip"})
    assert page.status_code == 200
    assert "content-encoding" not in page.headers
