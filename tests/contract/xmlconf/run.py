#!/usr/bin/python3
"""Sends the documents of the W3C XML conformance suite to a server, in three forms:

  whole    as the body of a call: none is a call, so that none may be accepted, whatever it is
  content  its root element within a call, where the contract leaves content open
  prolog   what stands before its root element, before a call's envelope

In the last two forms a call is accepted if and only if expat finds it well-formed, with namespaces; a document type,
which is refused whatever is in it, is left out of them. No form may end the server or the connection.

usage: run.py --url http://127.0.0.1:PORT/webservices/CustomerCareService.asmx [-v]
"""
import argparse, collections, http.client, pathlib, posixpath, re, sys, tarfile
from urllib.parse import urlsplit
from xml.parsers import expat

HERE = pathlib.Path(__file__).resolve().parent
SAMPLE = (HERE.parents[1] / "support/sample-11.xml").read_text()
ENVELOPE = SAMPLE[SAMPLE.index("<soap:Envelope"):]
XML_DECLARATION = re.compile(r"^<\?xml\s.*?\?>", re.DOTALL)
# Up to the subset's "]", which may stand in comments, instructions and literals of it as well.
DOCUMENT_TYPE = re.compile(
    r"""<!DOCTYPE(?:[^\[>"']|"[^"]*"|'[^']*')*(?:\[(?:<!--.*?-->|<\?.*?\?>|"[^"]*"|'[^']*'|[^\]"'])*\]\s*)?>""",
    re.DOTALL)
ROOT = re.compile(r"<[^!?\s]")


def documents():
    """Yields path, TYPE and bytes of each document of the catalogues."""
    with tarfile.open(HERE / "xmlconf.tar.gz") as archive:
        files = {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}
    for catalogue, data in sorted(files.items()):
        for tag in re.findall(r"<TEST\s[^>]*>", data.decode("utf-8", "replace")) if b"<TEST" in data else []:
            attributes = dict(re.findall(r"(\w+)\s*=\s*[\"']([^\"']*)[\"']", tag))
            path = posixpath.normpath(posixpath.join(posixpath.dirname(catalogue), attributes["URI"]))
            yield path, attributes["TYPE"], files[path]


def text_of(document):
    """The document's characters, or None if they can't be told."""
    encoding = "utf-8-sig"
    if document[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    elif declared := re.match(rb"<\?xml[^>]*encoding\s*=\s*[\"']([\w.-]+)", document):
        encoding = declared[1].decode()
    try:
        return document.decode(encoding).replace("\ufeff", "")
    except (LookupError, UnicodeDecodeError):
        return None


def forms(document):
    text = text_of(document)
    if text is None:
        return
    text = DOCUMENT_TYPE.sub("", XML_DECLARATION.sub("", text), count=1)
    yield "content", ENVELOPE.replace("</Address>", "</Address><Address>" + text + "</Address>")
    root = ROOT.search(text)
    yield "prolog", text[:root.start() if root else len(text)] + ENVELOPE


def is_well_formed(message):
    try:
        expat.ParserCreate(namespace_separator="\x01").Parse(message, True)
        return True
    except expat.ExpatError:
        return False


class Server:
    def __init__(self, url):
        self.parts = urlsplit(url)
        self.connection = http.client.HTTPConnection(self.parts.netloc, timeout=60)
        self.connection.connect()
        self.connection.auto_open = False  # A connection that was closed is an error.

    def post(self, body, headers):
        self.connection.request("POST", self.parts.path, body, headers)
        reply = self.connection.getresponse()
        return reply.status, reply.read()


ACTION = '"http://ws.southernco.com/CustSvc-iHub/CreateCallLog"'
SOAP_11 = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": ACTION}
SOAP_12 = {"Content-Type": "application/soap+xml; action=" + ACTION}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("-v", action="store_true", help="name every document")
    arguments = parser.parse_args()
    server = Server(arguments.url)
    counts = collections.Counter()
    failures = []
    for path, kind, document in documents():
        for headers in SOAP_11, SOAP_12:
            status, _ = server.post(document, headers)
            counts[kind, "whole", "accepted" if status < 300 else "refused"] += 1
            if not 400 <= status <= 500:
                failures.append("%s: whole: status %d" % (path, status))
        for form, message in forms(document):
            message = message.replace("sample-1", "%s %s" % (path, form)).encode("utf-8", "surrogatepass")
            expected = is_well_formed(message)
            status, reply = server.post(message, SOAP_11)
            accepted = status == 200 and b"<ResponseCode>0<" in reply
            counts[kind, form, "accepted" if accepted else "refused"] += 1
            if accepted != expected or (not accepted and status not in (400, 500)):
                failures.append("%s: %s: status %d, expat says %s" %
                                (path, form, status, "well-formed" if expected else "not well-formed"))
        if arguments.v:
            print(path)
    for key, count in sorted(counts.items()):
        print("%-8s %-8s %-9s %5d" % (*key, count))
    print("\n".join(failures))
    print("%d failures" % len(failures))
    # Broken input must not make this a test of nothing.
    enough = counts["not-wf", "whole", "refused"] > 2000 and counts["not-wf", "content", "refused"] > 200 and \
        counts["valid", "content", "accepted"] > 200
    return 0 if not failures and enough else 1


if __name__ == "__main__":
    sys.exit(main())
