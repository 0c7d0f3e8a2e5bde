// What is stored comes back the same: a message that the guard passes, through the store's writer
// and reader.

#include <future>
#include <memory>

#include "fuzz/fields.hpp"
#include "fuzz/message.hpp"
#include "store/call_log_reader.hpp"
#include "store/call_log_store.hpp"
#include "unit/store/store_support.hpp"

using namespace customercare;
using fuzz::fields_of;
using fuzz::require;

namespace {

/// A database in a directory of its own; replaced after some records, so that it stays small.
class Round {
public:
    Round() : store_(options(), keys_), reader_(directory_.database(), &keys_) {}

    [[nodiscard]] bool is_over() const { return count_ >= 2'000; }

    store::StoredCallLog store_and_read(const model::CallLog& call_log) {
        ++count_;
        store::NewCallLog record = test::make_record("", "");
        record.call_log = call_log;
        const store::AppendResult result = test::append(store_, std::move(record)).get();
        require(result.status == store::AppendStatus::stored, "what the guard passes is stored");
        auto stored = reader_.find(result.id);
        require(stored.has_value(), "what is stored is found");
        return std::move(*stored);
    }

private:
    [[nodiscard]] store::Options options() const {
        return {.path = directory_.database(),
                .time_zone = model::TimeZone::utc,
                .duplicates = store::Duplicates::accept};
    }

    test::StoreDirectory directory_;
    store::Keys keys_{directory_.key_file()};
    store::CallLogStore store_;
    store::CallLogReader reader_;
    int count_ = 0;
};

void check_same(const model::CallLog& sent, const store::StoredCallLog& stored) {
    require(stored.received_at == "2011-03-04T10:06:07.250Z", "the time comes back");
    require(stored.credential_label == "web", "the credential's label comes back");
    require(!stored.is_masked, "nothing is masked with the keys at hand");
    require(fields_of(stored.call_log) == fields_of(sent), "the fields come back");
    require(stored.call_log.nil_elements == sent.nil_elements, "the nil elements come back");
    const auto& open = stored.call_log.open_content;
    require(open.size() == sent.open_content.size(), "all open content comes back");
    for (std::size_t i = 0; i < open.size(); ++i) {
        require(open[i].path == sent.open_content[i].path, "open content keeps its path");
        require(open[i].xml == sent.open_content[i].xml, "open content comes back as it was sent");
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static std::unique_ptr<Round> round;
    const fuzz::Message message(fuzz::Input(bytes, size));
    const auto call = fuzz::read_call(message);
    if (!call) return 0;
    if (!round || round->is_over()) round = std::make_unique<Round>();
    check_same(call->request.call_log, round->store_and_read(call->request.call_log));
    return 0;
}
