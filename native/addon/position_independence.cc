// Lets Debian's libbpf.a and libelf.a go into a shared object. They were compiled for position-independent programs,
// which a shared object may carry but for two places, both of which only serve messages that the addon never shows.
#include <cstdio>
#include <utility>

namespace {

thread_local int last_error = 0;

}  // namespace

extern "C" {

// libbpf: reads `stderr` as a variable of the program, in a log function that kernel/libbpf_log.cc replaces. The linker
// puts this one in its place (--wrap=stderr, CMakeLists.txt).
extern std::FILE* __wrap_stderr;
std::FILE* __wrap_stderr = nullptr;

// libelf: elf_error.o keeps a thread-local variable where only programs may. With its three functions here, the linker
// leaves it in the archive. First two: <libelf.h>.
int elf_errno() { return std::exchange(last_error, 0); }

const char* elf_errmsg(int error) { return error == 0 && last_error == 0 ? nullptr : "malformed ELF data"; }

void __libelf_seterrno(int value) { last_error = value; }
}
