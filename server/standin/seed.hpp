#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/http_message.hpp"
#include "standin/sandbox.hpp"

namespace customercare::standin {

/// Stores call logs that nobody sent. Waits until they are stored. Throws ServiceError{usage},
/// naming the line, if the text is not as it must be (nothing is stored then), or {storage}.

/// JSON Lines as `customercare calllogs export` writes them. They never count as duplicates: each
/// has a sender of its own.
[[nodiscard]] std::vector<std::int64_t> seed_json_lines(Sandbox& sandbox, std::string_view text);

/// One SOAP message, read and judged as if it had been sent; the journal does not tell of it.
/// `brought` brings it: with its Content-Type, from its peer.
[[nodiscard]] std::vector<std::int64_t> seed_message(Sandbox& sandbox, std::string_view soap_path,
                                                     const model::HttpRequest& brought);

}  // namespace customercare::standin
