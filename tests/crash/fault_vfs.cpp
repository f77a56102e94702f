// SPDX-License-Identifier: MIT
#include "fault_vfs.hpp"

#include <primum/check.hpp>

#include <sqlite3.h>

#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <new>
#include <string>
#include <vector>

#include <unistd.h>

namespace primum::fault {
namespace {

// What a write overwrote, and how long the file was then.
struct Undo {
    sqlite3_int64 offset = 0;
    std::vector<char> before;
    sqlite3_int64 size = 0;
};

struct FaultFile {
    sqlite3_file base;  // first: SQLite sees only this
    sqlite3_file* real;
};

sqlite3_vfs* real_vfs() {
    static sqlite3_vfs* const real = sqlite3_vfs_find(nullptr);
    return real;
}

// Everything that the callbacks share.
class World {
public:
    // Counts one operation. A result other than SQLITE_OK is the operation's.
    int operation() {
        std::unique_lock lock{mutex_};
        released_.wait(lock, [this] { return !hanging_; });
        ++count_;
        const bool now = count_ == plan_.at;
        reached_ = reached_ || now;
        if (now && plan_.death != Death::none) {
            die();
        }
        return now || (plan_.lasting && reached_) ? plan_.error : SQLITE_OK;
    }

    void set_plan(const Plan& plan) {
        const std::lock_guard lock{mutex_};
        plan_ = plan;
        count_ = 0;
        reached_ = false;
    }
    std::int64_t count() {
        const std::lock_guard lock{mutex_};
        return count_;
    }
    bool reached() {
        const std::lock_guard lock{mutex_};
        return reached_;
    }
    void set_hanging(bool hanging) {
        const std::lock_guard lock{mutex_};
        hanging_ = hanging;
        released_.notify_all();
    }

    void before_write(sqlite3_file* file, sqlite3_int64 offset, std::size_t length) {
        const std::lock_guard lock{mutex_};
        Undo undo{offset, std::vector<char>(length), 0};
        file->pMethods->xFileSize(file, &undo.size);
        // Past the end it reads zeros, and the size is put back anyway.
        file->pMethods->xRead(file, undo.before.data(), static_cast<int>(length), offset);
        unsynced_[file].push_back(std::move(undo));
    }
    void synced(sqlite3_file* file) {
        const std::lock_guard lock{mutex_};
        unsynced_.erase(file);
    }

private:
    [[noreturn]] void die() {
        if (plan_.death != Death::killed) {
            for (auto& [file, writes] : unsynced_) {
                for (std::size_t i = writes.size(); i-- > 0;) {
                    if (plan_.death == Death::power_loss || i % 2 == 0) {
                        undo(file, writes[i]);
                    }
                }
            }
        }
        _exit(death_status);
    }

    static void undo(sqlite3_file* file, const Undo& write) {
        const auto length = static_cast<int>(write.before.size());
        file->pMethods->xWrite(file, write.before.data(), length, write.offset);
        file->pMethods->xTruncate(file, write.size);
    }

    std::mutex mutex_;
    std::condition_variable released_;
    Plan plan_;
    std::int64_t count_ = 0;
    bool reached_ = false;
    bool hanging_ = false;
    std::map<sqlite3_file*, std::vector<Undo>> unsynced_;
};

World& world() {
    static World world;
    return world;
}

sqlite3_file* real_of(sqlite3_file* file) {
    return reinterpret_cast<FaultFile*>(file)->real;
}

int close_file(sqlite3_file* file) {
    world().synced(real_of(file));
    return real_of(file)->pMethods->xClose(real_of(file));
}
int read_file(sqlite3_file* file, void* data, int length, sqlite3_int64 offset) {
    return real_of(file)->pMethods->xRead(real_of(file), data, length, offset);
}
int write_file(sqlite3_file* file, const void* data, int length, sqlite3_int64 offset) {
    if (const int failed = world().operation(); failed != SQLITE_OK) {
        return failed;
    }
    world().before_write(real_of(file), offset, static_cast<std::size_t>(length));
    return real_of(file)->pMethods->xWrite(real_of(file), data, length, offset);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    if (const int failed = world().operation(); failed != SQLITE_OK) {
        return failed;
    }
    return real_of(file)->pMethods->xTruncate(real_of(file), size);
}
int sync_file(sqlite3_file* file, int flags) {
    if (const int failed = world().operation(); failed != SQLITE_OK) {
        return failed;
    }
    const int code = real_of(file)->pMethods->xSync(real_of(file), flags);
    if (code == SQLITE_OK) {
        world().synced(real_of(file));
    }
    return code;
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
}
int lock_file(sqlite3_file* file, int lock) {
    return real_of(file)->pMethods->xLock(real_of(file), lock);
}
int unlock_file(sqlite3_file* file, int lock) {
    return real_of(file)->pMethods->xUnlock(real_of(file), lock);
}
int check_reserved(sqlite3_file* file, int* result) {
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), result);
}
int file_control(sqlite3_file* file, int op, void* argument) {
    return real_of(file)->pMethods->xFileControl(real_of(file), op, argument);
}
int sector_size(sqlite3_file* file) {
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}
int characteristics(sqlite3_file* /*file*/) {
    return 0;  // promises nothing
}

constexpr sqlite3_io_methods io_methods{.iVersion = 1,
                                        .xClose = close_file,
                                        .xRead = read_file,
                                        .xWrite = write_file,
                                        .xTruncate = truncate_file,
                                        .xSync = sync_file,
                                        .xFileSize = file_size,
                                        .xLock = lock_file,
                                        .xUnlock = unlock_file,
                                        .xCheckReservedLock = check_reserved,
                                        .xFileControl = file_control,
                                        .xSectorSize = sector_size,
                                        .xDeviceCharacteristics = characteristics,
                                        .xShmMap = nullptr,
                                        .xShmLock = nullptr,
                                        .xShmBarrier = nullptr,
                                        .xShmUnmap = nullptr,
                                        .xFetch = nullptr,
                                        .xUnfetch = nullptr};

int open_file(sqlite3_vfs* /*vfs*/, const char* name, sqlite3_file* file, int flags, int* out) {
    auto* fault_file = reinterpret_cast<FaultFile*>(file);
    fault_file->base.pMethods = nullptr;
    if (world().operation() != SQLITE_OK) {
        return SQLITE_CANTOPEN;
    }
    fault_file->real = reinterpret_cast<sqlite3_file*>(fault_file + 1);
    const int code = real_vfs()->xOpen(real_vfs(), name, fault_file->real, flags, out);
    if (code == SQLITE_OK) {
        fault_file->base.pMethods = &io_methods;
    }
    return code;
}

int delete_file(sqlite3_vfs* /*vfs*/, const char* name, int sync_directory) {
    if (const int failed = world().operation(); failed != SQLITE_OK) {
        return failed;
    }
    return real_vfs()->xDelete(real_vfs(), name, sync_directory);
}

void register_once() {
    static sqlite3_vfs vfs = [] {
        sqlite3_vfs made = *real_vfs();
        made.zName = vfs_name;
        made.pNext = nullptr;
        made.szOsFile += static_cast<int>(sizeof(FaultFile));
        made.xOpen = open_file;
        made.xDelete = delete_file;
        return made;
    }();
    static const int code = sqlite3_vfs_register(&vfs, 0);
    PRIMUM_CHECK(code == SQLITE_OK);
}

}  // namespace

void set_plan(const Plan& plan) {
    register_once();
    world().set_plan(plan);
}
void clear() {
    set_plan({});
}
std::int64_t operations() {
    return world().count();
}
bool reached() {
    return world().reached();
}
void hang() {
    world().set_hanging(true);
}
void release() {
    world().set_hanging(false);
}

}  // namespace primum::fault
