// SPDX-License-Identifier: MIT
#include "remedy/evidence.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace primum::remedy {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t look_memory = 128ULL << 20U;
constexpr std::uint32_t look_tasks = 16;
constexpr std::string_view end_mark = "\n== end\n";

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

bool sync_directory(const fs::path& directory) {
    const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = fd >= 0 && ::fsync(fd) == 0;
    if (fd >= 0) {
        ::close(fd);
    }
    return synced;
}

// The names are numbers of equal length: their order is that of time. The newest stays in any case.
void remove_oldest(const fs::path& directory, const EvidenceOptions& options) {
    std::error_code error;
    std::vector<fs::path> files;
    for (fs::directory_iterator each(directory, error), end; !error && each != end;
         each.increment(error)) {
        files.push_back(each->path());
    }
    std::sort(files.begin(), files.end(), std::greater<>());
    std::uintmax_t total = 0;
    for (std::size_t i = 0; i < files.size(); ++i) {
        std::error_code unread;
        const auto bytes = fs::file_size(files[i], unread);
        total += unread ? 0 : bytes;
        if (i > 0 && (i >= options.files || total > options.total)) {
            fs::remove(files[i], error);
        }
    }
}

}  // namespace

EvidenceTaker::EvidenceTaker(systemd::EventLoop& loop,
                             const Clock& clock,
                             systemd::Manager& manager,
                             EvidenceOptions options)
    : loop_(loop), clock_(clock), manager_(manager), options_(std::move(options)) {}

EvidenceTaker::~EvidenceTaker() = default;

void EvidenceTaker::take(const std::string& target,
                         const std::string& unit,
                         Duration within,
                         std::function<void(const EvidenceReply&)> done) {
    const auto now = clock_.now();
    within = std::min(within, options_.within);
    const auto wall = static_cast<std::uint64_t>(now.wall.time_since_epoch().count());
    last_ = std::max(last_ + 1, wall);
    const auto number = last_;
    auto& look = looks_[number];
    look.reply.target = target;
    look.reply.id = std::to_string(number);
    look.unit = unit;
    look.done = std::move(done);
    look.run = std::make_unique<systemd::TransientUnit>(loop_, clock_, manager_);
    systemd::TransientSpec spec;
    spec.name = "primum-evidence-" + look.reply.id + ".service";
    spec.description = "primum: a look at " + unit;
    spec.run = {options_.program, "--look", unit};
    spec.powers = systemd::TransientSpec::Powers::looks;
    spec.memory = look_memory;
    spec.tasks = look_tasks;
    spec.timeout = within;
    spec.output = options_.bytes;
    look.deadline = loop_.at(now.t + within, [this, number] {
        if (const auto found = looks_.find(number); found != looks_.end()) {
            found->second.run->stop();
        }
    });
    look.run->start(std::move(spec),
                    [this, number](const systemd::TransientEnd& end) { ended(number, end); });
}

void EvidenceTaker::ended(std::uint64_t number, const systemd::TransientEnd& end) {
    auto node = looks_.extract(number);
    if (node.empty()) {
        return;
    }
    auto look = std::move(node.mapped());
    look.deadline.reset();
    auto& reply = look.reply;
    if (end.output.empty()) {
        reply.id.clear();
        reply.detail = "no look could be taken: " + (end.detail.empty() ? end.result : end.detail);
    } else {
        if (!end.output.ends_with(end_mark)) {
            reply.detail = "not all of it was to be had in time";
        } else if (end.printed > options_.bytes) {
            reply.detail = "the middle is left out: " + std::to_string(end.printed) + " bytes";
        }
        keep(reply,
             "evidence " + reply.id + "\ntarget " + reply.target + "\nunit " + look.unit + '\n' +
                 (reply.detail.empty() ? "" : "incomplete: " + reply.detail + '\n') + end.output);
    }
    const auto done = std::move(look.done);
    const auto told = reply;
    over_.push_back(std::move(look));  // its run is the one who calls
    sweep_ = loop_.soon([this] { over_.clear(); });
    done(told);
}

void EvidenceTaker::keep(EvidenceReply& reply, const std::string& text) {
    const fs::path directory = options_.directory;
    ::mkdir(directory.c_str(), 0700);
    const auto path = directory / (reply.id + ".txt");
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    const bool kept = fd >= 0 && write_all(fd, text) && ::fsync(fd) == 0;
    const int why = errno;
    if (fd >= 0) {
        ::close(fd);
    }
    if (!kept || !sync_directory(directory)) {
        reply.id.clear();
        reply.detail = "it cannot be kept: " + std::string(std::strerror(why));
        return;
    }
    reply.path = path.string();
    reply.bytes = text.size();
    remove_oldest(directory, options_);
}

}  // namespace primum::remedy
