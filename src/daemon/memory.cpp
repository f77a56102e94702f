// SPDX-License-Identifier: MIT
#include "daemon/memory.hpp"

#include <cstdint>

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

namespace primum::daemon {

namespace {

// Only segments of code: they are never written to, so every page of them is the file's own.
int give_back_code(dl_phdr_info* object, std::size_t /*size*/, void* /*unused*/) {
    const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const auto& segment = object->dlpi_phdr[i];
        if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0 ||
            (segment.p_flags & PF_W) != 0) {
            continue;
        }
        const auto begin = (object->dlpi_addr + segment.p_vaddr) & ~(page - 1);
        const auto end = object->dlpi_addr + segment.p_vaddr + segment.p_memsz;
        // Refused for the kernel's own page of code (the vDSO): nothing is lost by that.
        madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
    }
    return 0;
}

}  // namespace

void give_back_memory() {
    malloc_trim(0);
    dl_iterate_phdr(give_back_code, nullptr);
}

}  // namespace primum::daemon
