# Fails if tests/README.md names a test that ctest does not know, or a step that .ci/run has not.
# Usage: cmake -DTESTS=build/release -P promises.cmake

cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND ${CMAKE_CTEST_COMMAND} --show-only WORKING_DIRECTORY ${TESTS}
                OUTPUT_VARIABLE known COMMAND_ERROR_IS_FATAL ANY)
file(READ ${CMAKE_CURRENT_LIST_DIR}/../.ci/run steps)
file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/README.md rows REGEX "^\\| ")

set(failures "")
set(count 0)
foreach(row IN LISTS rows)
  string(REGEX MATCHALL
         "`((unit/|integration/|contract[.]|standin[.]|ci: )[^`]+|fuzz/[a-z_]+|hardening|layering|promises)`" names "${row}")
  foreach(name IN LISTS names)
    math(EXPR count "${count} + 1")
    string(REGEX REPLACE "^`|`$" "" name "${name}")
    if(name MATCHES "^ci: (.*)$")
      string(FIND "${steps}" "step '${CMAKE_MATCH_1}" place)
    else()
      string(FIND "${known}" ": ${name}\n" place)
    endif()
    if(place EQUAL -1)
      string(APPEND failures "  ${name}\n")
    endif()
  endforeach()
endforeach()

if(failures)
  message(FATAL_ERROR "tests/README.md names what is not there:\n${failures}")
endif()
if(count LESS 50)
  message(FATAL_ERROR "Only ${count} names of tests were found in tests/README.md.")
endif()
message(STATUS "${count} names of tests")
