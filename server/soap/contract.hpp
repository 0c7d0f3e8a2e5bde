#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace customercare::soap {

/// How an element's content is read.
enum class Content : std::uint8_t {
    string,
    integer,    ///< xsd:int
    boolean,    ///< xsd:boolean
    date_time,  ///< xsd:dateTime
    date,       ///< xsd:date
    object,     ///< A complex type with known children.
    open,       ///< A complex type whose content the contract leaves open (xsd:any).
};

struct ComplexType;

/// An element declaration below a complex type ([XSD1] 3.3).
struct ElementDeclaration {
    std::string name;
    bool qualified = false;  ///< In the service's namespace, else in none.
    Content content = Content::string;
    bool repeats = false;               ///< maxOccurs above 1.
    std::uint16_t repeat_index = 0;     ///< Number among the repeating elements of its type.
    const ComplexType* type = nullptr;  ///< For object and open.
    /// As the guard writes them for gSOAP, where "c" stands for the service's namespace; a global
    /// element declares it.
    std::string start_tag;
    std::string end_tag;
};

struct ComplexType {
    std::string name;  ///< "" for the anonymous type of a global element.
    std::vector<ElementDeclaration> elements;
    std::uint16_t repeating = 0;  ///< How many of `elements` repeat.
    /// Unknown children are kept as open content rather than skipped: true for Phone and Email,
    /// whose elements are known from other operations' pages only.
    bool keeps_unknown = false;
};

/// An operation as both bindings of the WSDL declare it.
struct Operation {
    std::string name;
    std::string soap_action;
    std::string documentation;
    const ElementDeclaration* request =
        nullptr;  ///< Global element in soap:Body, always qualified.
    const ElementDeclaration* response = nullptr;
};

/// What the WSDL says, in the form that reading a message needs. Immutable, hence safe from any
/// thread; declarations point into the contract, which must outlive whatever holds one.
/// Source: [WSDL11], [XSD1], as far as an ASMX service's document uses them.
class Contract {
public:
    /// Throws ServiceError{internal} if the text is not a WSDL of that kind.
    explicit Contract(std::string_view wsdl);
    Contract(const Contract&) = delete;
    Contract& operator=(const Contract&) = delete;

    [[nodiscard]] std::string_view service_name() const { return service_name_; }
    [[nodiscard]] std::string_view service_namespace() const { return service_namespace_; }
    [[nodiscard]] const std::vector<Operation>& operations() const { return operations_; }
    /// The header block of all operations: ScCredentials.
    [[nodiscard]] const ElementDeclaration& header() const { return *header_; }

    /// True if `path` ("BaseRequest/MessageId") names an element below the request of an operation.
    [[nodiscard]] bool has_path(std::string_view path) const;

private:
    std::string service_name_;
    std::string service_namespace_;
    std::vector<ComplexType> types_;
    std::vector<ElementDeclaration> globals_;
    std::vector<Operation> operations_;
    const ElementDeclaration* header_ = nullptr;
};

/// The contract in schema/, read once.
[[nodiscard]] const Contract& contract();

}  // namespace customercare::soap
