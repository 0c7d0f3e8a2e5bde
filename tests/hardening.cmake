# Fails if the program of a release lacks what CMakeLists.txt builds in against memory errors.
# Usage: cmake -DPROGRAM=build/release/customercare -P hardening.cmake

cmake_minimum_required(VERSION 3.25)

function(look_with variable)
  execute_process(COMMAND ${ARGN} ${PROGRAM} OUTPUT_VARIABLE output COMMAND_ERROR_IS_FATAL ANY)
  set(${variable} "${output}" PARENT_SCOPE)
endfunction()

look_with(elf readelf --wide --file-header --program-headers --dynamic)
look_with(imports nm --dynamic --undefined-only)
look_with(code objdump --disassemble --no-show-raw-insn)

set(failures "")
function(expect text pattern what)
  if(NOT text MATCHES "${pattern}")
    set(failures "${failures}  ${what}\n" PARENT_SCOPE)
  endif()
endfunction()

expect("${elf}" "FLAGS_1[^\n]* PIE" "it is at a fixed address (no PIE)")
expect("${elf}" "GNU_RELRO" "no RELRO")
expect("${elf}" "\\(FLAGS\\)[^\n]*BIND_NOW" "RELRO is partial: not all is bound at start")
expect("${elf}" "GNU_STACK[^\n]* RW " "the stack may be executed, or nobody says that it may not")
expect("${imports}" "__stack_chk_fail" "no stack protector")
expect("${imports}" "__memcpy_chk" "no _FORTIFY_SOURCE")
if(elf MATCHES "X86-64")
  expect("${code}" "<main>:\n[^\n]*endbr64" "no indirect branch tracking (-fcf-protection)")
  expect("${code}" "orq +\\$0x0,\\(%rsp\\)" "large frames are not probed (-fstack-clash-protection)")
endif()

if(failures)
  message(FATAL_ERROR "${PROGRAM}:\n${failures}")
endif()
