#!/usr/bin/python3
"""Sends the same generated requests to two servers, a real ASMX service and ours, and compares what they answer:
status, media type, SOAP version, fault code and text (with line and column), and the echoed header.

usage: differential.py --oracle URL --url URL [--count N] [--seed N] [--known FILE] [-v]

A difference is allowed only if an entry of the known-differences file covers it: each has a reason, and patterns
for the request's traits and for both answers. Entries that covered nothing are reported, so that the list can't rot.
Exit status: 0 no unexplained difference, 1 some, 2 usage.
"""
import argparse, json, pathlib, random, re, socket, sys
from urllib.parse import urlsplit

NS = "http://ws.southernco.com/CustSvc-iHub"
E11, E12 = "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
ACTION = NS + "/CreateCallLog"

VALUES = {
    "int": ["3", " 7 ", "+5", "-0", "007", "2147483647", "-2147483648", "2147483648", "-2147483649", "99999999999999999999",
            "three", "1.0", "0x10", "1,000", "", " ", "1 2", "- 1", "+", "1e3", "\u0663", "\u00a05", "&#x35;", "5&#10;", "1_0"],
    "boolean": ["true", "false", "1", "0", " true ", "\ttrue\n", "TRUE", "True", "yes", "", " ", "01", "tru", "&#116;rue", "\u00a0true"],
    "dateTime": ["2011-03-04T05:06:07", "2011-03-04T05:06:07.25-05:00", "2011-03-04T05:06:07Z", "2011-03-04T05:06:07z",
                 "2011-03-04T05:06:07.12345678912Z", " 2011-03-04T05:06:07 ", "2011-03-04", "05:06:07", "2011", "2011-03", "--03-04",
                 "---04", "--03", "--03--", "2011-03-04Z", "2011-03-04+14:00", "2011-03-04T05:06:07+14:00", "2011-03-04T05:06:07+14:01",
                 "2011-03-04T05:06:07-15:00", "2011-02-29T00:00:00", "2012-02-29T00:00:00", "2011-03-04T24:00:00", "2011-03-04T23:59:60",
                 "2011-03-04T05:06", "2011-03-04 05:06:07", "03/04/2011", "not a date", "", " ", "0001-01-01T00:00:00", "9999-12-31T23:59:59.9999999",
                 "9999-12-31T23:59:59.99999999", "0000-01-01T00:00:00", "-2011-03-04T05:06:07", "12011-03-04T05:06:07", "2011-3-4T5:6:7",
                 "2011-03-04T05:06:07.", "2011-03-04T05:06:07.Z", "2011-13-01T00:00:00", "2011-00-01T00:00:00", "2011-04-31T00:00:00",
                 "0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "2011-03-04T05:06:07+5:00", "2011-03-04T05:06:07+0500", "2011-03-04t05:06:07"],
    "date": ["2011-03-04", " 2011-03-04 ", "2011-03-04Z", "2011-03-04-05:00", "2011-03-04+14:00", "2011", "2011-03", "--03-04", "---04", "--03", "--03--",
             "2011-03-04T00:00:00", "", " ", "03/04/2011", "2011-02-29", "2012-02-29", "2011-3-4", "9999-12-31", "0001-01-01", "0000-01-01",
             "2011-03-04z", "2011-03-04T", "2011Z", "2011-03Z", "2011-03-04+05", "--03Z"],
    "string": ["Ann", "", " ", "  both  ", "&lt;b&gt;", "&amp;amp;", "a<![CDATA[<b>]]>c", "<![CDATA[]]>", "\u00e9\u20ac", "&#233;&#x1F600;", "]]&gt;",
               "line\nbreak", "tab\there", "cr&#13;lf", "\u05d0\u05d1", "&quot;&apos;"],
}
# Breaks that make any value's content something other than text.
INSIDE = ["<!-- note -->", "<?pi data?>", "<b/>", "<b>x</b>", "&undefined;", "&#0;", "&#xFFFF;", "]]>", "&", "<", "\x01", "&#x1;"]
# Fields whose reading both services share: (element, type).
LOG = [("CSRId", "string"), ("CreatedDateTime", "dateTime"), ("LogText", "string"), ("RequestType", "int")]
BASE = [("UserId", "string"), ("MessageDateTime", "dateTime"), ("MessageId", "string")]
REQUESTOR = [("ContactType", "string"), ("FirstName", "string"), ("CreatedDate", "date"), ("SSN", "string"), ("CriticalContactFlag", "boolean"),
             ("StatusCode", "string"), ("CriticalExpirationDate", "date"), ("EmployerName", "string")]
PHONE = [("PhoneType", "string"), ("Phone", "string"), ("Extension", "string"), ("DoNotCallFlag", "boolean")]
CUSTOMER = [("CustomerId", "string"), ("DBA", "string"), ("RepId", "string")]
ACCOUNT = [("AccountNumber", "string"), ("AccountType", "string")]


class Request:
    """One generated request, and the traits that the known differences may ask for."""

    def __init__(self, rng):
        self.rng, self.traits = rng, []
        self.soap12 = rng.random() < 0.35
        self.build()

    def trait(self, name):
        self.traits.append(name)

    def chance(self, p, name=None):
        hit = self.rng.random() < p
        if hit and name:
            self.trait(name)
        return hit

    # ---- the message, as nested lists of text

    def gap(self):
        g = self.rng.choice(self.gaps)
        if self.chance(0.01, "comment-between"):
            g += "<!-- between\nlines -->" + self.rng.choice(["", "\n"])
        if self.chance(0.006, "pi-between"):
            g += "<?between?>"
        if self.chance(0.006, "stray-text"):
            g += "stray"
        if self.chance(0.004, "stray-cdata"):
            g += "<![CDATA[stray]]>"
        return g

    def value(self, kind):
        good = {"int": "3", "boolean": "true", "dateTime": "2011-03-04T05:06:07", "date": "2011-03-04", "string": "text"}[kind]
        p = 0.03 if kind != "string" else 0.1
        v = self.rng.choice(VALUES[kind]) if self.chance(p, "value-" + kind) else good
        if self.chance(0.004, "inside-value"):
            i = self.rng.randrange(len(v) + 1)
            v = v[:i] + self.rng.choice(INSIDE) + v[i:]
        return v

    def attributes(self):
        out = ""
        if self.chance(0.012, "nil"):
            out += ' xsi:nil="%s"' % self.rng.choice(["true", "1", "false", "yes", ""])
        if self.chance(0.012, "unknown-attribute"):
            out += self.rng.choice([' id="1"', ' x:y="z" xmlns:x="urn:x"', ' href="#a"', ' xml:lang="en"'])
        if self.chance(0.002, "bad-attribute"):
            out += self.rng.choice([' a="1" a="2"', ' q:z="1"', ' a=1', ' a="<"', ' xmlns:p=""', ' xmlns:a="u" xmlns:b="u" a:x="" b:x=""', ' a="1"b="2"'])
        return out

    def simple(self, name, kind):
        v, a = self.value(kind), self.attributes()
        if self.chance(0.008, "simple-xsi-type"):
            a += ' xsi:type="%s"' % self.rng.choice(["xsd:string", "nonsense", "q:none"])
        if v == "" and self.rng.random() < 0.5:
            return "<%s%s%s/>" % (name, a, self.rng.choice(["", " "]))
        return "<%s%s>%s</%s%s>" % (name, a, v, name, self.rng.choice(["", "", "", " "]))

    def fields(self, table):
        parts = [self.simple(n, k) for n, k in table if self.rng.random() < 0.8]
        return parts

    def spice(self, parts):
        rng = self.rng
        if self.chance(0.05, "order") and len(parts) > 1:
            rng.shuffle(parts)
        if self.chance(0.03, "repeated") and parts:
            parts.insert(rng.randrange(len(parts) + 1), rng.choice(parts))
        if self.chance(0.03, "unknown-element"):
            parts.insert(rng.randrange(len(parts) + 1), rng.choice(
                ["<Unknown>x</Unknown>", "<unknown><a><b/>text</a></unknown>", "<x:y xmlns:x='urn:x'/>", "<firstname>x</firstname>", "<Logtext/>",
                 "<t:LogText xmlns:t='%s'>x</t:LogText>" % NS, "<LogText xmlns='urn:other'>x</LogText>"]))
        return self.gap() + "".join(p + self.gap() for p in parts)

    def complex(self, name, parts, type_name=None):
        a = self.attributes()
        if self.chance(0.01, "complex-xsi-type"):
            a += ' xmlns:t="%s" xsi:type="%s"' % (NS, self.rng.choice(["t:%s" % (type_name or name), "t:Bogus", "q:Bogus", name, "", "xsd:string"]))
        if not parts and self.rng.random() < 0.5:
            return "<%s%s />" % (name, a)
        return "<%s%s>%s</%s>" % (name, a, self.spice(parts), name)

    def request(self):
        rng = self.rng
        base = self.fields(BASE) + [self.complex("NameValue", self.fields([("Name", "string"), ("Value", "string")])) for _ in range(rng.choice([0, 0, 1, 2]))]
        requestor = self.fields(REQUESTOR)
        for name in ("PrimaryContact", "OtherPhone", "Fax"):
            if rng.random() < 0.3:
                requestor.append(self.complex(name, self.fields(PHONE), "Phone"))
        if rng.random() < 0.3:
            requestor.append("<Address><Street>1 <b>Peachtree</b></Street>mixed</Address>")
        log = self.fields(LOG)
        if rng.random() < 0.7:
            log.append(self.complex("Requestor", requestor))
        if rng.random() < 0.4:
            log.append(self.complex("Customer", self.fields(CUSTOMER)))
        if rng.random() < 0.4:
            log.append(self.complex("Account", self.fields(ACCOUNT)))
        unqualified = lambda text: re.sub(r"^<(\w+)", r'<\1 xmlns=""', text) if rng.random() > 0.01 else (self.trait("qualified-child") or text)
        parts = [unqualified(self.complex("BaseRequest", base)), unqualified(self.simple("CallerId", "string")),
                 unqualified(self.complex("CustomerCallLog", log))]
        return self.complex("CreateCallLogRequest", [p for p in parts if rng.random() > 0.03])

    def operation(self):
        if self.chance(0.01, "operation-empty"):
            return '<CreateCallLog xmlns="%s"/>' % NS
        name, ns = "CreateCallLog", NS
        if self.chance(0.03, "operation-unknown"):
            name, ns = self.rng.choice([("DeleteCallLog", NS), ("createCallLog", NS), ("CreateCallLog", "urn:x"), ("CreateCallLog", "")])
        if self.chance(0.1):
            t = self.spice([self.request().replace("<CreateCallLogRequest", "<t:CreateCallLogRequest").replace("</CreateCallLogRequest", "</t:CreateCallLogRequest")])
            return '<t:%s xmlns:t="%s">%s</t:%s>' % (name, ns or NS, t.replace(' xmlns=""', ""), name)
        return '<%s xmlns="%s">%s</%s>' % (name, ns, self.spice([self.request()]), name)

    def credentials(self):
        rng, p = self.rng, self.p
        a = ""
        if self.chance(0.05, "credentials-attributes"):
            a += rng.choice([' %smustUnderstand="%s"' % (p, v) for v in ("1", "0", "true", "false", "2", "")] +
                            [' %sactor="urn:a"' % p, ' %srole="urn:r"' % p, ' %srelay="1"' % p, ' %srelay="x"' % p, ' other="1"'] +
                            [' xmlns:o="%s" o:mustUnderstand="%s"' % (rng.choice([E11, E12]), v) for v in ("1", "true", "0")] +
                            [' xsi:nil="%s"' % v for v in ("true", "false", "1", "maybe")]) if p else ""
        parts = []
        for name in ("DirectUserNameToken", "OriginatingUserNameToken"):
            r = rng.random()
            token = self.simple("ID", "string")
            if r < 0.9:
                parts.append(self.complex(name, [self.complex("BinarySecurityToken", [token])], "UserNameToken"))
            elif r < 0.95:
                parts.append("<%s/>" % name)
        if rng.random() < 0.8:
            parts.append(self.simple("Created", "string"))
        if self.chance(0.02, "credentials-unqualified"):
            parts = [re.sub(r"^<(\w+)", r'<\1 xmlns=""', x) for x in parts]
        return '<ScCredentials xmlns="%s"%s>%s</ScCredentials>' % (NS, a, self.spice(parts))

    def header(self):
        rng, p = self.rng, self.p
        if self.chance(0.05, "no-header"):
            return ""
        if self.chance(0.02, "header-empty"):
            return "<%sHeader/>" % p
        blocks = [self.credentials()] if rng.random() > 0.04 else []
        if self.chance(0.02, "credentials-twice"):
            blocks.append(self.credentials())
        if self.chance(0.08, "other-header"):
            a = rng.choice(["", ' %smustUnderstand="0"' % p, ' %smustUnderstand="1"' % p, ' %smustUnderstand="true"' % p, ' %smustUnderstand="x"' % p,
                            ' %smustUnderstand="1" %sactor="urn:else"' % (p, p), ' xmlns:o="%s" o:mustUnderstand="1"' % rng.choice([E11, E12])]) if p else ""
            blocks.insert(rng.randrange(len(blocks) + 1), '<x:Security xmlns:x="urn:s"%s>%s</x:Security>' % (a, rng.choice(["", "<a/>", "text"])))
        return "<%sHeader>%s</%sHeader>" % (p, self.spice(blocks), p)

    def envelope(self):
        rng = self.rng
        self.gaps = rng.choice([[""], ["\n", "\n  ", "\n    "], ["\r\n", "\r\n\t"], ["", " ", "\n\n"]])
        prefix = rng.choice(["soap", "soap", "s", "SOAP-ENV", "e", ""])
        self.p = p = prefix + ":" if prefix else ""
        ns = E12 if self.soap12 else E11
        name = "Envelope"
        if self.chance(0.02, "envelope-namespace"):
            ns = rng.choice(["urn:x", E11.rstrip("/"), "http://www.w3.org/2001/12/soap-envelope", ""])
            if ns == "" and p:
                ns = "urn:y"
        if self.chance(0.01, "envelope-name"):
            name = rng.choice(["envelope", "Body", "Foo"])
        declaration = rng.choice(["", '<?xml version="1.0"?>', '<?xml version="1.0" encoding="utf-8"?>\n', "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>",
                                  '<?xml version="1.0" encoding="utf-8"?>\r\n'])
        if self.chance(0.01, "declaration"):
            declaration = rng.choice(['<?xml version="1.1"?>', ' <?xml version="1.0"?>', '<?xml version="1.0" encoding="bogus"?>', "<?xml encoding='utf-8'?>", "<!-- c -->", "<?pi?>",
                                      '<?xml version="1.0" standalone="maybe"?>', "<!DOCTYPE a>", "<!DOCTYPE a [<!ENTITY e 'x'>]>"])
        body_parts = [self.operation()]
        if self.chance(0.01, "body-empty"):
            body_parts = []
        if self.chance(0.01, "operation-twice"):
            body_parts.append(self.operation())
        if self.chance(0.01, "foreign-in-body"):
            body_parts.insert(rng.randrange(2), '<other xmlns="urn:o"><a/></other>')
        body = "<%sBody/>" % p if not body_parts and rng.random() < 0.5 else "<%sBody>%s</%sBody>" % (p, self.spice(body_parts), p)
        parts = [self.header(), body]
        if self.chance(0.01, "no-body"):
            parts = parts[:1]
        if self.chance(0.01, "header-after-body"):
            parts.reverse()
        if self.chance(0.01, "foreign-in-envelope"):
            parts.insert(rng.randrange(len(parts) + 1), '<other xmlns="urn:o"/>')
        if self.chance(0.005, "two-bodies"):
            parts.append(body)
        inner = self.gap() + "".join(x + self.gap() for x in parts if x)
        attributes = ' xmlns:xsi="%s" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns%s="%s"' % (XSI, ":" + prefix if prefix else "", ns)
        text = "%s<%s%s%s>%s</%s%s>" % (declaration, p, name, attributes, inner, p, name)
        if self.chance(0.03, "behind-root"):
            text += rng.choice(["\n", " ", "garbage", " garbage", "<x/>", "\n<x/>", "<!-- c -->", "<!-- c -->garbage", "<?pi?>", "<!-- c", "&amp;", "\x00", "<![CDATA[x]]>"])
        if self.chance(0.03, "mutilated"):
            i = rng.randrange(len(text))
            text = rng.choice([text[:i], text[:i] + text[i + 1:], text[:i] + rng.choice("<>&/\"'= x") + text[i:], text[:i] + text[i:].replace(">", "", 1)])
        if self.chance(0.004, "empty"):
            text = rng.choice(["", " ", "\n", "text", "<", "{}"])
        return text

    # ---- the HTTP side

    def build(self):
        rng = self.rng
        text = self.envelope()
        base = "application/soap+xml" if self.soap12 else "text/xml"
        if self.chance(0.02, "other-media-type"):
            base = rng.choice(["text/plain", "application/xml", "text/html", "text/xml ", "TEXT/XML", "Application/SOAP+XML"])
        if self.chance(0.04, "swapped-media-type"):
            base = "text/xml" if self.soap12 else "application/soap+xml"
        encoding, charset = "utf-8", rng.choice(["utf-8", "utf-8", "UTF-8", '"utf-8"', "'utf-8'"])
        if self.chance(0.05, "charset"):
            encoding, charset = rng.choice([("utf-16", "utf-16"), ("utf-16-le", "utf-16"), ("latin-1", "iso-8859-1"), ("ascii", "us-ascii"), ("utf-8-sig", "utf-8")])
        if self.chance(0.03, "no-charset"):
            encoding, charset = "ascii", None
        if self.chance(0.01, "unknown-charset"):
            encoding, charset = "ascii", "x-unknown"
        body = text.encode(encoding, "xmlcharrefreplace") if encoding in ("latin-1", "ascii") else text.encode(encoding)
        if self.chance(0.004, "invalid-bytes"):
            i = rng.randrange(len(body) + 1)
            body = body[:i] + rng.choice([b"\xff", b"\xc3(", b"\xed\xa0\x80", b"\xc0\xaf"]) + body[i:]
        ctype = base + ("; charset=" + charset if charset else "")
        action = '"%s"' % ACTION
        if self.chance(0.08, "action"):
            action = rng.choice([ACTION, '""', "", '"%s/"' % ACTION, '"%s"' % ACTION.lower(), "urn:x", ACTION.replace(":", "%3A"), '"%s' % ACTION, '%s"' % ACTION,
                                 "'%s'" % ACTION, ' "%s" ' % ACTION, '"a+b%20c"', '"<&>"', '"%"', '"%zz"'])
        send_action = not self.soap12
        if self.chance(0.1, "action-presence"):
            send_action = not send_action
        if self.soap12 or self.chance(0.03, "action-parameter-11"):
            r = rng.random()
            if r < 0.6:
                ctype += '; action="%s"' % ACTION
            elif r < 0.7:
                self.trait("wrong-action-parameter")
                ctype += rng.choice(['; action="urn:x"', '; action=""', "; action=", '; action="%s/"' % ACTION, "; Action='%s'" % ACTION, '; action ="%s"' % ACTION])
        headers = []
        if not self.chance(0.004, "no-content-type"):
            headers.append(("Content-Type", ctype))
        if send_action:
            headers.append(("SOAPAction", action))
        self.headers, self.body = headers, body

    def raw(self, host, path):
        head = "POST %s HTTP/1.1\r\nHost: %s\r\n" % (path, host)
        head += "".join("%s: %s\r\n" % h for h in self.headers)
        return (head + "Content-Length: %d\r\nConnection: close\r\n\r\n" % len(self.body)).encode("latin-1") + self.body


def send(url, request):
    u = urlsplit(url)
    with socket.create_connection((u.hostname, u.port), 20) as s:
        s.settimeout(20)
        s.sendall(request.raw(u.netloc, u.path))
        data = b""
        while True:
            d = s.recv(65536)
            if not d:
                break
            data += d
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = {k.strip().lower(): v.strip() for k, _, v in (l.partition(":") for l in lines[1:])}
    status = int(lines[0].split()[1])
    if headers.get("transfer-encoding", "").lower() == "chunked":
        out = b""
        while body:
            size, _, body = body.partition(b"\r\n")
            n = int(size, 16)
            if n == 0:
                break
            out, body = out + body[:n], body[n + 2:]
        body = out
    return summary(status, headers, body.decode("utf-8", "replace"))


def summary(status, headers, text):
    """what is compared, as one dictionary of strings"""
    out = {"status": str(status), "type": headers.get("content-type", ""), "version": "", "code": "", "text": "", "echo": "", "body": ""}
    if "Envelope" not in text:
        out["type"] = "" if not text.strip() else out["type"]
        out["body"] = "empty" if not text.strip() else "other"
        return out
    out["version"] = "1.2" if E12 in text.split(">")[1] + ">" or 'xmlns:soap="%s"' % E12 in text else "1.1"
    m = re.search(r"<soap:Header>(.*)</soap:Header>", text, re.S)
    out["echo"] = m.group(1) if m else ""
    m = re.search(r"<faultcode>(.*?)</faultcode>|<soap:Value>(.*?)</soap:Value>", text, re.S)
    if m:
        out["code"] = m.group(1) or m.group(2)
        m = re.search(r"<faultstring>(.*?)</faultstring>|<soap:Text[^>]*>(.*?)</soap:Text>", text, re.S)
        out["text"] = (m.group(1) if m.group(1) is not None else m.group(2)) if m else ""
        out["body"] = "fault" + (" with detail" if re.search(r"<detail ?/>|<soap:Detail ?/>", text) else "")
    else:
        out["body"] = "reply"
    return out


def same_text(oracle, ours):
    """The oracle leaves {0} unfilled in some texts: it then stands for anything."""
    pattern = re.sub(r"\\\{\d\\\}", ".*", re.escape(oracle))
    return re.fullmatch(pattern, ours, re.S) is not None


def differences(oracle, ours):
    return [k for k in oracle if not (same_text(oracle[k], ours[k]) if k == "text" else oracle[k].lower() == ours[k].lower() if k == "type" else oracle[k] == ours[k])]


def covers(entry, request, oracle, ours, diff):
    if not set(diff) <= set(entry["fields"]):
        return False
    if "trait" in entry and not any(re.search(entry["trait"], t) for t in request.traits):
        return False
    as_line = lambda a: "%(status)s %(code)s %(text)s" % a
    return all(re.search(entry[k], as_line(a), re.S) for k, a in (("oracle", oracle), ("ours", ours)) if k in entry)


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("--oracle", required=True)
    ap.add_argument("--url", required=True)
    ap.add_argument("--count", type=int, default=2000)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--known", default=str(pathlib.Path(__file__).with_name("known-differences.json")))
    ap.add_argument("--show", type=int, default=20, help="unexplained differences to print")
    ap.add_argument("-v", action="store_true")
    a = ap.parse_args()
    known = json.loads(pathlib.Path(a.known).read_text("utf-8"))
    used = [0] * len(known)
    same = explained = 0
    unexplained = []
    outcomes = {}
    for n in range(a.count):
        request = Request(random.Random("%d/%d" % (a.seed, n)))
        oracle, ours = send(a.oracle, request), send(a.url, request)
        outcomes[oracle["status"] + " " + (oracle["code"] or oracle["body"])] = outcomes.get(oracle["status"] + " " + (oracle["code"] or oracle["body"]), 0) + 1
        diff = differences(oracle, ours)
        if not diff:
            same += 1
            continue
        entry = next((i for i, e in enumerate(known) if covers(e, request, oracle, ours, diff)), None)
        if entry is not None:
            used[entry] += 1
            explained += 1
            continue
        unexplained.append(n)
        if len(unexplained) <= a.show:
            print("request %d of seed %d differs in %s; traits: %s" % (n, a.seed, ", ".join(diff), ", ".join(request.traits)))
            for k in diff:
                print("  %-7s oracle %r\n          ours   %r" % (k, oracle[k][:300], ours[k][:300]))
            if a.v:
                print("  headers %s\n%s" % (request.headers, request.body.decode("utf-8", "replace")))
    print("outcomes of the oracle: %s" % ", ".join("%s: %d" % x for x in sorted(outcomes.items())))
    for entry, n in zip(known, used):
        print("known difference, %4d times: %s" % (n, entry["reason"]))
    print("%d requests: %d the same, %d known differences, %d unexplained" % (a.count, same, explained, len(unexplained)))
    print("%d passed, %d failed" % (same + explained, len(unexplained)))
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
