#!/usr/bin/python3
"""Validates, with xmllint, the WSDL against the schema of WSDL 1.1, or messages against the WSDL's own schema.

usage: check-schema.py wsdl|messages URL

wsdl      The file in schema/ and what URL serves at ?WSDL, against wsdl/*.xsd: the schemas of WSDL 1.1 and of its SOAP
          binding, unchanged, with their licence in them (System.Web.Services.dll of Mono has them). For the SOAP 1.2
          binding there is none; it has the same elements, so it is held against the SOAP 1.1 binding's as well.
messages  What stands in the Header and the Body of sample requests, of the server's replies to them, and of the
          operation page's samples, against the schema in the file's <types>.

Two things need saying, since ASMX and its contract are not of one mind:
- xs:any is strict here, so that what stands there must be declared somewhere: open-content.xsd does for the samples.
- The operation page shows what lies below depth 4 as xsi:nil="true", but nothing in the contract is nillable: those
  samples are not valid. They must be valid without these elements, which is what they mean, and also as they are if
  everything were nillable, so that nothing else is wrong with them.
"""
import copy, html, pathlib, re, subprocess, sys, tempfile, urllib.request
from lxml import etree

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WSDL = ROOT / "schema/CustomerCareService.wsdl"
OPERATION = "http://ws.southernco.com/CustSvc-iHub/CreateCallLog"
ENVELOPES = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}
SOAP_BINDING, SOAP12_BINDING = b"http://schemas.xmlsoap.org/wsdl/soap/", b"http://schemas.xmlsoap.org/wsdl/soap12/"
XSD, XSI = "http://www.w3.org/2001/XMLSchema", "http://www.w3.org/2001/XMLSchema-instance"
VALUES = {"dateTime": "2011-03-04T05:06:07", "date": "2011-03-04", "int": "3", "boolean": "true"}


class Results:
    passed = failed = 0


class Schema:
    """What xmllint validates with: schemas by namespace."""

    def __init__(self, folder, results, schemas):
        folder.mkdir()
        self.all, self.document, self.results = folder / "all.xsd", folder / "document.xml", results
        imports = "".join(f'<import namespace="{namespace}" schemaLocation="{path.as_uri()}"/>'
                          for namespace, path in schemas.items())
        self.all.write_text(f'<schema xmlns="{XSD}">{imports}</schema>')

    def check(self, label, document, is_valid=True):
        self.document.write_bytes(document)
        done = subprocess.run(["xmllint", "--noout", "--nonet", "--schema", self.all, self.document],
                              capture_output=True, text=True)
        # A schema that it could not use is a mere warning to xmllint, hence its words are looked at.
        is_ok = done.stderr == f"{self.document} validates\n" if is_valid else done.returncode == 3
        self.results.passed += is_ok
        self.results.failed += not is_ok
        print(f"{label}: {'ok' if is_ok else 'FAILED'}")
        if not is_ok:
            print(done.stderr)


def get(url, message=None, headers={}):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, message, headers)) as reply:
            return reply.read()
    except urllib.error.HTTPError as error:
        sys.exit(f"{url}: {error.code} {error.read().decode()}")


def check_wsdl(url, folder, results):
    schemas = {"http://schemas.xmlsoap.org/wsdl/": HERE / "wsdl/wsdl-1.1.xsd",
               SOAP_BINDING.decode(): HERE / "wsdl/wsdl-1.1-soap.xsd"}
    schema = Schema(folder / "wsdl", results, schemas)
    for label, wsdl in (("schema/CustomerCareService.wsdl", WSDL.read_bytes()), ("?WSDL", get(url + "?WSDL"))):
        schema.check(label, wsdl)
        schema.check(f"{label}, its SOAP 1.2 binding", wsdl.replace(SOAP12_BINDING, SOAP_BINDING))


def check_message(contract, nillable, label, message):
    """Each header block and the body's element, as documents of their own."""
    blocks = [copy.deepcopy(block) for part in etree.fromstring(message) for block in part]
    names = [etree.QName(block).localname for block in blocks]
    if names not in (["ScCredentials", "CreateCallLog"], ["ScCredentials", "CreateCallLogResponse"],
                     ["CreateCallLogResponse"]):
        sys.exit(f"{label} has other parts than those of the contract: {names}")
    for block, name in zip(blocks, names):
        nils = block.xpath("//*[@xsi:nil]", namespaces={"xsi": XSI})
        contract.check(f"{label}, {name}" + (" is not valid" if nils else ""), etree.tostring(block), is_valid=not nils)
        if nils:
            nillable.check(f"{label}, {name}, if all were nillable", etree.tostring(block))
            for nil in nils:
                nil.getparent().remove(nil)
            contract.check(f"{label}, {name} without {len(nils)} nil elements", etree.tostring(block))


def page_samples(url):
    """Requests and replies as the operation page shows them, with values in the place of placeholders."""
    page = get(url + "?op=CreateCallLog").decode()
    texts = [html.unescape(re.sub(r"<.*?>", "", text)) for text in re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL)]
    samples = [text.partition("\n\n")[2] for text in texts]
    if len(samples) != 4:
        sys.exit(f"the operation page has {len(samples)} samples")
    return [re.sub(r">(dateTime|date|int|boolean)<", lambda type: f">{VALUES[type[1]]}<", sample).encode()
            for sample in samples]


def schema_of_types(folder, results, are_nillable):
    types = etree.parse(str(WSDL)).find(f".//{{{XSD}}}schema")
    if are_nillable:
        for element in types.iter(f"{{{XSD}}}element"):
            element.set("nillable", "true")
    file = folder / f"types-{are_nillable}.xsd"
    file.write_bytes(etree.tostring(types))
    return Schema(folder / f"with-{file.stem}", results,
                  {types.get("targetNamespace"): file, "urn:example:address": HERE / "open-content.xsd"})


def check_messages(url, folder, results):
    schemas = [schema_of_types(folder, results, are_nillable) for are_nillable in (False, True)]
    sample = (ROOT / "tests/support/sample-11.xml").read_bytes()
    headers = {"1.1": {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{OPERATION}"'},
               "1.2": {"Content-Type": f'application/soap+xml; charset=utf-8; action="{OPERATION}"'}}
    for version, envelope in ENVELOPES.items():
        request = sample.replace(ENVELOPES["1.1"].encode(), envelope.encode())
        check_message(*schemas, f"request {version}", request)
        reply = get(url, request, headers[version])
        if b"<ResponseCode>0<" not in reply:
            sys.exit(f"no success: {reply.decode()}")
        check_message(*schemas, f"success {version}", reply)
        reply = get(url, re.sub(rb"<soap:Header>.*</soap:Header>", b"", request, flags=re.DOTALL), headers[version])
        if b"<ErrorData>" not in reply:
            sys.exit(f"no ErrorData: {reply.decode()}")
        check_message(*schemas, f"ErrorData {version}", reply)
    labels = [f"page's {what} {version}" for version in ENVELOPES for what in ("request", "reply")]
    for label, message in zip(labels, page_samples(url)):
        check_message(*schemas, label, message)


def main():
    checks = {"wsdl": check_wsdl, "messages": check_messages}
    if len(sys.argv) != 3 or sys.argv[1] not in checks:
        sys.exit(__doc__)
    results = Results()
    with tempfile.TemporaryDirectory() as folder:
        checks[sys.argv[1]](sys.argv[2], pathlib.Path(folder), results)
    print(f"{results.passed} passed, {results.failed} failed")
    return 1 if results.failed else 0


if __name__ == "__main__":
    sys.exit(main())
