"""Who is let in, what every answer carries, and where the server may listen."""

import pytest
from fastapi.testclient import TestClient
from spike_runtime import open_nothing
from starlette.testclient import WebSocketDenialResponse

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


@pytest.mark.parametrize("token", ["a secret with spaces", "zwölf-lange-worte", "tab\t" * 4])
def test_a_token_that_no_header_can_bear_is_refused(token: str) -> None:
    with pytest.raises(InputError, match="ASCII"):
        Settings(token=token)


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


FROM_ELSEWHERE = {
    "a script": {"Origin": "https://evil.example"},
    "a sandboxed frame": {"Origin": "null"},
    "an origin that is no address": {"Origin": "http://["},
    "another server of this machine": {"Origin": "http://127.0.0.1:9000"},
    "an image": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    "a site of a kind to come": {"Sec-Fetch-Site": "elsewhere", "Sec-Fetch-Mode": "cors"},
    "a form": {
        "Origin": "http://evil.example",
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
    },
    "a form of an old browser": {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate"},
}
ID = "A" * 22
CHANGING = [
    ("POST", "/api/v1/analyze"),
    ("POST", f"/api/v1/readings/{ID}/corrections"),
    ("PUT", f"/api/v1/readings/{ID}/changes"),
    ("DELETE", f"/api/v1/readings/{ID}"),
    ("POST", "/api/v1/streams"),
    ("DELETE", "/api/v1/streams/bed"),
    ("POST", "/api/v1/streams/bed/limits"),
    ("POST", "/api/v1/streams/bed/alarms/1/acknowledge"),
]


def test_every_address_that_changes_something_is_looked_at_below(client: TestClient) -> None:
    names = {"reading_id": ID, "stream_id": "bed", "alarm_id": "1"}
    described = client.get("/openapi.json").json()["paths"]
    changing = {
        (method.upper(), path.format_map(names))
        for path, methods in described.items()
        for method in methods
        if method != "get"
    }
    assert changing == set(CHANGING)


@pytest.mark.parametrize(("method", "path"), CHANGING)
@pytest.mark.parametrize("headers", FROM_ELSEWHERE.values(), ids=FROM_ELSEWHERE)
def test_other_sites_pages_change_nothing(
    client: TestClient, method: str, path: str, headers: dict[str, str]
) -> None:
    response = client.request(method, path, headers=headers)
    assert (response.status_code, response.json()["error"]["code"]) == (403, "cross_origin")
    assert "access-control-allow-origin" not in response.headers


def test_a_form_of_another_site_uploads_nothing(client: TestClient) -> None:
    files = {"files": ("a.csv", b"x")}
    response = client.post("/api/v1/analyze", files=files, headers=FROM_ELSEWHERE["a form"])
    assert response.status_code == 403


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_link_from_another_site_is_followed(client: TestClient, method: str) -> None:
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    status = client.request(method, "/static/icon.svg", headers=followed).status_code
    assert status == 200


def test_the_servers_own_page_and_a_program_are_let_in(client: TestClient) -> None:
    own = {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}
    for headers in (own, {}):
        assert client.delete(f"/api/v1/readings/{ID}", headers=headers).status_code == 404


@pytest.mark.parametrize("headers", FROM_ELSEWHERE.values(), ids=FROM_ELSEWHERE)
@pytest.mark.parametrize("path", ["stream", "stream/bed"])
def test_other_sites_pages_open_no_websocket(
    client: TestClient, path: str, headers: dict[str, str]
) -> None:
    address = f"ws://127.0.0.1:8000/api/v1/{path}"
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        client.websocket_connect(address, headers=headers),
    ):
        pass
    assert refused.value.status_code == 403


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_json_is_taken_only_where_it_is_called_json(client: TestClient, content_type: str) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    response = client.post("/api/v1/streams", content=b"{}", headers=headers)
    assert response.status_code == 422


@pytest.mark.parametrize(
    "host",
    ["evil.example:8000", "127.0.0.1.evil.example", "[::1", "a@127.0.0.1", "127.0.0.1/x", ""],
)
def test_a_host_that_is_not_this_machine_is_refused(client: TestClient, host: str) -> None:
    response = client.get("/healthz", headers={"Host": host})
    assert (response.status_code, response.json()["error"]["code"]) == (421, "wrong_host")


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000", "127.1.2.3"])
def test_this_machine_goes_by_several_names(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("name", ["Host", "Origin", "Sec-Fetch-Site", "Authorization"])
def test_a_header_given_twice_is_refused(client: TestClient, name: str) -> None:
    once = (name, "127.0.0.1:8000")
    response = client.get("/healthz", headers=[once, (name, "evil.example")])
    assert (response.status_code, response.json()["error"]["code"]) == (400, "repeated_header")


@pytest.mark.parametrize(
    "path",
    ["//api/v1/jobs/x", "/api%2Fv1/jobs/x", "/static/../api/v1/jobs/x", "/API/v1/jobs/x", "/new"],
)
def test_no_spelling_of_an_address_goes_round_the_token(guarded: TestClient, path: str) -> None:
    response = guarded.get(path)
    assert response.status_code in (401, 404)
    assert "jobs" not in response.text
    if not path.startswith("/static"):
        assert response.status_code == 401


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
