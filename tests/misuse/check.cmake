# Fails unless a misuse of a type is refused by the compiler, and for no other reason: its control
# must compile.
# Usage: cmake -DCOMPILER=... -DINCLUDES=DIR:DIR -DNAME=streamed -P check.cmake

cmake_minimum_required(VERSION 3.25)
string(REPLACE ":" ";" includes "${INCLUDES}")
list(TRANSFORM includes PREPEND "-I")
set(compile ${COMPILER} -std=c++20 -fsyntax-only ${includes} -DMISUSE_${NAME}
  ${CMAKE_CURRENT_LIST_DIR}/sensitive.cpp)

execute_process(COMMAND ${compile} -DCONTROL RESULT_VARIABLE control ERROR_VARIABLE errors)
if(NOT control EQUAL 0)
  message(FATAL_ERROR "The control does not compile either:\n${errors}")
endif()
execute_process(COMMAND ${compile} RESULT_VARIABLE misuse ERROR_QUIET)
if(misuse EQUAL 0)
  message(FATAL_ERROR "A Sensitive can be ${NAME}: it compiles")
endif()
