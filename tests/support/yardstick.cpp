#include "support/yardstick.hpp"

#include <expat.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>

namespace customercare::test {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr Milliseconds usual{6};

Milliseconds thread_time() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

std::string document() {
    std::string text = "<Phones>";
    while (text.size() < 1'048'576) {
        text += "<Phone><Number kind='work'>0123456789 &amp; more</Number></Phone>\n";
    }
    return text + "</Phones>";
}

}  // namespace

double machine_slowness() {
    static const std::string text = document();
    const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(
        XML_ParserCreate(nullptr), XML_ParserFree);
    XML_SetElementHandler(
        parser.get(), [](void*, const char*, const char**) {}, [](void*, const char*) {});
    XML_SetCharacterDataHandler(parser.get(), [](void*, const char*, int) {});
    const Milliseconds before = thread_time();
    if (XML_Parse(parser.get(), text.data(), static_cast<int>(text.size()), 1) != XML_STATUS_OK) {
        throw std::runtime_error("The yardstick's document can't be parsed.");
    }
    return std::max(1.0, (thread_time() - before) / usual);
}

}  // namespace customercare::test
