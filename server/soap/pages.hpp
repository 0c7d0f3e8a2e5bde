#pragma once

#include <string_view>

#include "model/http_message.hpp"
#include "soap/contract.hpp"
#include "soap/options.hpp"

// Everything at the service's address that is not SOAP: what ASMX answers to GET, and to what it
// does not take. The texts of the pages are the original's, their look is ours.

namespace customercare::soap {

/// GET: ?wsdl, ?disco, ?op=NAME, or else the list of operations (DocumentationServerProtocol and
/// DiscoveryServerProtocol of System.Web.Services). `path` is the request's, `query` what follows
/// '?'.
[[nodiscard]] model::HttpReply get_page(const model::HttpRequest& request, std::string_view path,
                                        std::string_view query, const Options& options);

/// A path that is not the service's: 404.
[[nodiscard]] model::HttpReply not_found_page(std::string_view target);

/// Path info behind .asmx: ASP.NET's error page, 500.
[[nodiscard]] model::HttpReply path_info_page();

/// 405 with Allow; OPTIONS is answered 200 with Allow, as IIS does.
[[nodiscard]] model::HttpReply method_not_allowed(std::string_view method);

}  // namespace customercare::soap
