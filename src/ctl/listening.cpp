// SPDX-License-Identifier: MIT
#include "ctl/listening.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string_view>

namespace primum::ctl {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_processes = 4'096;
constexpr std::size_t most_sockets = 65'536;
constexpr std::size_t most_ports = 32;

// With control groups version 2, both versions, or version 1.
std::vector<std::string> processes_of(const std::string& control_group, const fs::path& root) {
    for (const char* mount : {"sys/fs/cgroup", "sys/fs/cgroup/unified", "sys/fs/cgroup/systemd"}) {
        std::ifstream in{root / mount / fs::path{control_group}.relative_path() / "cgroup.procs"};
        std::vector<std::string> processes;
        for (std::string line; processes.size() < most_processes && std::getline(in, line);) {
            processes.push_back(line);
        }
        if (!processes.empty()) {
            return processes;
        }
    }
    return {};
}

// Whether the descriptors of one process could be read; adds the inodes of its sockets.
bool add_sockets(const fs::path& directory, std::set<std::string>& inodes) {
    std::error_code failure;
    fs::directory_iterator entry{directory, failure};
    while (!failure && entry != fs::directory_iterator{} && inodes.size() < most_sockets) {
        std::error_code ignored;  // it was closed
        const std::string target = fs::read_symlink(entry->path(), ignored).string();
        constexpr std::string_view begin = "socket:[";
        if (target.starts_with(begin) && target.ends_with(']')) {
            inodes.insert(target.substr(begin.size(), target.size() - begin.size() - 1));
        }
        entry.increment(failure);
    }
    return !failure;
}

// One line of /proc/net/tcp: "sl local_address rem_address st ... uid timeout inode".
void add_listening(const std::string& line,
                   const std::set<std::string>& inodes,
                   std::map<std::uint16_t, Listening>& found) {
    std::istringstream words{line};
    std::array<std::string, 10> word;
    for (std::string& each : word) {
        words >> each;
    }
    const std::string& local = word[1];
    const auto colon = local.find(':');
    if (word[3] != "0A" || colon == std::string::npos || !inodes.contains(word[9])) {
        return;
    }
    std::uint16_t port = 0;
    std::from_chars(local.data() + colon + 1, local.data() + local.size(), port, 16);
    const std::string address = local.substr(0, colon);
    if (port == 0) {
        return;
    }
    Listening& one = found[port];
    one.port = port;
    one.any_address = one.any_address || address.find_first_not_of('0') == std::string::npos;
    one.loopback = one.loopback || address == "0100007F" || address == "7F000001";
}

}  // namespace

std::optional<std::vector<Listening>> listening_of(const std::string& control_group,
                                                   const fs::path& root) {
    std::set<std::string> inodes;
    bool readable = false;
    for (const std::string& process : processes_of(control_group, root)) {
        readable = add_sockets(root / "proc" / process / "fd", inodes) || readable;
    }
    if (!readable) {
        return std::nullopt;
    }
    std::map<std::uint16_t, Listening> found;
    for (const char* table : {"proc/net/tcp", "proc/net/tcp6"}) {
        std::ifstream in{root / table};
        for (std::string line; std::getline(in, line);) {
            add_listening(line, inodes, found);
        }
    }
    std::vector<Listening> sockets;
    for (const auto& [port, socket] : found) {
        if (sockets.size() < most_ports) {
            sockets.push_back(socket);
        }
    }
    return sockets;
}

}  // namespace primum::ctl
