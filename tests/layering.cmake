# Fails on an include in server/ that points left:
#   main -> cli -> http -> soap -> handlers -> store -> model;  cli -> admin -> standin -> soap
# and on a library's header outside of the one folder (or file) that may know it.

cmake_minimum_required(VERSION 3.25)
get_filename_component(server ${CMAKE_CURRENT_LIST_DIR}/../server ABSOLUTE)

set(may_include_model "")
set(may_include_store model)
set(may_include_handlers store model)
set(may_include_soap handlers store model)
set(may_include_standin soap handlers store model)
set(may_include_http soap handlers store model)
set(may_include_admin standin soap handlers store model)
set(may_include_cli http standin soap handlers store model admin)
set(may_include_main cli http standin soap handlers store model admin)

# A header, as a regular expression, and where it is at home.
set(libraries
  "sqlite3\\.h=^store/"
  "boost/.*=^http/"
  "curl/.*=^standin/curl"
  "openssl/.*=^http/(tls|probe)"
  "prometheus/.*=^admin/"
  "pugixml\\.hpp=^(soap|standin)/"
  "(soapH|soapStub|stdsoap2|service)\\.(h|nsmap)=^soap/")

set(failures "")
set(layers "")
file(GLOB_RECURSE files RELATIVE ${server} ${server}/*.cpp ${server}/*.hpp)
foreach(file IN LISTS files)
  if(file MATCHES "^([a-z_]+)/")
    set(layer ${CMAKE_MATCH_1})
  else()
    set(layer main)
  endif()
  if(NOT DEFINED may_include_${layer})
    string(APPEND failures "  ${file}: folder ${layer}/ has no place in the layering\n")
    continue()
  endif()

  file(STRINGS ${server}/${file} includes REGEX "^ *# *include")
  foreach(include IN LISTS includes)
    string(REGEX REPLACE "^ *# *include *[<\"]([^>\"]*)[>\"].*" "\\1" header "${include}")
    string(REGEX REPLACE "/.*" "" folder ${header})
    if(DEFINED may_include_${folder} AND NOT folder STREQUAL layer
       AND NOT folder IN_LIST may_include_${layer})
      string(APPEND failures "  ${file} includes ${header}: that points left\n")
    endif()
    foreach(library IN LISTS libraries)
      string(REGEX MATCH "^(.*)=(.*)$" unused "${library}")
      set(home ${CMAKE_MATCH_2})
      if(header MATCHES "^${CMAKE_MATCH_1}$" AND NOT file MATCHES "${home}")
        string(APPEND failures "  ${file} includes ${header}: belongs in ${home} only\n")
      endif()
    endforeach()
  endforeach()
endforeach()

if(failures)
  message(FATAL_ERROR "Layering:\n${failures}")
endif()
list(LENGTH files count)
message(STATUS "${count} files keep to the layering")
