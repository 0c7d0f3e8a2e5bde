#pragma once

#include <curl/curl.h>

namespace customercare::standin {

/// The functions of libcurl that forwarding needs. The library is loaded with the first use, since
/// it and the thirty others that it needs would cost each start 10 ms, and production needs none.
struct Curl {
    /// Throws ServiceError{usage} if the library is not there; the text names its package.
    [[nodiscard]] static const Curl& get();

    // Named as in <curl/curl.h>.
    decltype(&::curl_global_init) curl_global_init;
    decltype(&::curl_free) curl_free;
    decltype(&::curl_url) curl_url;
    decltype(&::curl_url_set) curl_url_set;
    decltype(&::curl_url_get) curl_url_get;
    decltype(&::curl_url_cleanup) curl_url_cleanup;
    decltype(&::curl_slist_append) curl_slist_append;
    decltype(&::curl_slist_free_all) curl_slist_free_all;
    decltype(&::curl_easy_init) curl_easy_init;
    decltype(&::curl_easy_setopt) curl_easy_setopt;
    decltype(&::curl_easy_getinfo) curl_easy_getinfo;
    decltype(&::curl_easy_strerror) curl_easy_strerror;
    decltype(&::curl_easy_cleanup) curl_easy_cleanup;
    decltype(&::curl_multi_init) curl_multi_init;
    decltype(&::curl_multi_add_handle) curl_multi_add_handle;
    decltype(&::curl_multi_remove_handle) curl_multi_remove_handle;
    decltype(&::curl_multi_perform) curl_multi_perform;
    decltype(&::curl_multi_poll) curl_multi_poll;
    decltype(&::curl_multi_wakeup) curl_multi_wakeup;
    decltype(&::curl_multi_info_read) curl_multi_info_read;
    decltype(&::curl_multi_cleanup) curl_multi_cleanup;
};

}  // namespace customercare::standin
