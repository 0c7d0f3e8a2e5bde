#include "standin/forward.hpp"

#include <algorithm>
#include <list>
#include <mutex>
#include <new>
#include <thread>
#include <utility>
#include <vector>

#include "model/error.hpp"
#include "soap/writer.hpp"
#include "standin/curl.hpp"
#include "standin/message.hpp"

namespace customercare::standin {

namespace {

struct FreeEasy {
    void operator()(CURL* handle) const noexcept { Curl::get().curl_easy_cleanup(handle); }
};
struct FreeMulti {
    void operator()(CURLM* handle) const noexcept { Curl::get().curl_multi_cleanup(handle); }
};
struct FreeList {
    void operator()(curl_slist* list) const noexcept { Curl::get().curl_slist_free_all(list); }
};
struct FreeUrl {
    void operator()(CURLU* url) const noexcept { Curl::get().curl_url_cleanup(url); }
};

[[noreturn]] void refuse_url(const std::string& url, const std::string& why) {
    throw model::ServiceError(model::ErrorCode::usage, "standin.forward = \"" + url + "\" " + why);
}

void check_url(const std::string& url) {
    const std::unique_ptr<CURLU, FreeUrl> parsed(Curl::get().curl_url());
    if (!parsed) throw std::bad_alloc();
    if (Curl::get().curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK ||
        (!url.starts_with("http://") && !url.starts_with("https://"))) {
        refuse_url(url, "is no URL of the form http://HOST:PORT/PATH or https://HOST:PORT/PATH");
    }
    const auto has = [&parsed](CURLUPart part) {
        char* text = nullptr;
        const bool is_there = Curl::get().curl_url_get(parsed.get(), part, &text, 0) == CURLUE_OK;
        Curl::get().curl_free(text);
        return is_there;
    };
    if (has(CURLUPART_USER) || has(CURLUPART_PASSWORD) || has(CURLUPART_QUERY) ||
        has(CURLUPART_FRAGMENT)) {
        throw model::ServiceError(model::ErrorCode::usage,
                                  "standin.forward must have no user, password, query or fragment");
    }
}

/// Those that are the client's word to us, or that ask for what we don't pass on.
bool stays_here(std::string_view header) {
    return is_of_connection(header) || model::equals_ignoring_case(header, "Accept-Encoding") ||
           model::equals_ignoring_case(header, "X-CustomerCare-Sandbox");
}

std::string_view query_of(std::string_view target) {
    return target.substr(std::min(target.find('?'), target.size()));
}

}  // namespace

/// One request on its way. libcurl calls receive() and receive_header().
struct Transfer {
    std::unique_ptr<CURL, FreeEasy> handle;
    std::unique_ptr<curl_slist, FreeList> headers;
    std::string_view operation;
    std::string_view soap_version;
    std::size_t max_reply_bytes = 0;
    Recording exchange;
    model::HttpRespond respond;

    void add_header(const std::string& line) {
        curl_slist* const longer = Curl::get().curl_slist_append(headers.get(), line.c_str());
        if (longer == nullptr) throw std::bad_alloc();
        (void)headers.release();  // It is the beginning of the longer one.
        headers.reset(longer);
    }

    static std::size_t receive(const char* data, std::size_t size, std::size_t count,
                               Transfer* self) {
        const std::size_t bytes = size * count;
        if (self->exchange.reply_body.size() + bytes > self->max_reply_bytes) return 0;
        self->exchange.reply_body.append(data, bytes);
        return bytes;
    }

    static std::size_t receive_header(const char* data, std::size_t size, std::size_t count,
                                      Transfer* self) {
        std::string_view line(data, size * count);
        // An interim reply (100) may have come before.
        if (line.starts_with("HTTP/")) self->exchange.reply_headers.clear();
        while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
        if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
            const std::string_view name = line.substr(0, colon);
            std::string_view value = line.substr(colon + 1);
            value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
            if (!is_of_connection(name)) self->exchange.reply_headers.emplace_back(name, value);
        }
        return size * count;
    }
};

class Forward::Impl {
public:
    Impl(ForwardOptions options, Observer observe);
    ~Impl();
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    void answer(const model::HttpRequest& request, model::HttpRespond respond);

private:
    [[nodiscard]] std::unique_ptr<Transfer> prepare(const model::HttpRequest& request) const;
    void run();
    [[nodiscard]] bool take_new();
    void finish_done();
    void finish(Transfer& transfer, CURLcode result);
    [[nodiscard]] static model::HttpReply no_answer(const Transfer& transfer, CURLcode result);

    const ForwardOptions options_;
    const Observer observe_;
    std::unique_ptr<CURLM, FreeMulti> multi_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Transfer>> new_;  ///< Under the lock, as is the next.
    bool stopping_ = false;
    std::list<std::unique_ptr<Transfer>> running_;
    std::thread thread_;
};

Forward::Impl::Impl(ForwardOptions options, Observer observe)
    : options_(std::move(options)), observe_(std::move(observe)) {
    check_url(options_.url);
    multi_.reset(Curl::get().curl_multi_init());
    if (!multi_) throw std::bad_alloc();
    thread_ = std::thread([this] { run(); });
}

Forward::Impl::~Impl() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    Curl::get().curl_multi_wakeup(multi_.get());
    thread_.join();
    for (const auto& transfer : running_) {
        Curl::get().curl_multi_remove_handle(multi_.get(), transfer->handle.get());
    }
}

void Forward::Impl::answer(const model::HttpRequest& request, model::HttpRespond respond) {
    std::unique_ptr<Transfer> transfer = prepare(request);
    transfer->respond = std::move(respond);
    {
        const std::lock_guard lock(mutex_);
        new_.push_back(std::move(transfer));
    }
    Curl::get().curl_multi_wakeup(multi_.get());
}

std::unique_ptr<Transfer> Forward::Impl::prepare(const model::HttpRequest& request) const {
    auto transfer = std::make_unique<Transfer>();
    Message message(request);
    if (request.method == "POST") {
        transfer->operation = message.operation();
        transfer->soap_version = message.soap_version();
    }
    transfer->max_reply_bytes = options_.max_reply_bytes;
    Recording& exchange = transfer->exchange;
    exchange.method = request.method;
    exchange.target = request.target;
    exchange.request_body = request.body;
    for (const model::HttpHeader& header : request.headers) {
        if (stays_here(header.name)) continue;
        exchange.request_headers.emplace_back(header.name, header.value);
        // "Name;" is libcurl's way to say an empty one.
        transfer->add_header(std::string(header.name) + (header.value.empty() ? ";" : ": ") +
                             std::string(header.value));
    }
    // What libcurl would add by itself.
    for (const char* name : {"Accept", "Content-Type", "Expect", "User-Agent"}) {
        if (request.find(name) == nullptr || stays_here(name)) {
            transfer->add_header(std::string(name) + ':');
        }
    }

    transfer->handle.reset(Curl::get().curl_easy_init());
    CURL* const handle = transfer->handle.get();
    if (handle == nullptr) throw std::bad_alloc();
    const auto set = [handle](CURLoption option, auto value) {
        Curl::get().curl_easy_setopt(handle, option, value);
    };
    const std::string url = options_.url + std::string(query_of(request.target));
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout.count()));
    if (request.method == "HEAD") {
        set(CURLOPT_NOBODY, 1L);
    } else if (request.method == "POST" || !request.body.empty()) {
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(exchange.request_body.size()));
        set(CURLOPT_POSTFIELDS, exchange.request_body.data());
    }
    set(CURLOPT_CUSTOMREQUEST, exchange.method.c_str());
    set(CURLOPT_HTTPHEADER, transfer->headers.get());
    if (!options_.certificate_authorities.empty()) {
        set(CURLOPT_CAINFO, options_.certificate_authorities.c_str());
    }
    set(CURLOPT_WRITEFUNCTION, &Transfer::receive);
    set(CURLOPT_WRITEDATA, transfer.get());
    set(CURLOPT_HEADERFUNCTION, &Transfer::receive_header);
    set(CURLOPT_HEADERDATA, transfer.get());
    set(CURLOPT_PRIVATE, transfer.get());
    return transfer;
}

void Forward::Impl::run() {
    constexpr int longest_wait_ms = 60'000;  // Somebody who asks ends it.
    while (take_new()) {
        int running = 0;
        Curl::get().curl_multi_perform(multi_.get(), &running);
        finish_done();
        Curl::get().curl_multi_poll(multi_.get(), nullptr, 0, longest_wait_ms, nullptr);
    }
}

/// False if it is time to stop.
bool Forward::Impl::take_new() {
    const std::lock_guard lock(mutex_);
    for (auto& transfer : new_) {
        Curl::get().curl_multi_add_handle(multi_.get(), transfer->handle.get());
        running_.push_back(std::move(transfer));
    }
    new_.clear();
    return !stopping_;
}

void Forward::Impl::finish_done() {
    int left = 0;
    while (const CURLMsg* message = Curl::get().curl_multi_info_read(multi_.get(), &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        const CURLcode result = message->data.result;  // The message goes with the handle.
        Transfer* done = nullptr;
        Curl::get().curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &done);
        Curl::get().curl_multi_remove_handle(multi_.get(), message->easy_handle);
        finish(*done, result);
        running_.remove_if([done](const auto& transfer) { return transfer.get() == done; });
    }
}

void Forward::Impl::finish(Transfer& transfer, CURLcode result) {
    if (result != CURLE_OK) return transfer.respond(no_answer(transfer, result));
    Recording& exchange = transfer.exchange;
    long status = 0;
    Curl::get().curl_easy_getinfo(transfer.handle.get(), CURLINFO_RESPONSE_CODE, &status);
    exchange.status = static_cast<unsigned>(status);
    model::HttpReply reply;
    reply.status = exchange.status;
    reply.headers = exchange.reply_headers;
    reply.body = exchange.reply_body;
    reply.summary.operation = transfer.operation;
    reply.summary.soap_version = transfer.soap_version;
    reply.summary.outcome = "forwarded";
    if (observe_) {
        try {
            observe_(std::move(exchange), transfer.operation);
        } catch (const std::exception& error) {
            reply.summary.detail = error.what();
        }
    }
    transfer.respond(std::move(reply));
}

model::HttpReply Forward::Impl::no_answer(const Transfer& transfer, CURLcode result) {
    const bool is_soap12 = transfer.soap_version == "1.2";
    model::HttpReply reply;
    reply.status = result == CURLE_OPERATION_TIMEDOUT ? 504 : 502;
    reply.content_type =
        is_soap12 ? "application/soap+xml; charset=utf-8" : "text/xml; charset=utf-8";
    reply.body = soap::write_fault(
        is_soap12 ? soap::SoapVersion::soap12 : soap::SoapVersion::soap11, soap::FaultCode::server,
        "The service that requests are forwarded to (standin.forward) gave no answer.");
    reply.summary.operation = transfer.operation;
    reply.summary.soap_version = transfer.soap_version;
    reply.summary.outcome = "failed";
    reply.summary.detail =
        std::string("standin.forward: ") + Curl::get().curl_easy_strerror(result) + '.';
    return reply;
}

Forward::Forward(ForwardOptions options, Observer observe)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(observe))) {}

Forward::~Forward() = default;

void Forward::answer(const model::HttpRequest& request, model::HttpRespond respond) {
    impl_->answer(request, std::move(respond));
}

}  // namespace customercare::standin
