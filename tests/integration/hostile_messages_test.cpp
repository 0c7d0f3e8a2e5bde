#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"
#include "support/yardstick.hpp"

// Messages of 4 MiB, the body limit, that cost a naive reader seconds or minutes.

namespace customercare::test {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

/// What one message may take of the processors' time, from its first byte to the reply, on the
/// machine of support/yardstick.hpp.
constexpr Milliseconds budget{50};

constexpr std::size_t body_limit = 4'194'304;

/// The i-th of the repeated parts of a message.
using Piece = std::function<std::string(std::size_t)>;

struct Bomb {
    std::string name;
    std::string message;  ///< Pieces go where HERE stands, as many as the body limit allows.
    Piece piece;
    int status;
    std::string_view reply;  ///< Part of its body.
};

constexpr std::string_view success = "<ResponseCode>0</ResponseCode>";
constexpr std::string_view no_body;

Piece always(std::string text) {
    return [text = std::move(text)](std::size_t) { return text; };
}

/// ` a0='urn:0' a1='urn:1' ...`
Piece attributes(std::string prefix = "") {
    return [prefix = std::move(prefix)](std::size_t i) {
        return " " + prefix + "a" + std::to_string(i) + "='urn:" + std::to_string(i) + "'";
    };
}

std::string repeat(std::size_t count, const Piece& piece) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += piece(i);
    return text;
}

std::string fill(const Bomb& bomb) {
    const std::size_t place = bomb.message.find("HERE");
    const std::size_t end = body_limit - bomb.message.size() + place;
    std::string text = bomb.message.substr(0, place);
    std::size_t i = 0;
    for (std::string next = bomb.piece(0); text.size() + next.size() < end;
         next = bomb.piece(++i)) {
        text += next;
    }
    return text + bomb.message.substr(place + 4);
}

/// The sample with other content in an element.
std::string in(std::string_view element, const std::string& xml) {
    return sample_message(Soap::v11, {{element, xml}});
}

/// The sample with something behind a tag of it.
std::string behind(const std::string& tag, const std::string& xml) {
    return replace_first(sample_message(Soap::v11), tag, tag + xml);
}

/// The sample with attributes in a start tag of it.
std::string in_tag(const std::string& tag) {
    return replace_first(sample_message(Soap::v11), tag, tag + " HERE");
}

/// Without what follows HERE.
std::string cut_off(const std::string& message) {
    return message.substr(0, message.find("HERE") + 4);
}

std::string with_doctype(const std::string& declarations, const std::string& log_text) {
    return replace_first(in("LogText", log_text), "<soap:Envelope",
                         "<!DOCTYPE x [" + declarations + "]><soap:Envelope");
}

/// The prefixes p0 to p179, declared on elements around the Requestor's content.
std::string with_prefixes(std::string message, std::size_t uri_size) {
    std::size_t next = 0;
    for (const std::string tag :
         {"<soap:Body", "<CreateCallLog ", "<CustomerCallLog", "<Requestor"}) {
        const std::string declarations = repeat(45, [&](std::size_t) {
            const std::string n = std::to_string(next++);
            return " xmlns:p" + n + "='urn:" + n + std::string(uri_size, 'x') + "' ";
        });
        message = replace_first(message, tag, tag + declarations);
    }
    return message;
}

/// A message that is stored: the sample with pieces behind a tag, and text that is skipped for the
/// rest.
Bomb stored(std::string name, const std::string& tag, std::size_t count, const std::string& piece) {
    const std::string skipping = behind("<Customer>", "HERE");
    return {std::move(name), replace_first(skipping, tag, tag + repeat(count, always(piece))),
            always("x"), 200, success};
}

std::string to_utf16(std::string_view ascii) {
    std::string text;
    for (const char c : ascii) text += {c, '\0'};
    return text;
}

std::vector<Bomb> attribute_bombs() {
    const auto short_name = [](std::size_t i) {
        return std::string(" ") + static_cast<char>('A' + i) + "=''";
    };
    const auto with_prefix = [](std::size_t i) { return " p" + std::to_string(i) + ":a=''"; };
    const auto with_few_prefixes = [](std::size_t i) {
        return " p" + std::to_string(i % 3) + ":" + static_cast<char>('A' + i / 3) + "=''";
    };
    const std::string references = "<a b='" + repeat(10'000, always("&#65;")) + "'/>";
    const std::string lines = "<a b='" + std::string(60'000, '\n') + "'/>";
    return {
        {"on an element of open content", in("Address", "<aHERE/>"), attributes(), 500, "guard."},
        {"on a skipped element", in("Customer", "<aHERE/>"), attributes(), 500, "guard."},
        {"on a header block", behind("<soap:Header>", "<aHERE/>"), attributes(), 500, "guard."},
        {"on a known element", in_tag("<LogText"), attributes(), 500, "guard."},
        {"on the envelope", in_tag("<soap:Envelope"), attributes(), 500, "guard."},
        {"60 each on many elements of open content", in("Address", "HERE"),
         always("<a" + repeat(60, attributes()) + "/>"), 500, "guard.max_total_attributes"},
        {"60 each on many skipped elements", in("Customer", "HERE"),
         always("<a" + repeat(60, attributes()) + "/>"), 500, "guard.max_total_attributes"},
        {"short ones on many elements", in("Customer", "HERE"),
         always("<a" + repeat(26, short_name) + "/>"), 500, "guard.max_total_attributes"},
        {"new ones on each of many elements", in("Customer", "HERE"),
         [](std::size_t i) {
             return "<a a" + std::to_string(i) + "='' b" + std::to_string(i) + "=''/>";
         },
         500, "guard."},
        {"with prefixes that were declared far outside", with_prefixes(in("Requestor", "HERE"), 0),
         always("<a" + repeat(60, with_prefix) + "/>"), 500, "guard.max_total_attributes"},
        {"with many prefixes in elements with declarations of their own",
         with_prefixes(in("Requestor", "HERE"), 0),
         always("<a" + repeat(1, attributes("xmlns:")) + repeat(59, with_prefix) + ">" +
                std::string(60'000, 'x') + "</a>"),
         200, success},
        {"alike but for their prefixes", with_prefixes(in("Requestor", "HERE"), 0),
         always("<a" + repeat(60, with_few_prefixes) + "/>"), 500, "guard.max_total_attributes"},
        {"one long value", in("Address", "<a b='HERE'/>"), always("x"), 500,
         "guard.max_markup_bytes"},
        {"references in values", in("Address", "HERE"), always(references), 500,
         "guard.max_content_bytes"},
        {"references in skipped values", in("Customer", "HERE"), always(references), 200, success},
        {"lines in skipped values", in("Customer", "HERE"), always(lines), 200, success},
    };
}

std::vector<Bomb> namespace_bombs() {
    const auto declaring = [](std::size_t i) {
        return "<a xmlns:n" + std::to_string(i) + "='urn:" + std::to_string(i) + "'/>";
    };
    const auto long_namespace = [](std::size_t size) {
        return "<p:a xmlns:p='urn:" + std::string(size, 'x') + "'>HERE</p:a>";
    };
    const auto use = [](std::size_t i) { return "p" + std::to_string(i % 180) + ":"; };
    return {
        {"distinct ones on many elements", in("Address", "HERE"), declaring, 500, "guard."},
        {"distinct ones on one element", in("Address", "<aHERE/>"), attributes("xmlns:"), 500,
         "guard."},
        {"one prefix declared again and again", in("Customer", "HERE"),
         always("<a xmlns:p='urn:p'/>"), 500, "guard.max_namespace_declarations"},
        {"the default one declared again and again", behind("<soap:Header>", "HERE"),
         always("<a xmlns=''/>"), 500, "guard.max_namespace_declarations"},
        {"a long one used by many elements", in("Address", long_namespace(100'000)),
         always("<p:b/>"), 500, "guard."},
        {"a long one used by many attributes", in("Customer", long_namespace(60'000)),
         always("<b p:c=''/>"), 500, "guard.max_namespace_uri_bytes"},
        {"one of the longest length allowed", in("Customer", long_namespace(1'000)),
         always("<p:b p:c='" + std::string(150, 'x') + "'/>"), 500, "guard.max_elements"},
        // Open content is stored with the namespaces that it takes from around it.
        {"long ones used by many pieces of open content",
         with_prefixes(behind("</Address>", "HERE"), 1'000),
         always("<Address>" + repeat(180, use) + "</Address>"), 500, "guard.max_content_bytes"},
        {"many that a long text seems to use", with_prefixes(in("Address", "HERE"), 0), always("p"),
         500, "guard.max_content_bytes"},
        stored("many that a long text seems to use, stored", "</Address>", 1,
               "<Address>" + std::string(1'000'000, 'p') + "</Address>"),
        stored("prefixes that nobody declared", "</Address>", 1,
               "<Address>" + repeat(250'000, always("a:b:")) + "</Address>"),
        {"prefixes in a long text, stored",
         with_prefixes(in("Address", repeat(200'000, use)), 0) + "HERE", always(" "), 200, success},
    };
}

std::vector<Bomb> element_bombs() {
    const std::string deep = repeat(50, always("<a>")) + repeat(50, always("</a>"));
    const std::string nil_phone =
        "<Fax i:nil='1'><PhoneType i:nil='1'/><Phone i:nil='1'/><Extension i:nil='1'/></Fax>";
    const std::string in_phone = "<PrimaryContact>";
    const auto numbered = [](std::string prefix) {
        return [prefix = std::move(prefix)](std::size_t i) {
            return "<" + prefix + std::to_string(i) + "/>";
        };
    };
    return {
        {"nested", cut_off(in("Address", "HERE")), always("<a>"), 500, "guard.max_depth"},
        {"nested and skipped", cut_off(in("Customer", "HERE")), always("<a>"), 500,
         "guard.max_depth"},
        {"nested as deep as is allowed, again and again", in("Address", "HERE"), always(deep), 500,
         "guard.max_elements"},
        {"small, of open content", in("Address", "HERE"), always("<a/>"), 500,
         "guard.max_elements"},
        {"small and skipped", in("Customer", "HERE"), always("<a/>"), 500, "guard.max_elements"},
        {"small, in the header", behind("<soap:Header>", "HERE"), always("<a/>"), 500,
         "guard.max_elements"},
        {"small, behind the operation", behind("</CreateCallLog>", "HERE"), always("<a/>"), 500,
         "guard.max_elements"},
        {"small, behind the body", behind("</soap:Body>", "HERE"), always("<a/>"), 500,
         "guard.max_elements"},
        {"small, kept among known ones", behind(in_phone, "HERE"), always("<a/>"), 500, "guard."},
        {"skipped", in("Customer", "HERE"), always("<a>" + std::string(220, 'x') + "</a>"), 200,
         success},
        {"a known one again and again", behind("</MessageId>", "HERE"),
         always("<NameValue><Name>n</Name></NameValue>"), 500, "guard."},
        {"operations again and again",
         replace_first(behind("</CreateCallLog>", "HERE"), "<soap:Body",
                       "<soap:Body xmlns:c='http://ws.southernco.com/CustSvc-iHub'"),
         always("<c:CreateCallLog><c:CreateCallLogRequest/>" + std::string(400, ' ') +
                "</c:CreateCallLog>"),
         200, success},
        {"with different names", in("Customer", "HERE"), numbered("a"), 500, "guard.max_elements"},
        {"with different long names", in("Customer", "HERE"), numbered(std::string(120, 'a')), 500,
         "guard.max_elements"},
        {"one long name", in("Address", "<HERE/>"), always("a"), 500, "guard.max_markup_bytes"},
        {"many long names", in("Address", "HERE"), always("<" + std::string(60'000, 'a') + "/>"),
         500, "guard.max_name_bytes"},
        {"one long prefix", in("Address", "<HERE:a/>"), always("a"), 500, "guard.max_markup_bytes"},
        {"tags without end", cut_off(in("Address", "HERE")), always("<a "), 400, no_body},
        {"nothing but <", "HERE", always("<"), 400, no_body},
        stored("names and values, short", "</MessageId>", 1'900,
               "<NameValue><Name>n</Name><Value>v</Value></NameValue>"),
        stored("names and values", "</MessageId>", 1'900,
               "<NameValue><Name>n</Name><Value>" + std::string(500, 'v') + "</Value></NameValue>"),
        stored("empty names and values", "</MessageId>", 1'900, "<NameValue/>"),
        stored("addresses", "</Address>", 1'900,
               "<Address>" + std::string(200, 'x') + "</Address>"),
        stored("empty addresses", "</Address>", 1'900, "<Address/>"),
        stored("driving licences", "</Address>", 1'900,
               "<DriverLicense>" + std::string(200, 'x') + "</DriverLicense>"),
        stored("empty driving licences", "</Address>", 1'900, "<DriverLicense/>"),
        stored("phones", "</Address>", 1'900,
               "<Fax><PhoneType>w</PhoneType><Phone>" + std::string(200, '1') +
                   "</Phone><DoNotCallFlag>1</DoNotCallFlag></Fax>"),
        stored("empty phones", "</Address>", 1'900, "<Fax/>"),
        stored("unknown ones that are kept", in_phone, 1'900, "<a/>"),
        stored("long unknown ones that are kept", in_phone, 1'900,
               "<a>" + std::string(200, 'x') + "</a>"),
        {"without value",
         replace_first(behind("</Address>", repeat(1'900, always(nil_phone))) + "HERE",
                       "<Requestor",
                       "<Requestor xmlns:i='http://www.w3.org/2001/XMLSchema-instance'"),
         always(" "), 200, success},
    };
}

std::vector<Bomb> entity_bombs() {
    std::string laughs = "<!ENTITY e0 'lol'>";
    for (int i = 1; i < 20; ++i) {
        const std::string inner = "&e" + std::to_string(i - 1) + ";";
        laughs += "<!ENTITY e" + std::to_string(i) + " '" + repeat(10, always(inner)) + "'>";
    }
    const auto entity = [](std::size_t i) { return "<!ENTITY e" + std::to_string(i) + " 'x'>"; };
    const auto attribute = [](std::size_t i) {
        return "<!ATTLIST LogText a" + std::to_string(i) + " CDATA 'x'>";
    };
    return {
        {"entities of entities", with_doctype(laughs, "&e19;HERE"), always("x"), 400, no_body},
        {"one long entity used again and again",
         with_doctype("<!ENTITY e '" + std::string(100'000, 'x') + "'>", "HERE"), always("&e;"),
         400, no_body},
        {"entities that contain each other",
         with_doctype("<!ENTITY a '&b;'><!ENTITY b '&a;'>", "&a;HERE"), always("x"), 400, no_body},
        {"parameter entities", with_doctype("<!ENTITY % a '<!ENTITY b \"x\">'>HERE", ""),
         always("%a;"), 400, no_body},
        {"external entities", with_doctype("<!ENTITY a SYSTEM 'file:///etc/passwd'>", "HERE"),
         always("&a;"), 400, no_body},
        {"many declared", with_doctype("HERE", ""), entity, 400, no_body},
        {"many attributes with defaults", with_doctype("HERE", ""), attribute, 400, no_body},
        {"not declared", in("LogText", "HERE"), always("&e;"), 400, no_body},
        {"references to characters", in("LogText", "HERE"), always("&#65;"), 200, success},
        {"references to what must be escaped", in("LogText", "HERE"), always("&amp;"), 200,
         success},
        {"references in skipped elements", in("Customer", "<a>HERE</a>"), always("&amp;"), 200,
         success},
        {"references with many zeros", in("LogText", "HERE"),
         always("&#" + std::string(60'000, '0') + "65;"), 200, success},
    };
}

std::vector<Bomb> text_bombs() {
    const std::string sample = sample_message(Soap::v11);
    const std::string wide = to_utf16(in("LogText", "HERE"));
    const std::size_t place = wide.find(to_utf16("HERE"));
    const std::string utf16 = "\xFF\xFE" + wide.substr(0, place) + "HERE" + wide.substr(place + 8);
    const std::string end = "</soap:Envelope>";
    return {
        {"one long text", in("LogText", "HERE"), always("x"), 500, "guard.max_content_bytes"},
        {"in open content", in("Address", "HERE"), always("x"), 500, "guard.max_content_bytes"},
        {"skipped", in("Customer", "<a>HERE</a>"), always("x"), 200, success},
        {"where elements are expected", in("Customer", "HERE"), always("x"), 200, success},
        {"in a number", in("RequestType", "HERE1"), always("0"), 500, "guard.max_content_bytes"},
        {"in a time", in("CreatedDateTime", "2011-03-04T05:06:07.HERE"), always("0"), 500,
         "guard.max_content_bytes"},
        {"in a flag", in("DoNotCallFlag", "HERE1"), always(" "), 500, "guard.max_content_bytes"},
        {"in a token", in("ID", "HERE"), always("x"), 500, "guard.max_content_bytes"},
        stored("long, stored", "<LogText>", 1, std::string(1'000'000, 'x')),
        stored("greater-than signs, stored", "<LogText>", 1, std::string(1'000'000, '>')),
        stored("closing brackets, stored", "<LogText>", 1, std::string(1'000'000, ']')),
        stored("wide characters, stored", "<LogText>", 250'000, "\xF0\x9F\x93\x9E"),
        stored("CDATA, stored", "<LogText>", 1, "<![CDATA[" + std::string(1'000'000, '<') + "]]>"),
        stored("a number, stored", "<RequestType>", 1, std::string(1'000'000, '0')),
        stored("blanks around a flag, stored", "<DoNotCallFlag>", 1, std::string(1'000'000, ' ')),
        stored("a token, stored", "<ID>", 1, std::string(1'000'000, 'x')),
        stored("a credential's time, stored", "<Created>", 1, std::string(1'000'000, '>')),
        stored("a MessageId, stored", "<MessageId>", 1, std::string(1'000'000, 'x')),
        {"a time, stored",
         in("CreatedDateTime", "2011-03-04T05:06:07." + std::string(999'000, '0')) + "HERE",
         always(" "), 200, success},
        {"no time", in("CreatedDateTime", std::string(999'000, '0')) + "HERE", always(" "), 500,
         "is not a valid AllXsd value"},
        {"line ends", in("LogText", "HERE"), always("\n"), 500, "guard.max_content_bytes"},
        {"line ends of two characters", in("LogText", "HERE"), always("\r\n"), 500,
         "guard.max_content_bytes"},
        {"line ends between elements", in("Customer", "HERE"), always("\n"), 200, success},
        {"line ends before the message", "HERE" + sample.substr(sample.find("?>") + 2),
         always("\n"), 200, success},
        {"blanks between elements", in("Customer", "HERE"), always(" "), 200, success},
        {"blanks behind the message", behind(end, "HERE"), always(" "), 200, success},
        {"comments", in("Customer", "HERE"), always("<!---->"), 200, success},
        {"comments between letters", in("Requestor", "HERE"), always("a<!---->"), 200, success},
        {"comments between letters of open content", in("Address", "HERE"), always("a<!---->"), 500,
         "guard."},
        {"comments behind the message", behind(end, "HERE"), always("<!---->"), 200, success},
        {"one long comment", in("Customer", "<!--HERE-->"), always("x"), 500,
         "guard.max_markup_bytes"},
        {"a comment without end", cut_off(in("Customer", "<!--HERE")), always("x"), 500,
         "guard.max_markup_bytes"},
        {"instructions", in("Customer", "HERE"), always("<?a?>"), 200, success},
        {"one long instruction", in("Customer", "<?a HERE?>"), always("x"), 500,
         "guard.max_markup_bytes"},
        {"CDATA of one letter", in("LogText", "HERE"), always("<![CDATA[x]]>"), 200, success},
        {"empty CDATA", in("Customer", "HERE"), always("<![CDATA[]]>"), 200, success},
        {"CDATA without end", cut_off(in("Customer", "<![CDATA[HERE")), always("x"), 400, no_body},
        {"UTF-16", utf16, always("\x2D\x4E"), 500, "guard.max_content_bytes"},
    };
}

/// The least of some tries, as what else the machine does only adds to it.
Milliseconds cost(const ServerProcess& server, const Bomb& bomb) {
    const std::string message = fill(bomb);
    CHECK(message.size() > body_limit - 100'000);
    const std::size_t id = message.find("sample-1");
    Milliseconds least = std::chrono::hours(1);
    for (int i = 1; i <= 10 && least >= budget; ++i) {
        std::string own = message;
        if (id != std::string::npos) own.replace(id, 8, "sample-" + std::to_string(i));
        const std::string request = post(Soap::v11, own);
        const double slowness_before = machine_slowness();
        const auto before = server.cpu_time();
        const HttpReply reply = call(server.port(), request);
        const Milliseconds used = server.cpu_time() - before;
        least = std::min(least, used / std::min(slowness_before, machine_slowness()));
        CHECK(reply.status == bomb.status);
        if (bomb.reply == no_body) {
            CHECK(reply.body.empty());
        } else {
            CHECK_THAT(reply.body, Catch::Contains(std::string(bomb.reply)));
        }
        if (CUSTOMERCARE_SANITIZED) break;
    }
    return least;
}

void check_cost(const std::vector<Bomb>& bombs) {
    for (const Bomb& bomb : bombs) {
        DYNAMIC_SECTION(bomb.name) {
            const TemporaryDirectory directory;
            ServerProcess server(directory.path());
            // Its MessageId is none of those above.
            REQUIRE(is_success(call(server.port(), post_sample(Soap::v11, {{"MessageId", "0"}}))));
            const Milliseconds least = cost(server, bomb);
            if (!CUSTOMERCARE_SANITIZED) CHECK(least < budget);
            CHECK(is_success(call(server.port(), post_sample(Soap::v11, {{"MessageId", "0"}}))));
            CHECK(server.stop() == 0);
        }
    }
}

}  // namespace

TEST_CASE("Attributes cost little", "[integration][load][hostile]") {
    check_cost(attribute_bombs());
}

TEST_CASE("Namespaces cost little", "[integration][load][hostile]") {
    check_cost(namespace_bombs());
}

TEST_CASE("Elements cost little", "[integration][load][hostile]") { check_cost(element_bombs()); }

TEST_CASE("Entities and references cost little", "[integration][load][hostile]") {
    check_cost(entity_bombs());
}

TEST_CASE("Text costs little", "[integration][load][hostile]") { check_cost(text_bombs()); }

}  // namespace customercare::test
