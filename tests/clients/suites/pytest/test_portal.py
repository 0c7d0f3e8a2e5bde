import pytest
from portal import report_call


def test_a_call_is_stored_as_it_was_reported(sandbox):
    assert report_call(sandbox.service, "m-1", "4711", "No light since noon.")
    sandbox.verify_call_logs(1, Account__AccountNumber="4711", LogText="No light since noon.")


def test_a_busy_backend_is_asked_again(sandbox):
    sandbox.ask("POST", "/scenarios", {
        "times": 2, "match": {"fields": {"MessageId": "m-1"}},
        "answer": {"kind": "fault", "code": "Server", "text": "Too busy.", "status": 503}})
    assert report_call(sandbox.service, "m-1", "4711", "")
    sandbox.verify_call_logs(1, MessageId="m-1")


def test_a_refusal_is_told(sandbox):
    refused = "000000000002"  # A magic account: ValidationFailed.
    assert not report_call(sandbox.service, "m-1", refused, "")
    sandbox.verify_call_logs(0)


def test_what_is_missing_is_told(sandbox):
    assert report_call(sandbox.service, "m-1", "4712", "")
    with pytest.raises(AssertionError, match="AccountNumber is 4712"):
        sandbox.verify_call_logs(1, Account__AccountNumber="4711")


def test_sandboxes_know_nothing_of_each_other(sandbox):
    sandbox.verify_call_logs(0)
