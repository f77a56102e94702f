// SPDX-License-Identifier: MIT
#include "remedy/look.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace primum::remedy {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_file_bytes = 32'768;
constexpr std::size_t max_processes = 256;
constexpr std::size_t max_descriptors = 4'096;  // of one process
constexpr std::size_t max_sockets = 500;        // lines
constexpr std::size_t max_table_lines = 100'000;

class Page {
public:
    explicit Page(int out) : out_(out) {}

    void section(std::string_view name) { line("\n== " + std::string(name)); }
    void line(std::string_view text) { put(std::string(text) + '\n'); }
    void put(std::string_view text) const {
        while (!text.empty()) {
            const auto written = ::write(out_, text.data(), text.size());
            if (written <= 0 && errno != EINTR) {
                return;
            }
            text.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
        }
    }
    // A small file under a heading; nothing where there is no such file.
    void file(const fs::path& path) {
        std::ifstream in(path);
        if (!in) {
            return;
        }
        std::string text(max_file_bytes, '\0');
        in.read(text.data(), static_cast<std::streamsize>(text.size()));
        text.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
        line("-- " + path.string());
        put(text);
        if (!text.empty() && text.back() != '\n') {
            line("");
        }
    }
    [[nodiscard]] int out() const { return out_; }

private:
    int out_;
};

// Runs a program with its output to `out`; its exit code, or -1.
int run(const std::vector<std::string>& argv, int out) {
    std::vector<char*> words;
    words.reserve(argv.size() + 1);
    for (const auto& word : argv) {
        words.push_back(const_cast<char*>(word.c_str()));  // NOLINT(*-const-cast): exec's own type
    }
    words.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    pid_t child = -1;
    const int failed =
        ::posix_spawn(&child, argv.front().c_str(), &actions, nullptr, words.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    int status = 0;
    if (failed != 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status)) {
        return -1;
    }
    return WEXITSTATUS(status);
}

void show(Page& page, const std::vector<std::string>& argv) {
    const int code = run(argv, page.out());
    if (code != 0) {
        page.line("-- " + argv.front() + " ended with " + std::to_string(code));
    }
}

// The first line that a program prints.
std::string first_line(const std::vector<std::string>& argv) {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return {};
    }
    run(argv, ends[1]);
    ::close(ends[1]);
    std::array<char, 4'096> text{};
    const auto got = ::read(ends[0], text.data(), text.size());
    ::close(ends[0]);
    const std::string all(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    return all.substr(0, all.find('\n'));
}

// Where the control group's directories are: one of version 2, or one a controller of version 1.
std::vector<fs::path> group_directories(const std::string& root, const std::string& group) {
    std::vector<fs::path> found;
    for (const char* hierarchy :
         {"", "/unified", "/systemd", "/memory", "/cpu,cpuacct", "/pids", "/blkio"}) {
        const fs::path path = root + hierarchy + group;
        std::error_code error;
        if (fs::exists(path / "cgroup.procs", error)) {
            found.push_back(path);
        }
    }
    return found;
}

std::set<std::string> processes_in(const std::vector<fs::path>& groups) {
    std::set<std::string> found;
    for (const auto& group : groups) {
        std::error_code error;
        std::vector<fs::path> lists{group / "cgroup.procs"};
        for (fs::recursive_directory_iterator each(group, error), end; !error && each != end;
             each.increment(error)) {
            if (each->path().filename() == "cgroup.procs") {
                lists.push_back(each->path());
            }
            if (lists.size() > max_processes) {
                break;
            }
        }
        for (const auto& list : lists) {
            std::ifstream in(list);
            std::string pid;
            while (found.size() < max_processes && in >> pid) {
                found.insert(pid);
            }
        }
    }
    return found;
}

void put_groups(Page& page, const std::vector<fs::path>& groups) {
    static constexpr std::array<const char*, 12> files{"memory.current",
                                                       "memory.max",
                                                       "memory.events",
                                                       "memory.pressure",
                                                       "cpu.stat",
                                                       "cpu.pressure",
                                                       "io.pressure",
                                                       "pids.current",
                                                       "pids.max",
                                                       "memory.usage_in_bytes",
                                                       "memory.limit_in_bytes",
                                                       "cpuacct.usage"};
    for (const auto& group : groups) {
        for (const auto* file : files) {
            page.file(group / file);
        }
    }
}

// The inodes of a process's sockets; false when they may not be read.
bool sockets_of(const fs::path& process, std::set<std::string>& inodes) {
    std::error_code error;
    std::size_t seen = 0;
    for (fs::directory_iterator each(process / "fd", error), end;
         !error && each != end && seen < max_descriptors;
         each.increment(error), ++seen) {
        std::error_code unread;
        const auto target = fs::read_symlink(each->path(), unread).string();
        if (target.starts_with("socket:[")) {
            inodes.insert(target.substr(8, target.size() - 9));
        }
    }
    return !error;
}

// Which word of a line is the inode.
std::size_t inode_word(std::string_view table) {
    return table == "unix" ? 6 : 9;
}

void put_sockets(Page& page, const std::string& proc, const std::set<std::string>& processes) {
    std::set<std::string> inodes;
    std::set<std::string> unreadable;
    for (const auto& process : processes) {
        if (!sockets_of(fs::path(proc) / process, inodes)) {
            unreadable.insert(process);
        }
    }
    for (const auto& process : unreadable) {
        page.line("-- the descriptors of process " + process + " cannot be read");
    }
    std::size_t put = 0;
    for (const char* table : {"tcp", "tcp6", "udp", "udp6", "unix"}) {
        if (processes.empty()) {
            break;
        }
        std::ifstream in(fs::path(proc) / *processes.begin() / "net" / table);
        std::string line;
        std::size_t read = 0;
        while (read++ < max_table_lines && put < max_sockets && std::getline(in, line)) {
            std::istringstream words(line);
            std::string word;
            for (std::size_t i = 0; i <= inode_word(table) && words >> word; ++i) {
            }
            if (inodes.count(word) != 0) {
                page.line(std::string(table) + ' ' + line);
                ++put;
            }
        }
    }
    page.line(std::to_string(put) + " of " + std::to_string(inodes.size()) + " sockets, of " +
              std::to_string(processes.size()) + " processes");
}

}  // namespace

void look_at_unit(const std::string& unit, int out, const LookPlaces& places) {
    Page page(out);
    page.section("pressure");
    for (const char* resource : {"cpu", "memory", "io"}) {
        page.file(fs::path(places.proc) / "pressure" / resource);
    }
    page.section("unit");
    show(page, {places.systemctl, "show", "--no-pager", "--", unit});
    page.section("control group");
    const auto group = first_line(
        {places.systemctl, "show", "--no-pager", "--value", "-p", "ControlGroup", "--", unit});
    const auto directories =
        group.starts_with('/') ? group_directories(places.cgroup, group) : std::vector<fs::path>{};
    page.line(directories.empty() ? "there is none" : group);
    put_groups(page, directories);
    page.section("sockets");
    put_sockets(page, places.proc, processes_in(directories));
    page.section("journal");
    show(page,
         {places.journalctl,
          "--no-pager",
          "--quiet",
          "--output=short-precise",
          "--lines=50",
          "--unit=" + unit});
    page.section("end");
}

}  // namespace primum::remedy
