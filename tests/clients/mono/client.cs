// A C# client of the proxy that Mono's wsdl generated. What it prints: tests/clients/run.
// Arguments: SOAP_VERSION SERVICE_URL CALL_JSON.
using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Web.Script.Serialization;
using System.Web.Services.Protocols;
using System.Xml;

/// An operation that the service does not have.
public partial class CustomerCareService {
    [SoapDocumentMethod("http://ws.southernco.com/CustSvc-iHub/DeleteCallLog",
                        RequestNamespace = "http://ws.southernco.com/CustSvc-iHub")]
    public void DeleteCallLog() {
        Invoke("DeleteCallLog", new object[0]);
    }
}

class Client {
    static readonly JavaScriptSerializer Json = new JavaScriptSerializer();

    /// An element's property: in C# none has its class's name, so that class Phone has Phone1.
    static string PropertyName(Type type, string element) {
        if (element == "any") return "Any";
        return element == type.Name ? element + "1" : element;
    }

    /// A value of call.json as the proxy's type.
    static object Value(object json, Type type) {
        if (json is Dictionary<string, object> fields) {
            object value = Activator.CreateInstance(type);
            foreach (var field in fields) {
                var property = type.GetProperty(PropertyName(type, field.Key));
                property.SetValue(value, Value(field.Value, property.PropertyType));
            }
            return value;
        }
        if (json is IList list) {
            Type item = type.GetElementType();
            Array values = Array.CreateInstance(item, list.Count);
            for (int i = 0; i < list.Count; ++i) values.SetValue(Value(list[i], item), i);
            return values;
        }
        if (type == typeof(XmlElement)) {
            var document = new XmlDocument();
            document.LoadXml((string)json);
            return document.DocumentElement;
        }
        if (type == typeof(DateTime)) {
            return XmlConvert.ToDateTime((string)json, XmlDateTimeSerializationMode.RoundtripKind);
        }
        return json;
    }

    static string[] Texts(ScCredentials credentials) {
        return new[] { credentials.DirectUserNameToken.BinarySecurityToken.ID,
                       credentials.OriginatingUserNameToken.BinarySecurityToken.ID,
                       credentials.Created };
    }

    static void Report(object line) {
        Console.WriteLine(Json.Serialize(line));
    }

    static void Main(string[] arguments) {
        string soap = arguments[0];
        var call = Json.Deserialize<Dictionary<string, object>>(File.ReadAllText(arguments[2]));
        var credentials = (ScCredentials)Value(call["ScCredentials"], typeof(ScCredentials));
        var operation = (Dictionary<string, object>)call["CreateCallLog"];
        var request = (CreateCallLogRequest)Value(operation["CreateCallLogRequest"],
                                                  typeof(CreateCallLogRequest));
        request.BaseRequest.MessageId += "-" + soap;
        var service = new CustomerCareService { Url = arguments[1] };

        service.ScCredentialsValue = credentials;
        BaseResponse response = service.CreateCallLog(request).BaseResponse;
        Report(new {
            soap, check = "call", message_id = request.BaseRequest.MessageId,
            ok = response.ResponseCode == "0" && response.ResponseDescription == "Success" &&
                 response.ErrorData == null && response.MessageDateTime != default(DateTime)
        });
        // The proxy puts the reply's header in the place of the one that was sent.
        ScCredentials echo = service.ScCredentialsValue;
        Report(new {
            soap, check = "header",
            ok = echo != credentials && Texts(echo).SequenceEqual(Texts(credentials))
        });

        try {
            service.DeleteCallLog();
            Report(new { soap, check = "fault", ok = false, detail = "no exception" });
        } catch (SoapException fault) {
            string detail = "SoapException: " + fault.Code.Name + ": " + fault.Message;
            Report(new { soap, check = "fault", ok = true, detail });
        }

        credentials.DirectUserNameToken.BinarySecurityToken.ID = "unknown";
        service.ScCredentialsValue = credentials;
        response = service.CreateCallLog(request).BaseResponse;
        Report(new {
            soap, check = "error_data", ok = response.ResponseCode == "1",
            detail = response.ErrorData.ErrorCode
        });
    }
}
