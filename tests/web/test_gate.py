"""Who is let in, what every answer carries, and where the server may listen."""

import pytest
from fastapi.testclient import TestClient
from spike_runtime import open_nothing

from ecgmm.errors import InputError
from ecgmm.web.app import create_app
from ecgmm.web.settings import Settings, parse_duration_s

TOKEN = "a-long-enough-secret"


@pytest.fixture(scope="module")
def guarded() -> TestClient:
    """A client of an app with a token; its services are not running."""
    app = create_app(Settings(host="0.0.0.0", token=TOKEN), open_nothing)
    return TestClient(app, base_url="http://ecg.example", raise_server_exceptions=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "ecg.example"])
def test_the_server_refuses_to_listen_beyond_loopback_without_a_token(host: str) -> None:
    with pytest.raises(InputError, match="ECGMM_TOKEN"):
        Settings(host=host)
    assert Settings(host=host, token=TOKEN).host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.1.2.3"])
def test_loopback_needs_no_token(host: str) -> None:
    assert Settings(host=host).token is None


def test_a_short_token_is_refused() -> None:
    with pytest.raises(InputError, match="16"):
        Settings(token="secret")


@pytest.mark.parametrize("path", ["/api/v1/jobs/x", "/api/v1/readings/x", "/metrics"])
@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}],
    ids=["none", "wrong", "basic"],
)
def test_the_api_needs_the_token(guarded: TestClient, path: str, headers: dict[str, str]) -> None:
    response = guarded.get(path, headers=headers)
    assert response.status_code == 401
    assert response.json()["error"]["code"] == "needs_token"


def test_the_token_lets_in_and_the_page_needs_none(guarded: TestClient) -> None:
    bearing = {"Authorization": f"Bearer {TOKEN}"}
    assert guarded.get("/api/v1/nowhere", headers=bearing).status_code == 404
    for path in ("/", "/docs", "/healthz", "/openapi.json", "/static/js/main.js"):
        assert guarded.get(path).status_code == 200


def test_a_name_that_points_here_from_elsewhere_is_refused(client: TestClient) -> None:
    assert client.get("/healthz", headers={"Host": "evil.example:8000"}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    ],
)
def test_other_sites_pages_are_refused(client: TestClient, headers: dict[str, str]) -> None:
    response = client.post("/api/v1/analyze", files={"files": ("a.csv", b"x")}, headers=headers)
    assert response.status_code == 403
    assert "access-control-allow-origin" not in response.headers


def test_every_answer_closes_its_doors(client: TestClient) -> None:
    for path in ("/", "/api/v1/jobs/x", "/static/css/base.css", "/nowhere"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"


def test_the_page_has_no_inline_script_or_style_and_loads_nothing_from_elsewhere(
    client: TestClient,
) -> None:
    for path in ("/", "/docs"):
        page = client.get(path).text
        assert "<script>" not in page
        assert "style=" not in page
        assert "//" not in page.replace("http://127.0.0.1:8000", "").replace("w3.org", "")


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("30m", 1800), ("24h", 86400), ("7d", 604800)]
)
def test_durations_are_read(text: str, seconds: float) -> None:
    assert parse_duration_s(text) == seconds


@pytest.mark.parametrize("text", ["", "24", "0h", "-1h", "1w", "h"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Expected a duration"):
        parse_duration_s(text)
