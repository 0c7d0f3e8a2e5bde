#include "standin/sample.hpp"

#include <sodium.h>

#include <array>

#include "soap/contract.hpp"

namespace customercare::standin {

namespace {

std::string random_id() {
    std::array<unsigned char, 8> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    std::array<char, 2 * bytes.size() + 1> hex{};
    sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
    return hex.data();
}

}  // namespace

std::string filled_sample(soap::SoapVersion version) {
    const std::string envelope = version == soap::SoapVersion::soap12
                                     ? "http://www.w3.org/2003/05/soap-envelope"
                                     : "http://schemas.xmlsoap.org/soap/envelope/";
    const std::string service(soap::contract().service_namespace());
    return R"(<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap=")" +
           envelope + R"(">
  <soap:Header>
    <ScCredentials xmlns=")" +
           service + R"(">
      <DirectUserNameToken><BinarySecurityToken><ID>sample-direct</ID></BinarySecurityToken></DirectUserNameToken>
      <OriginatingUserNameToken><BinarySecurityToken><ID>sample-originating</ID></BinarySecurityToken></OriginatingUserNameToken>
    </ScCredentials>
  </soap:Header>
  <soap:Body>
    <CreateCallLog xmlns=")" +
           service + R"(">
      <CreateCallLogRequest>
        <BaseRequest xmlns="">
          <UserId>jdoe</UserId>
          <MessageDateTime>2026-01-31T10:00:00Z</MessageDateTime>
          <MessageId>sample-)" +
           random_id() + R"(</MessageId>
        </BaseRequest>
        <CallerId xmlns="">4045550100</CallerId>
        <CustomerCallLog xmlns="">
          <Requestor>
            <FirstName>Ann</FirstName>
            <LastName>Doe</LastName>
            <PrimaryContact>
              <PhoneType>Home</PhoneType>
              <Phone>4045550101</Phone>
              <DoNotCallFlag>false</DoNotCallFlag>
            </PrimaryContact>
          </Requestor>
          <CSRId>csr-1</CSRId>
          <CreatedDateTime>2026-01-31T10:00:00Z</CreatedDateTime>
          <LogText>The customer called about the bill.</LogText>
          <RequestType>3</RequestType>
          <Customer><CustomerId>c-1</CustomerId></Customer>
          <Premise><PremiseNumber>p-1</PremiseNumber></Premise>
          <Account><AccountNumber>a-1</AccountNumber></Account>
        </CustomerCallLog>
      </CreateCallLogRequest>
    </CreateCallLog>
  </soap:Body>
</soap:Envelope>
)";
}

}  // namespace customercare::standin
