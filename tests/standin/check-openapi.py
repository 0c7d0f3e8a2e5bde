#!/usr/bin/python3
"""Holds openapi.json against the schema of OpenAPI 3.1, and a real server against openapi.json.

usage: check-openapi.py PROGRAM

Every path and method of the server is in the file, and every one of the file is in the server; each operation is called,
and its replies are as the file says. openapi-3.1.schema.json is https://spec.openapis.org/oas/3.1/schema/2022-10-07
(OpenAPI Initiative, Apache License 2.0).
"""
import http.client, json, os, pathlib, signal, subprocess, sys, tempfile, urllib.parse

import jsonschema

HERE = pathlib.Path(__file__).resolve().parent
METHODS = {"get", "put", "post", "delete"}
OF_EACH_MODE = {"/livez", "/readyz", "/metrics"}
MAX_BODY = 65536
problems = []


def problem(text):
    problems.append(text)
    print("FAILED: " + text)


class Server:
    def __init__(self, program, folder):
        self.log = os.path.join(folder, "log")
        self.process = subprocess.Popen(
            [program, "serve", "--mode", "stand-in", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
             "--database", os.path.join(folder, "test.db"), "--set", "http.max_body_bytes=%d" % MAX_BODY], stdout=subprocess.PIPE, stderr=open(self.log, "w"), text=True)
        line = self.process.stdout.readline()
        if not line.startswith("READY "):
            sys.exit("the server did not start: " + open(self.log).read())
        self.admin = urllib.parse.urlsplit(json.loads(line[6:])["admin"]).netloc

    def call(self, method, target, body=None, headers={}):
        connection = http.client.HTTPConnection(self.admin, timeout=60)
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        connection.request(method, target, body, headers)
        reply = connection.getresponse()
        return reply.status, reply.headers.get_content_type(), reply.read().decode()


class Checker:
    def __init__(self, server, document):
        self.server, self.document, self.called = server, document, set()

    def schema_at(self, reference):
        node = self.document
        for step in reference[2:].split("/"):
            node = node[step]
        return node

    def path_of(self, target):
        """The path of the file that a target is an instance of."""
        parts = urllib.parse.urlsplit(target).path.split("/")
        for path in self.document["paths"]:
            steps = path.split("/")
            if len(steps) == len(parts) and all(s == p or s.startswith("{") for s, p in zip(steps, parts)):
                return path
        return None

    def __call__(self, method, target, body=None, headers={}, status=200):
        got, content_type, text = self.server.call(method, target, body, headers)
        where = "%s %s" % (method, target)
        path = self.path_of(target)
        if got != status:
            problem("%s: status %d instead of %d: %s" % (where, got, status, text))
            return None
        operation = self.document["paths"][path][method.lower()]
        if status < 300:
            self.called.add((path, method.lower()))
        response = operation["responses"].get(str(got))
        if response is None:
            problem("%s: status %d is not described" % (where, got))
            return None
        if "$ref" in response:
            response = self.schema_at(response["$ref"])
        content = response.get("content")
        if content is None:
            if text:
                problem("%s: a body that is not described" % where)
            return None
        if content_type not in content:
            problem("%s: Content-Type %s is not described" % (where, content_type))
            return None
        if content_type != "application/json":
            return text
        value = json.loads(text)
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": self.document["components"],
                  "allOf": [content[content_type]["schema"]]}
        for error in jsonschema.Draft202012Validator(schema).iter_errors(value):
            problem("%s: %s at %s" % (where, error.message[:300], error.json_path))
        return value


def check_paths(server, document):
    status, _, text = server.call("GET", "/", headers={"Accept": "application/json"})
    served = {(path, method.lower()) for path, methods in json.loads(text).items() for method in methods.split(", ")}
    described = {(path, method) for path, item in document["paths"].items() for method in item if method in METHODS}
    for path, method in sorted(served - described):
        problem("%s %s is served, but not described" % (method, path))
    for path, method in sorted(described - served):
        problem("%s %s is described, but not served" % (method, path))
    return described


def call_scenarios(check, message):
    """Leaves entries with a scenario, and with the nearest, in the journal."""
    answers = [{"kind": kind} for kind in ("pass", "success", "reset", "truncated", "garbage", "store_without_answer",
                                           "answer_without_storing")]
    answers += [{"kind": "error_data", "code": "1"}, {"kind": "fault", "text": "t"}, {"kind": "http", "status": 418},
                {"kind": "pass", "delay_ms": 1}, {"kind": "pass", "delay_ms": {"from": 1, "to": 2}}]
    match = {"operation": "CreateCallLog", "soap": "1.2", "header": {"X-None": "1"}, "credential": "any registered",
             "xpath": "//none", "fields": {"AccountNumber": "none"}, "call": 1}
    for answer in answers:
        check("POST", "/scenarios", {"name": "n", "match": match, "answer": answer, "times": 1}, status=201)
    check("POST", "/scenarios", {}, status=400)
    check("POST", "/send", {"soap": "1.2", "body": message})
    one = check("GET", "/scenarios")["scenarios"][0]
    check("GET", "/scenarios/%d" % one["id"])
    check("PUT", "/scenarios/%d" % one["id"], dict(one, match={}, answer={"kind": "http", "status": 418}))
    check("POST", "/send", {"soap": "1.2", "body": message})
    check("PUT", "/scenarios/0", one, status=404)
    check("DELETE", "/scenarios/%d" % one["id"], status=204)
    check("GET", "/scenarios/%d" % one["id"], status=404)
    check("DELETE", "/scenarios", status=204)
    check("GET", "/magic-accounts")


def fields_of(summary):
    """What /verify may ask of a request, with what that request has there."""
    for name, value in summary.items():
        if name.endswith("scenario"):
            for part in ("id", "name"):
                yield name + "/" + part, value and value[part]
        else:
            yield name, None if value == "" else value


def verify_all_fields(check, summary):
    for name, value in fields_of(summary):
        verdict = check("POST", "/verify", {"requests": {"where": {"id": summary["id"], name: value}, "count": 1}})
        if verdict and not verdict["satisfied"]:
            problem("/verify does not find a request by its %s" % name)


def refuse_each(check, document, described):
    """What is refused everywhere is described everywhere."""
    for path, method in sorted(described):
        if path in OF_EACH_MODE:
            continue
        target = path.replace("{id}", "1").replace("{name}", "none")
        check(method.upper(), target + "?nonsense=1", status=400)
        check(method.upper(), target, headers={"X-CustomerCare-Sandbox": ".."}, status=400)
        check(method.upper(), target, headers={"Origin": "http://elsewhere.example"}, status=403)
        if "requestBody" in document["paths"][path][method]:
            check(method.upper(), target, " " * (MAX_BODY + 1), status=413)


def call_each(check):
    message = check("GET", "/sample?soap=1.2")["body"]
    check("GET", "/metrics")
    for path in ("/livez", "/readyz"):
        check("GET", path)
        check("GET", path + "?verbose")
    check("GET", "/openapi.json")
    check("GET", "/clock")
    check("PUT", "/clock", {"now": "2026-01-31T10:00:00Z"})
    check("POST", "/clock/advance", {"seconds": 1})
    check("PUT", "/clock", {"now": "noon"}, status=400)
    check("PUT", "/ids", {"next_call_log_id": 5}, status=204)
    sent = check("POST", "/send", {"soap": "1.2", "body": message})
    check("POST", "/send", {"soap": "1.1", "body": message.replace("<Premise>", "<premise/><Premise>", 1)})
    check("POST", "/send", {"soap": "1.1", "body": "<a"})
    check("POST", "/send", {"soap": "1.1", "body": message, "headers": {"SOAPAction": "x"}})
    check("POST", "/send", {}, status=400)
    check("PUT", "/ids", {"next_call_log_id": 5}, status=409)
    call_scenarios(check, message)
    check("GET", "/journal")
    entries = check("GET", "/journal?after=0&wait_ms=10")["entries"]
    for wanted in ("scenario", "nearest_scenario", "call_log_id"):
        verify_all_fields(check, next(entry for entry in entries if entry[wanted]))
    for entry in entries:
        check("GET", "/journal/%d" % entry["id"])
    check("GET", "/journal/%d" % (sent["journal_id"] + 1000), status=404)
    check("GET", "/journal?limit=0", status=400)
    check("GET", "/events")
    check("GET", "/events?after=0")
    check("GET", "/statistics")
    call_logs = check("GET", "/call-logs")["call_logs"]
    check("GET", "/call-logs/5")
    check("GET", "/call-logs/4", status=404)
    lines = "".join(json.dumps(one) + "\n" for one in call_logs)
    check("POST", "/call-logs", lines, {"Content-Type": "application/x-ndjson"})
    check("POST", "/call-logs", lines, {"Content-Type": "text/plain"}, status=415)
    check("POST", "/call-logs", "[]", {"Content-Type": "application/x-ndjson"}, status=400)
    for count in (0, 1, {"at_least": 1, "at_most": 2}):
        check("POST", "/verify", {"call_logs": {"where": {"AccountNumber": "none", "DBA": None}, "count": count}})
        check("POST", "/verify", {"requests": {"where": {"status": 500}, "count": count}, "wait_ms": 1})
    check("POST", "/verify", {}, status=400)
    check("GET", "/sandboxes")
    check("DELETE", "/sandboxes/none", status=204)
    check("DELETE", "/call-logs", status=204)
    check("DELETE", "/journal", status=204)
    check("DELETE", "/clock", status=204)
    check("POST", "/reset", status=204)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    schema = json.loads((HERE / "openapi-3.1.schema.json").read_text())
    with tempfile.TemporaryDirectory() as folder:
        server = Server(os.path.abspath(sys.argv[1]), folder)
        try:
            document = json.loads(server.call("GET", "/openapi.json")[2])
            for error in jsonschema.Draft202012Validator(schema).iter_errors(document):
                problem("openapi.json: %s at %s" % (error.message[:300], error.json_path))
            described = check_paths(server, document)
            check = Checker(server, document)
            call_each(check)
            refuse_each(check, document, described)
            for path, method in sorted(described - check.called):
                problem("%s %s was not called" % (method, path))
        finally:
            server.process.send_signal(signal.SIGTERM)
            server.process.wait(60)
    print("%d operations, %d problems" % (len(described), len(problems)))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
