#include "standin/curl.hpp"

#include <dlfcn.h>

#include <string>

#include "model/error.hpp"

namespace customercare::standin {

namespace {

void* open_library() {
    void* const library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (library != nullptr) return library;
    throw model::ServiceError(
        model::ErrorCode::usage,
        "standin.forward needs libcurl, which is not here (Debian package libcurl4)");
}

template <typename Function>
void find(void* library, const char* name, Function& function) {
    void* const found = dlsym(library, name);
    if (found == nullptr) {
        throw model::ServiceError(
            model::ErrorCode::usage,
            std::string("standin.forward needs a newer libcurl, with ") + name);
    }
    function = reinterpret_cast<Function>(found);
}

Curl load() {
    void* const library = open_library();  // Kept until the program ends.
    Curl curl{};
#define FIND(name) find(library, #name, curl.name)
    FIND(curl_global_init);
    FIND(curl_free);
    FIND(curl_url);
    FIND(curl_url_set);
    FIND(curl_url_get);
    FIND(curl_url_cleanup);
    FIND(curl_slist_append);
    FIND(curl_slist_free_all);
    FIND(curl_easy_init);
    FIND(curl_easy_setopt);
    FIND(curl_easy_getinfo);
    FIND(curl_easy_strerror);
    FIND(curl_easy_cleanup);
    FIND(curl_multi_init);
    FIND(curl_multi_add_handle);
    FIND(curl_multi_remove_handle);
    FIND(curl_multi_perform);
    FIND(curl_multi_poll);
    FIND(curl_multi_wakeup);
    FIND(curl_multi_info_read);
    FIND(curl_multi_cleanup);
#undef FIND
    curl.curl_global_init(CURL_GLOBAL_DEFAULT);
    return curl;
}

}  // namespace

const Curl& Curl::get() {
    static const Curl curl = load();
    return curl;
}

}  // namespace customercare::standin
