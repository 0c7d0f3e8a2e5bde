"""The program under test: a web portal's part that reports a customer's call."""

import urllib.error
import urllib.request
from xml.etree import ElementTree

MESSAGE = """<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Header><ScCredentials xmlns="http://ws.southernco.com/CustSvc-iHub">
    <DirectUserNameToken><BinarySecurityToken><ID>portal</ID></BinarySecurityToken></DirectUserNameToken>
    <OriginatingUserNameToken><BinarySecurityToken><ID>ann</ID></BinarySecurityToken></OriginatingUserNameToken>
    <Created>2026-01-31T10:00:00Z</Created>
  </ScCredentials></soap:Header>
  <soap:Body><CreateCallLog xmlns="http://ws.southernco.com/CustSvc-iHub"><CreateCallLogRequest>
    <BaseRequest xmlns=""><MessageId>{message_id}</MessageId></BaseRequest>
    <CustomerCallLog xmlns=""><LogText>{text}</LogText>
      <Account><AccountNumber>{account}</AccountNumber></Account></CustomerCallLog>
  </CreateCallLogRequest></CreateCallLog></soap:Body>
</soap:Envelope>"""


def report_call(service, message_id, account, text, tries=3):
    """True if the call log is stored. What may pass (a fault with status 503) is tried again."""
    message = MESSAGE.format(message_id=message_id, account=account, text=text)
    request = urllib.request.Request(service, message.encode(), {
        "Content-Type": "text/xml; charset=utf-8",
        "SOAPAction": '"http://ws.southernco.com/CustSvc-iHub/CreateCallLog"'})
    for _ in range(tries):
        try:
            with urllib.request.urlopen(request) as reply:
                document = ElementTree.parse(reply)
            return document.findtext(".//ResponseCode") == "0"
        except urllib.error.HTTPError as error:
            if error.code != 503:
                return False
    return False
