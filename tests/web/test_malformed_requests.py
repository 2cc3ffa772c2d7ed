"""A sample of what `make fuzz` sends to a real service, in-process: an answer or a refusal, never a failure."""

import pytest
from odd_requests import odd_requests

SAMPLED = 5  # one of so many is sent


@pytest.mark.filterwarnings("ignore")  # of decoders, about what is wrong with a file
def test_a_sample_of_malformed_requests(client, test_digit_png):
    # Starlette's test client waits for the body that answers to HEAD from /metrics do not have.
    requests = [each for each in odd_requests(3, 2) if each.kind != "thin and huge shapes" and each.method != "HEAD"]
    for request in requests[::SAMPLED]:
        response = client.request(request.method, request.path, content=request.body, headers=request.headers)
        assert response.status_code < 500, request
        assert b'"code":"internal"' not in response.content, request  # of one picture of a batch
    assert client.post("/predict", files={"image": test_digit_png(7)}).json()["digit"] == 7
