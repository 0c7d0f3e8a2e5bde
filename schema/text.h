// For soapcpp2: text is read into a type of our own, which server/soap/skeleton.cpp deserializes.
#include "text.hpp"
extern class Text;
extern typedef Text xsd__text;
