// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/command.hpp"

#include <string>

#include <sys/types.h>

namespace primum::ctl {

// Whether what `verb` prints may be longer than a screen and is whole before it is read.
[[nodiscard]] bool wants_pager(Verb verb);

// Sends stdout through the user's pager for as long as it lives: $PRIMUM_PAGER, $SYSTEMD_PAGER,
// $PAGER, else less; empty or "cat" means none. Where the pager cannot be started stdout stays.
class Pager {
public:
    explicit Pager(bool wanted);
    ~Pager();  // waits for the reader; stdout is closed then
    Pager(const Pager&) = delete;
    Pager& operator=(const Pager&) = delete;

private:
    pid_t child_ = -1;
};

}  // namespace primum::ctl
