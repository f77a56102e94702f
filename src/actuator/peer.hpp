// SPDX-License-Identifier: MIT
#pragma once

#include <primum/result.hpp>

#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace primum::actuator {

// Why a peer may not ask.
struct PeerError {
    std::string message;
};

enum class Peer : std::uint8_t { primumd, root };

struct PeerPolicy {
    std::optional<uid_t> primum_uid;  // nullopt: there is no such user, so only root may ask
    std::string primumd_cgroup = "/system.slice/primumd.service";
};

// The cgroup that systemd keeps a process in, out of the text of /proc/PID/cgroup: of the
// hierarchy `name=systemd` where there is one, else of the unified one. Empty when neither is
// there or the text is none.
[[nodiscard]] std::string systemd_cgroup(std::string_view proc_cgroup);

// Where primumd.service is, seen from our own cgroup: beside primum-actuator.service, else in the
// system slice.
[[nodiscard]] std::string primumd_cgroup_beside(std::string_view own_cgroup);

// Whether a process in `cgroup` belongs to the service whose cgroup is `service_cgroup`.
[[nodiscard]] bool is_within(std::string_view cgroup, std::string_view service_cgroup);

// Who is at the other end of a connected Unix socket: root, or uid primum inside primumd.service.
[[nodiscard]] Result<Peer, PeerError> check_peer(int socket, const PeerPolicy& policy);

// Reads our own /proc/self/cgroup.
[[nodiscard]] std::string own_cgroup();

struct User {
    uid_t uid = 0;
    gid_t gid = 0;
};
// A user of /etc/passwd by name; nullopt when there is none.
[[nodiscard]] std::optional<User> user_of(const std::string& name);

}  // namespace primum::actuator
