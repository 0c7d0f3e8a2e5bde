import com.sun.xml.ws.spi.ProviderImpl;
import customercare.*;
import java.io.StringReader;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.bind.annotation.XmlElement;
import javax.xml.datatype.DatatypeFactory;
import javax.xml.datatype.XMLGregorianCalendar;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.soap.SOAPFault;
import javax.xml.ws.BindingProvider;
import javax.xml.ws.Holder;
import javax.xml.ws.soap.SOAPFaultException;
import org.json.simple.Jsoner;
import org.xml.sax.InputSource;

/**
 * A client of the classes that wsimport generated. Arguments: WSDL_URL SERVICE_URL CALL_JSON. What
 * it prints: tests/clients/run.
 */
public class Client {
    private static final DocumentBuilderFactory DOCUMENTS = DocumentBuilderFactory.newInstance();

    /** A value of call.json as the generated type. */
    private static Object value(Object json, Type type) throws Exception {
        if (json instanceof Map) {
            Class<?> generated = (Class<?>) type;
            Object value = generated.getDeclaredConstructor().newInstance();
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) json).entrySet()) {
                Field field = field(generated, (String) entry.getKey());
                field.setAccessible(true);
                field.set(value, value(entry.getValue(), field.getGenericType()));
            }
            return value;
        }
        if (json instanceof List) {
            List<Object> values = new ArrayList<>();
            for (Object item : (List<?>) json) {
                values.add(value(item, ((ParameterizedType) type).getActualTypeArguments()[0]));
            }
            return values;
        }
        if (type == Object.class) { // Open content.
            InputSource source = new InputSource(new StringReader((String) json));
            return DOCUMENTS.newDocumentBuilder().parse(source).getDocumentElement();
        }
        if (type == XMLGregorianCalendar.class) {
            return DatatypeFactory.newInstance().newXMLGregorianCalendar((String) json);
        }
        return type == int.class ? ((Number) json).intValue() : json;
    }

    /** An element's field, which bears the element's name in an annotation if Java's differs. */
    private static Field field(Class<?> generated, String element) throws NoSuchFieldException {
        for (Field field : generated.getDeclaredFields()) {
            XmlElement annotation = field.getAnnotation(XmlElement.class);
            if (annotation != null && annotation.name().equals(element))
                return field;
        }
        return generated.getDeclaredField(element);
    }

    private static List<String> texts(ScCredentials credentials) {
        return List.of(credentials.getDirectUserNameToken().getBinarySecurityToken().getID(),
            credentials.getOriginatingUserNameToken().getBinarySecurityToken().getID(),
            credentials.getCreated());
    }

    private static void report(Object... fields) {
        Map<Object, Object> line = new LinkedHashMap<>();
        for (int i = 0; i < fields.length; i += 2) line.put(fields[i], fields[i + 1]);
        System.out.println(Jsoner.serialize(line));
    }

    public static void main(String[] arguments) throws Exception {
        DOCUMENTS.setNamespaceAware(true);
        report("client", "Java JAX-WS RI", "version",
            ProviderImpl.class.getPackage().getImplementationVersion());
        Map<?, ?> call = (Map<?, ?>) Jsoner.deserialize(Files.readString(Path.of(arguments[2])));
        CustomerCareService service = new CustomerCareService(new URL(arguments[0]));
        check("1.1", service.getCustomerCareServiceSoap(), arguments[1], call);
        check("1.2", service.getCustomerCareServiceSoap12(), arguments[1], call);
    }

    private static void check(String soap, CustomerCareServiceSoap port, String url, Map<?, ?> call)
        throws Exception {
        ((BindingProvider) port)
            .getRequestContext()
            .put(BindingProvider.ENDPOINT_ADDRESS_PROPERTY, url);
        ScCredentials credentials =
            (ScCredentials) value(call.get("ScCredentials"), ScCredentials.class);
        CreateCallLogRequest request =
            ((CreateCallLog) value(call.get("CreateCallLog"), CreateCallLog.class))
                .getCreateCallLogRequest();
        String messageId = request.getBaseRequest().getMessageId() + "-" + soap;
        request.getBaseRequest().setMessageId(messageId);

        Holder<ScCredentials> header = new Holder<>(credentials);
        BaseResponse response = port.createCallLog(request, header).getBaseResponse();
        report("soap", soap, "check", "call", "message_id", messageId, "ok",
            response.getResponseCode().equals("0")
                && response.getResponseDescription().equals("Success")
                && response.getErrorData() == null && response.getMessageDateTime().isValid());
        // The reply's header is put in the place of the one that was sent.
        report("soap", soap, "check", "header", "ok",
            header.value != credentials && texts(header.value).equals(texts(credentials)));

        credentials.getDirectUserNameToken().getBinarySecurityToken().setID("unknown");
        response = port.createCallLog(request, new Holder<>(credentials)).getBaseResponse();
        report("soap", soap, "check", "error_data", "ok", response.getResponseCode().equals("1"),
            "detail", response.getErrorData().getErrorCode());

        // A year that XML Schema takes, and .NET does not.
        request.getCustomerCallLog().getCreatedDateTime().setYear(12011);
        try {
            port.createCallLog(request, new Holder<>(credentials));
            report("soap", soap, "check", "fault", "ok", false, "detail", "no exception");
        } catch (SOAPFaultException exception) {
            SOAPFault fault = exception.getFault();
            report("soap", soap, "check", "fault", "ok", true, "detail",
                "SOAPFaultException: " + fault.getFaultCode() + ": " + fault.getFaultString());
        }
    }
}
