// SPDX-License-Identifier: MIT
#pragma once

#include <primum/record.hpp>
#include <primum/time.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace primum::support {

// The ledger of a simulated host: the real Store on a file, but told of the records only when a
// restart needs them, so that a run without one costs no disk.
//
// A batch is what one step of the engine recorded. It survives a restart when it was durable, and
// so were all before it. Throws std::runtime_error when the Store refuses anything.
class Durable {
public:
    explicit Durable(std::filesystem::path file) : file_(std::move(file)) {}

    // Adds a batch. While the disk does not take it, it waits.
    void add(std::vector<Record> batch);
    // Whether the disk takes what is added now and what waits.
    void set_writable(bool writable);

    // Whether something waits that a restart would lose.
    [[nodiscard]] bool would_lose() const { return durable_ < batches_.size(); }

    // What a start at `now` is given: all that was made durable, in `ended_boot`. The rest is lost.
    [[nodiscard]] RestoredState restore(const std::string& ended_boot,
                                        const std::string& next_boot,
                                        Stamp now,
                                        bool synchronised);

private:
    std::filesystem::path file_;
    std::vector<std::vector<Record>> batches_;
    std::size_t durable_ = 0;  // of batches_
    bool writable_ = true;
};

}  // namespace primum::support
