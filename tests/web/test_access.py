"""Who may ask the service: by Host, by web site, by key; the file of keys; what is open without one."""

import pytest
from starlette.testclient import TestClient

from pipeline.errors import ModelError
from pipeline.web import keys
from pipeline.web.access import Access, Guard, from_environment, is_loopback


async def answers(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"in"})


def client(**access) -> TestClient:
    return TestClient(Guard(answers, Access(**access)), base_url="http://127.0.0.1:3000")


def refusal(response, status, code):
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    return response.json()["error"]["message"]


@pytest.mark.parametrize("host", ["127.0.0.1:3000", "[::1]:3000", "localhost", "digits", "Digits.local", "10.0.0.7"])
def test_names_that_nobody_can_register_are_answered(host):
    assert client().get("/model", headers={"host": host}).text == "in"


@pytest.mark.parametrize("host", ["digits.example", "127.0.0.1.example", "localhost.example:3000", "10.0.0.7.nip.io"])
def test_names_that_others_can_register_are_refused(host):
    name = host.partition(":")[0]
    for path in ("/livez", "/predict", "/metrics"):
        assert refusal(client().get(path, headers={"host": host}), 400, "bad_request") == (
            f"This server does not answer to the name '{name}'. Ask for it by its IP address or as localhost, "
            f"or put {name} into DIGITS_TRUSTED_HOSTS, separated by commas."
        )


def test_trusted_names():
    trusting = client(trusted_hosts=("digits.example", ".inner.example"))
    hosts = ["digits.example:80", "a.inner.example", "inner.example", "no.digits.example", "ainner.example"]
    assert [trusting.get("/", headers={"host": host}).status_code for host in hosts] == [200, 200, 200, 400, 400]


def test_scripts_of_foreign_sites_are_refused_and_own_and_allowed_ones_are_not():
    message = refusal(client().post("/predict", headers={"origin": "https://evil.example"}), 403, "foreign_site")
    assert message.startswith("The web site https://evil.example may not use this service.")
    assert client().post("/predict", headers={"origin": "http://127.0.0.1:3000"}).text == "in"
    assert refusal(client().get("/model", headers={"origin": "null"}), 403, "foreign_site")
    allowed = client(origins=("https://shop.example",))
    assert allowed.post("/predict", headers={"origin": "https://shop.example"}).text == "in"
    assert allowed.post("/predict", headers={"origin": "https://shop.example.evil.example"}).status_code == 403


@pytest.fixture
def key():
    return keys.new_key("anna", 3)


@pytest.fixture
def guarded(key, tmp_path):
    file = tmp_path / "keys"
    file.write_text(f"# clients\n\n{key[1]}\n{keys.new_key('bert', 1)[1]}\n")
    return client(keys=keys.read_keys(file))


def test_everything_but_health_needs_a_key(guarded, key):
    assert key[0] not in key[1]
    for path in ("/predict", "/metrics", "/docs.json", "/", "/nosuch"):
        response = guarded.get(path)
        assert refusal(response, 401, "no_key") == (
            "The request has no key. Send yours as the header 'Authorization: Bearer KEY'."
        )
        assert response.headers["www-authenticate"] == "Bearer"
    assert [guarded.get(path).text for path in ("/livez", "/readyz", "/healthz")] == ["in"] * 3
    for headers in ({"authorization": f"Bearer {key[0]}"}, {"x-api-key": key[0]}):
        assert guarded.get("/predict", headers=headers).text == "in"
    for wrong in ("nonsense", key[0][:-1], key[1].split()[1], "\xe9"):
        headers = {"authorization": f"Bearer {wrong}".encode("latin-1")}
        assert refusal(guarded.get("/predict", headers=headers), 401, "no_key").startswith(
            "The request has a key that is not known."
        )


def test_a_key_has_a_rate(guarded, key):
    headers = {"x-api-key": key[0]}
    statuses = [guarded.get("/predict", headers=headers).status_code for _ in range(8)]
    assert statuses[:6] == [200] * 6 and 429 in statuses[6:]  # two seconds' worth may be saved up
    response = guarded.get("/predict", headers=headers)
    assert refusal(response, 429, "too_often") == "The key of anna allows 3 requests a second. Wait 1 s."
    assert response.headers["retry-after"] == "1"


@pytest.mark.parametrize("line", ["anna", "anna 12ab 5", "anna " + "0" * 64 + " 0", "anna " + "g" * 64 + " 5"])
def test_a_file_of_keys_with_a_bad_line(tmp_path, line):
    file = tmp_path / "keys"
    file.write_text(f"\n{line}\n")
    with pytest.raises(
        ModelError, match=r", line 2: expected a name, 64 hexadecimal digits and requests per second\.$"
    ):
        from_environment({"DIGITS_API_KEYS": str(file)})


def test_no_file_of_keys_or_an_empty_one_is_not_taken_for_no_keys(tmp_path):
    with pytest.raises(ModelError, match="cannot be read"):
        from_environment({"DIGITS_API_KEYS": str(tmp_path / "nosuch")})
    (tmp_path / "keys").write_text("# none yet\n")
    with pytest.raises(ModelError, match="holds none"):
        from_environment({"DIGITS_API_KEYS": str(tmp_path / "keys")})


def test_what_the_environment_says():
    said = from_environment({"DIGITS_TRUSTED_HOSTS": "A.example, b.example", "DIGITS_ALLOWED_ORIGINS": "https://c/"})
    assert said == Access((), ("a.example", "b.example"), ("https://c",))


def test_which_addresses_let_others_in():
    hosts = ["", "127.0.0.1", "::1", "localhost", "0.0.0.0", "::", "192.168.1.5"]
    assert [is_loopback(host) for host in hosts] == [True, True, True, True, False, False, False]
