// Usage: node client.js WSDL_URL SERVICE_URL CALL_JSON
const fs = require('fs');
const {isDeepStrictEqual} = require('util');
const soap = require('soap');

const NAMESPACE = 'http://ws.southernco.com/CustSvc-iHub';
const [, , wsdlUrl, serviceUrl, callFile] = process.argv;
const call = JSON.parse(fs.readFileSync(callFile, 'utf8'));

function report(fields) {
  console.log(JSON.stringify(fields));
}

// call.json's values as the library takes them: open content is a string of XML.
function values(node) {
  if (Array.isArray(node)) return node.map(values);
  if (typeof node !== 'object') return node;
  if (node.any) return {$xml: node.any.join('')};
  return Object.fromEntries(Object.entries(node).map(([name, child]) => [name, values(child)]));
}

// The library takes every element for one of the service's namespace, although the WSDL has
// form="unqualified" below CreateCallLogRequest; so it must be told.
function unqualified(child) {
  const outside = {attributes: {xmlns: ''}};
  return typeof child === 'object' ? {...outside, ...child} : {...outside, $value: child};
}

// Gives the BaseResponse and the ScCredentials of the reply.
async function send(client, port, credentials, request) {
  client.clearSoapHeaders();
  client.addSoapHeader({ScCredentials: credentials}, '', 'tns', NAMESPACE);
  const method = client.CustomerCareService[port].CreateCallLog;
  return new Promise((resolve, reject) => {
    const parts = Object.entries(request).map(([name, child]) => [name, unqualified(child)]);
    method({CreateCallLogRequest: Object.fromEntries(parts)}, (error, result, _body, header) => {
      if (error) return reject(error);
      resolve([result.CreateCallLogResult.BaseResponse, header.ScCredentials]);
    });
  });
}

async function run(version, port) {
  const client = await soap.createClientAsync(wsdlUrl, {
    endpoint: serviceUrl, disableCache: true, forceSoap12Headers: version === '1.2',
  });
  const tell = (check, fields) => report({soap: version, check, ...fields});
  const request = values(call.CreateCallLog.CreateCallLogRequest);
  const messageId = `${request.BaseRequest.MessageId}-${version}`;
  request.BaseRequest.MessageId = messageId;

  const [response, echo] = await send(client, port, call.ScCredentials, request);
  tell('call', {
    message_id: messageId,
    ok: response.ResponseCode === '0' && response.ResponseDescription === 'Success' &&
        response.MessageDateTime instanceof Date && response.ErrorData === undefined,
  });
  tell('header', {ok: isDeepStrictEqual(JSON.parse(JSON.stringify(echo)), call.ScCredentials)});

  const wrong = structuredClone(request);
  wrong.CustomerCallLog.CreatedDateTime = 'yesterday';
  try {
    await send(client, port, call.ScCredentials, wrong);
    tell('fault', {ok: false, detail: 'no error'});
  } catch (error) {
    const fault = error.root.Envelope.Body.Fault;
    const code = version === '1.1' ? fault.faultcode : fault.Code.Value;
    tell('fault', {ok: error instanceof Error, detail: `Error: ${code}: ${error.message}`});
  }

  const unknown = structuredClone(call.ScCredentials);
  unknown.DirectUserNameToken.BinarySecurityToken.ID = 'unknown';
  const [refused] = await send(client, port, unknown, request);
  tell('error_data', {ok: refused.ResponseCode === '1', detail: refused.ErrorData.ErrorCode});
}

async function main() {
  report({client: 'Node soap', version: require('soap/package.json').version});
  await run('1.1', 'CustomerCareServiceSoap');
  await run('1.2', 'CustomerCareServiceSoap12');
}

main().catch((error) => {
  console.error(error.message);  // The error itself holds the request, with its tokens.
  process.exitCode = 1;
});
