// SPDX-License-Identifier: MIT
#include "actuator/memory.hpp"

#include <cstdint>

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

namespace primum::actuator {
namespace {

// Segments that were never writable are the file's own pages: to let go of them loses nothing.
int give_back_object(dl_phdr_info* object, std::size_t /*size*/, void* /*unused*/) {
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const auto& segment = object->dlpi_phdr[i];
        if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) {
            continue;
        }
        const std::uintptr_t first = (object->dlpi_addr + segment.p_vaddr) & ~(page - 1);
        const std::uintptr_t last = object->dlpi_addr + segment.p_vaddr + segment.p_filesz;
        auto* start = reinterpret_cast<void*>(first);  // NOLINT(performance-no-int-to-ptr)
        static_cast<void>(::madvise(start, last - first, MADV_DONTNEED));
    }
    return 0;
}

}  // namespace

void give_back_memory() {
    ::malloc_trim(0);
    ::dl_iterate_phdr(give_back_object, nullptr);
}

}  // namespace primum::actuator
