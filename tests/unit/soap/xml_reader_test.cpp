#include "soap/xml_reader.hpp"

#include <expat.h>

#include <catch2/catch.hpp>
#include <memory>
#include <random>

using namespace customercare;
using soap::XmlReader;

namespace {

/// What a message says, one line a node; texts that stand side by side are one.
struct Story {
    bool is_well_formed = false;
    std::string told;
    std::string text;

    void end_text() {
        if (!text.empty()) told += "text " + text + "\n";
        text.clear();
    }
    void tell(const std::string& what) {
        end_text();
        told += what + "\n";
    }
};

std::string told_by(const std::string& message, XmlReader::Error* error = nullptr) {
    XmlReader reader(1'000'000, 1000);
    reader.reset(message);
    Story story;
    for (int depth = 0;;) {
        switch (reader.next()) {
            case XmlReader::Node::start_element: {
                std::string line = "<" + std::string(reader.name());
                for (const auto& attribute : reader.attributes()) {
                    line += " " + std::string(attribute.name) + "=" + std::string(attribute.value);
                }
                story.tell(line);
                ++depth;
                break;
            }
            case XmlReader::Node::end_element:
                story.tell(">");
                if (--depth == 0) return story.told;
                break;
            case XmlReader::Node::text:
            case XmlReader::Node::cdata:
                if (depth > 0) story.text += reader.text();
                break;
            case XmlReader::Node::comment:
                story.tell("comment");
                break;
            case XmlReader::Node::instruction:
                // Expat tells of no XML declaration here.
                if (reader.start() != 0 || message.substr(0, 6) != "<?xml ") {
                    story.tell("instruction");
                }
                break;
            case XmlReader::Node::error:
                if (error != nullptr) *error = reader.error();
                return "error";
        }
    }
}

/// The same by expat, up to the end of the root element.
std::string told_by_expat(const std::string& message) {
    const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(
        XML_ParserCreate("UTF-8"), XML_ParserFree);
    struct State {
        Story story;
        int depth = 0;
        bool has_document_type = false;
        bool is_over = false;
        XML_Parser parser;
    } state;
    state.parser = parser.get();
    XML_SetUserData(parser.get(), &state);
    XML_SetElementHandler(
        parser.get(),
        [](void* data, const char* name, const char** attributes) {
            auto& self = *static_cast<State*>(data);
            std::string line = std::string("<") + name;
            for (; *attributes != nullptr; attributes += 2) {
                line += std::string(" ") + attributes[0] + "=" + attributes[1];
            }
            self.story.tell(line);
            ++self.depth;
        },
        [](void* data, const char*) {
            auto& self = *static_cast<State*>(data);
            self.story.tell(">");
            if (--self.depth == 0) {
                self.is_over = true;
                XML_StopParser(self.parser, XML_FALSE);
            }
        });
    XML_SetCharacterDataHandler(parser.get(), [](void* data, const char* text, int size) {
        static_cast<State*>(data)->story.text.append(text, static_cast<std::size_t>(size));
    });
    XML_SetCommentHandler(parser.get(), [](void* data, const char*) {
        static_cast<State*>(data)->story.tell("comment");
    });
    XML_SetProcessingInstructionHandler(parser.get(), [](void* data, const char*, const char*) {
        static_cast<State*>(data)->story.tell("instruction");
    });
    XML_SetStartDoctypeDeclHandler(parser.get(),
                                   [](void* data, const char*, const char*, const char*, int) {
                                       static_cast<State*>(data)->has_document_type = true;
                                   });
    XML_Parse(parser.get(), message.data(), static_cast<int>(message.size()), 1);
    return state.is_over && !state.has_document_type ? state.story.told : "error";
}

std::string error_of(const std::string& message) {
    XmlReader::Error error;
    CHECK(told_by(message, &error) == "error");
    return error.words.text;
}

const std::string sample =
    "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n<!-- note --><?go on?>\n"
    "<s:Envelope xmlns:s=\"urn:s\" a=\"1&amp;2\t\r\n3\" b='x &#65; \"&#x42;'>\r\n"
    " <s:Header><t.x-1 y=''>text &lt; &#10; ]] &gt; <![CDATA[ raw ]] > & < \r\n]]> "
    "</t.x-1><e/></s:Header >\r <!-- more - --><?p?>\n"
    " <s:Body><\xC3\xA9 z='\xE2\x82\xAC'>\xF0\x9F\x98\x80</\xC3\xA9></s:Body></s:Envelope>";

}  // namespace

TEST_CASE("References and line ends are resolved, attributes normalized", "[soap][xml_reader]") {
    CHECK(told_by(sample) ==
          "comment\ninstruction\n"
          "<s:Envelope xmlns:s=urn:s a=1&2  3 b=x A \"B\ntext \n \n<s:Header\n"
          "<t.x-1 y=\ntext text < \n ]] >  raw ]] > & < \n \n>\n<e\n>\n>\ntext \n \n"
          "comment\ninstruction\ntext \n \n<s:Body\n"
          "<\xC3\xA9 z=\xE2\x82\xAC\ntext \xF0\x9F\x98\x80\n>\n>\n>\n");
}

// Sixteen bytes are looked at together.
TEST_CASE("What means something does so wherever it stands", "[soap][xml_reader]") {
    for (const std::string part :
         {"", "&lt;", ">", "]]>", "]", "\r\n", "\t", "\"", "'", "<b/>", "<", "&", "\x01", "\x7F",
          "\xC3\xA9", "\xF0\x9F\x98\x80", "\xE2\x82"}) {
        for (std::size_t before = 0; before < 36; ++before) {
            for (const std::size_t behind : {0, 1, 15, 16, 17}) {
                CAPTURE(part, before, behind);
                for (const char filler : {'x', ' '}) {
                    const std::string text =
                        std::string(before, filler) + part + std::string(behind, filler);
                    for (const std::string& message :
                         {"<a>" + text + "</a>", "<a b=\"" + text + "\"/>",
                          "<a b='" + text + "'/>"}) {
                        CHECK(told_by(message) == told_by_expat(message));
                    }
                }
            }
        }
    }
}

TEST_CASE("Nodes say where they stand", "[soap][xml_reader]") {
    const std::string message = "<a> x<b c='1' />y</a>";
    XmlReader reader(1000, 10);
    reader.reset(message);
    const auto next = [&](XmlReader::Node node) {
        CHECK(reader.next() == node);
        return message.substr(reader.start(), reader.end() - reader.start());
    };
    CHECK(next(XmlReader::Node::start_element) == "<a>");
    CHECK(next(XmlReader::Node::text) == " x");
    CHECK(next(XmlReader::Node::start_element) == "<b c='1' />");
    CHECK(reader.attributes().at(0).place == message.find("c="));
    CHECK(next(XmlReader::Node::end_element).empty());
    CHECK(next(XmlReader::Node::text) == "y");
    CHECK(next(XmlReader::Node::end_element) == "</a>");
}

TEST_CASE("An element without attributes, prefix and references is read at once",
          "[soap][xml_reader]") {
    const auto plain = [](const std::string& content) -> std::string {
        const std::string message = "<a>" + content + "</a>";
        XmlReader reader(20, 10);
        reader.reset(message);
        REQUIRE(reader.next() == XmlReader::Node::start_element);
        const auto element = reader.peek_plain_element();
        if (!element) {
            CHECK(reader.end() == 3);
            return "no";
        }
        reader.read(*element);
        CHECK(reader.text() == element->text);
        CHECK(message.substr(reader.start(), element->text.size()) == element->text);
        return std::string(element->name) + "=" + std::string(reader.text()) + " then " +
               message.substr(reader.end());
    };
    CHECK(plain("<b>c</b>") == "b=c then </a>");
    CHECK(plain(" \t\n<_b.1-x></_b.1-x>d") == "_b.1-x= then d</a>");
    CHECK(plain("<b> c \"' d</b><e/>") == "b= c \"' d then <e/></a>");
    CHECK(plain("<b>" + std::string(100, 'c') + "</b>").size() == 100 + 12);
    const std::string name(17, 'n');  // Its end tag is as long as allowed.
    CHECK(plain('<' + name + ">c</" + name + '>') == name + "=c then </a>");
    CHECK(plain('<' + name + "n>c</" + name + "n>") == "no");
    for (const std::string content : {"",
                                      "c",
                                      " ",
                                      "\r<b>c</b>",
                                      "c<b>c</b>",
                                      "<b/>",
                                      "<b >c</b>",
                                      "<b>c</b >",
                                      "<b x=''>c</b>",
                                      "<p:b>c</p:b>",
                                      "<1>c</1>",
                                      "<\xC3\xA9>c</\xC3\xA9>",
                                      "<b>c<d/></b>",
                                      "<b>c</bb>",
                                      "<bb>c</b>",
                                      "<b>&lt;</b>",
                                      "<b>></b>",
                                      "<b>]</b>",
                                      "<b>\xC3\xA9</b>",
                                      "<b>\r</b>",
                                      "<b>\n</b>",
                                      "<b>\t</b>",
                                      "<b>\x01</b>",
                                      "<b><![CDATA[c]]></b>",
                                      "<b>c<!-- --></b>",
                                      "<b>",
                                      "<b",
                                      "<",
                                      "</b>",
                                      "<a2345678901234567890>c</a2345678901234567890>"}) {
        CAPTURE(content);
        CHECK(plain(content) == "no");
    }
    const std::string message = "<a/>";
    XmlReader reader(20, 10);
    reader.reset(message);
    REQUIRE(reader.next() == XmlReader::Node::start_element);
    CHECK_FALSE(reader.peek_plain_element());
}

TEST_CASE("Text between elements says whether it is blank", "[soap][xml_reader]") {
    const auto is_blank = [](const std::string& text) {
        const std::string message = "<a>" + text + "</a>";
        XmlReader reader(1000, 10);
        reader.reset(message);
        REQUIRE(reader.next() == XmlReader::Node::start_element);
        REQUIRE(reader.next() == XmlReader::Node::text);
        return reader.is_blank();
    };
    CHECK(is_blank(" \t\n"));
    CHECK(is_blank(" \r\n &#32;&#xA;"));
    CHECK_FALSE(is_blank(" x"));
    CHECK_FALSE(is_blank("\r\nx"));
    CHECK_FALSE(is_blank(" &lt;"));
    CHECK_FALSE(is_blank("\xC2\xA0"));
}

TEST_CASE("What is wrong is said in .NET's words", "[soap][xml_reader]") {
    CHECK(error_of("") == "Root element is missing.");
    CHECK(error_of("x") == "Data at the root level is invalid.");
    CHECK(error_of("<!DOCTYPE a><a/>") == "DTD is prohibited in this XML document.");
    CHECK(error_of("<a><b></a>") ==
          "The 'b' start tag on line 1 position 5 does not match the end tag of 'a'.");
    CHECK(error_of("<a><b>") ==
          "Unexpected end of file has occurred. The following elements are not closed: b, a.");
    CHECK(error_of("<a 1='x'/>") ==
          "Name cannot begin with the '1' character, hexadecimal value 0x31.");
    CHECK(error_of("<a b='1'c='2'/>") == "'c' is an unexpected token. Expecting white space.");
    CHECK(error_of("<a b='1' b='2'/>") == "'b' is a duplicate attribute name.");
    CHECK(error_of("<a b=1/>") == "'1' is an unexpected token. The expected token is '\"' or '''.");
    CHECK(error_of("<a b='<'/>") ==
          "'<', hexadecimal value 0x3C, is an invalid attribute character.");
    CHECK(error_of("<a>&nbsp;</a>") == "Reference to undeclared entity 'nbsp'.");
    CHECK(error_of("<a>& </a>") == "An error occurred while parsing EntityName.");
    CHECK(error_of("<a>&#0;</a>") == "'.', hexadecimal value 0x00, is an invalid character.");
    CHECK(error_of("<a>&#x110000;</a>") == "Invalid value of a character entity reference.");
    CHECK(error_of("<a>]]></a>") == "']]>' is not allowed in character data.");
    CHECK(error_of("<a><!-- -- --></a>") ==
          "An XML comment cannot contain '--', and '-' cannot be the last character.");
    CHECK(error_of("<?xml version='1.1'?><a/>") == "Version number '1.1' is invalid.");
    CHECK(error_of("<?xml encoding='utf-8'?><a/>") == "Syntax for an XML declaration is invalid.");
    CHECK(error_of("<a>\xC0\x80</a>") == "The message is not valid UTF-8.");
}

TEST_CASE("One tag and its attributes are bounded", "[soap][xml_reader]") {
    XmlReader reader(20, 2);
    const auto reason_of = [&](const std::string& message) {
        reader.reset(message);
        while (reader.next() != XmlReader::Node::error) {
        }
        return reader.error().reason;
    };
    CHECK(reason_of("<a b='' c='' d=''/>") == XmlReader::Reason::many_attributes);
    CHECK(reason_of("<a b='0123456789012345'/>") == XmlReader::Reason::long_markup);
    CHECK(reason_of("<!-- 01234567890123456 --><a/>") == XmlReader::Reason::long_markup);
    CHECK(reason_of("<" + std::string(1000, 'n')) == XmlReader::Reason::long_markup);
}

// Expat is the judge: 30,000 messages, each some mistakes away from a good one.
TEST_CASE("It reads what expat reads, and refuses what expat refuses", "[soap][xml_reader]") {
    REQUIRE(told_by(sample) == told_by_expat(sample));
    const std::vector<std::string> tokens = {"<",
                                             ">",
                                             "&",
                                             "\"",
                                             "'",
                                             "=",
                                             "/",
                                             "?",
                                             "!",
                                             "-",
                                             "--",
                                             "]]>",
                                             "]",
                                             "<!--",
                                             "-->",
                                             "<?",
                                             "?>",
                                             "<?xml ?>",
                                             "<![CDATA[",
                                             "\x01",
                                             std::string(1, '\0'),
                                             "\xEF\xBF\xBE",
                                             "\xC3\xA9",
                                             "\xED\xA0\x80",
                                             "\xC0\xAF",
                                             "\xF5",
                                             " ",
                                             "\n",
                                             "\r",
                                             "\t",
                                             "a",
                                             "1",
                                             "&#0;",
                                             "&#xD800;",
                                             "&nbsp;",
                                             "&#x;",
                                             "&#;",
                                             "&#9",
                                             "&amp",
                                             "&lt;",
                                             "</s:Header>",
                                             "<a>",
                                             "</a>",
                                             "<!DOCTYPE x>",
                                             "x=\"1\"",
                                             " a=\"1\"",
                                             ".",
                                             "%"};
    std::mt19937 random(1);
    const auto below = [&](std::size_t limit) { return random() % limit; };
    std::size_t good = 0;
    std::size_t refused = 0;
    for (int i = 0; i < 30'000; ++i) {
        std::string message = sample;
        for (std::size_t mistakes = 1 + below(3); mistakes > 0; --mistakes) {
            const std::size_t place = below(message.size());
            const std::string& token = tokens[below(tokens.size())];
            switch (below(4)) {
                case 0:
                    message.insert(place, token);
                    break;
                case 1:
                    message.replace(place, 1, token);
                    break;
                case 2:
                    message.erase(place, 1 + below(3));
                    break;
                default:
                    message.insert(place, message.substr(below(message.size()), below(12)));
            }
        }
        // Where they differ on purpose: here colons part names, and there is no version but 1.0.
        XmlReader::Error error;
        const std::string own = told_by(message, &error);
        const std::string expats = told_by_expat(message);
        const bool by_colon = own == "error" && expats != "error" &&
                              (error.words.text.find("':'") != std::string::npos ||
                               (error.place > 0 && message[error.place - 1] == ':'));
        if (by_colon || error.words.text.find("Version number") == 0) continue;
        CAPTURE(message, error.words.text);
        REQUIRE(own == expats);
        ++(own == "error" ? refused : good);
    }
    CHECK(good > 3000);
    CHECK(refused > 3000);
}
