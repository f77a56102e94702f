// SPDX-License-Identifier: MIT
#include "ctl/ledger_copy.hpp"

#include "ctl/text.hpp"
#include "rules/settings.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace primum::ctl {
namespace {

constexpr Duration backup_within{std::chrono::seconds{150}};  // polkit may ask, and disks are slow

std::string because(const std::string& what, const std::filesystem::path& path, int number) {
    return fmt::format("{} {}: {}", what, path.string(), std::generic_category().message(number));
}

class File {
public:
    explicit File(int number) : number_(number) {}
    File(File&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    File& operator=(File&&) = delete;
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (number_ >= 0) {
            close(number_);
        }
    }
    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
};

// Everything of `from` into a new file.
Result<void, std::string> pour(int from, const std::filesystem::path& to) {
    const File out{open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (out.number() < 0) {
        return fail(because("cannot make", to, errno));
    }
    std::array<char, 65'536> buffer{};
    while (true) {
        const ssize_t got = read(from, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return fail(because("cannot read what is to become", to, errno));
        }
        if (got == 0) {
            break;
        }
        for (ssize_t done = 0; done < got;) {
            const ssize_t put =
                write(out.number(), buffer.data() + done, static_cast<std::size_t>(got - done));
            if (put < 0 && errno != EINTR) {
                return fail(because("cannot write", to, errno));
            }
            done += std::max<ssize_t>(put, 0);
        }
    }
    return fsync(out.number()) == 0 ? Result<void, std::string>{}
                                    : fail(because("cannot write", to, errno));
}

Result<void, std::string> copy_one(const std::filesystem::path& from,
                                   const std::filesystem::path& to) {
    const File in{open(from.c_str(), O_RDONLY | O_CLOEXEC)};
    return in.number() < 0 ? fail(because("cannot read", from, errno)) : pour(in.number(), to);
}

// The database and what is not written back into it yet.
Result<void, std::string> copy_database(const std::filesystem::path& from,
                                        const std::filesystem::path& to) {
    if (auto copied = copy_one(from, to); !copied) {
        return copied;
    }
    const std::filesystem::path wal = from.string() + "-wal";
    std::error_code ignored;
    return std::filesystem::exists(wal, ignored) ? copy_one(wal, to.string() + "-wal")
                                                 : Result<void, std::string>{};
}

// No primumd answers: the file itself, under the lock that a primumd would hold.
Exit copy_offline(const CallFailure& why,
                  const Command& command,
                  const std::filesystem::path& to,
                  Surroundings& world) {
    const auto settings = rules::load_settings(world.settings_file);
    const std::filesystem::path directory = settings.settings.state_dir;
    const File lock{open((directory / "primumd.lock").c_str(), O_RDONLY | O_CLOEXEC)};
    if (lock.number() < 0) {
        const bool missing = errno == ENOENT;
        return tell_problem(
            because(
                missing ? "there is no ledger:" : "cannot lock", directory / "primumd.lock", errno),
            missing ? Exit::no_input : Exit::denied,
            command.json,
            world);
    }
    if (flock(lock.number(), LOCK_SH | LOCK_NB) != 0) {
        return tell_failure(why, command.json, world);  // one runs, and does not answer
    }
    if (const auto copied = copy_database(directory / "ledger.db", to); !copied) {
        return tell_problem(copied.error(), Exit::no_input, command.json, world);
    }
    return Exit::ok;
}

}  // namespace

Result<ScratchDirectory, std::string> ScratchDirectory::make() {
    const char* const said = std::getenv("TMPDIR");
    std::string path =
        fmt::format("{}/primumctl-XXXXXX", said != nullptr && *said == '/' ? said : "/var/tmp");
    if (mkdtemp(path.data()) == nullptr) {
        return fail(because("cannot make", path, errno));
    }
    return ScratchDirectory{path};
}

ScratchDirectory::~ScratchDirectory() {
    if (!path_.empty()) {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
}

Exit copy_ledger(const Command& command, const std::filesystem::path& to, Surroundings& world) {
    if (!command.database.empty()) {
        const auto copied = copy_database(command.database, to);
        return copied ? Exit::ok
                      : tell_problem(copied.error(), Exit::no_input, command.json, world);
    }
    Request request{"BackupLedger", {}, backup_within};
    request.interactive = true;
    const auto file = world.client.call_for_file(request);
    if (!file.has_value()) {
        return file.error().kind == CallFailure::Kind::refused
                   ? tell_failure(file.error(), command.json, world)
                   : copy_offline(file.error(), command, to, world);
    }
    const File in{*file};
    const auto copied = pour(in.number(), to);
    return copied ? Exit::ok : tell_problem(copied.error(), Exit::internal, command.json, world);
}

}  // namespace primum::ctl
