import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CallTest {
    @RegisterExtension
    final CustomerCare customercare = new CustomerCare();

    /** The program under test: gives the status of the reply. */
    private HttpResponse<String> reportCall(String account) throws Exception {
        String message = "<soap:Envelope xmlns:soap='http://schemas.xmlsoap.org/soap/envelope/'>"
                + "<soap:Header><ScCredentials xmlns='http://ws.southernco.com/CustSvc-iHub'>"
                + "<DirectUserNameToken><BinarySecurityToken><ID>crm</ID></BinarySecurityToken>"
                + "</DirectUserNameToken><OriginatingUserNameToken><BinarySecurityToken><ID>ann</ID>"
                + "</BinarySecurityToken></OriginatingUserNameToken>"
                + "<Created>2026-01-31T10:00:00Z</Created></ScCredentials></soap:Header>"
                + "<soap:Body><CreateCallLog xmlns='http://ws.southernco.com/CustSvc-iHub'>"
                + "<CreateCallLogRequest><BaseRequest xmlns=''><MessageId>m-1</MessageId>"
                + "</BaseRequest><CustomerCallLog xmlns=''><Account><AccountNumber>" + account
                + "</AccountNumber></Account></CustomerCallLog></CreateCallLogRequest>"
                + "</CreateCallLog></soap:Body></soap:Envelope>";
        return HttpClient.newHttpClient().send(
                HttpRequest.newBuilder(URI.create(customercare.service()))
                        .header("Content-Type", "text/xml; charset=utf-8")
                        .header("SOAPAction",
                                "\"http://ws.southernco.com/CustSvc-iHub/CreateCallLog\"")
                        .POST(HttpRequest.BodyPublishers.ofString(message)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void callsAreStored() throws Exception {
        assertTrue(reportCall("4711").body().contains("<ResponseCode>0</ResponseCode>"));
        customercare.verifyCallLogs(1, "Account/AccountNumber", "4711");
    }

    @Test
    void aBusyBackendAnswers503() throws Exception {
        customercare.ask("POST", "/scenarios", "{\"times\":1,\"answer\":"
                + "{\"kind\":\"fault\",\"code\":\"Server\",\"text\":\"Busy.\",\"status\":503}}");
        assertEquals(503, reportCall("4711").statusCode());
        customercare.verifyCallLogs(0, "Account/AccountNumber", "4711");
    }

    @Test
    void callsThatAreMissingAreToldOf() throws Exception {
        reportCall("4712");
        AssertionError error = assertThrows(AssertionError.class,
                () -> customercare.verifyCallLogs(1, "Account/AccountNumber", "4711"));
        assertTrue(error.getMessage().contains("4712"), error.getMessage());
    }
}
