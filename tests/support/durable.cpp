// SPDX-License-Identifier: MIT
#include "support/durable.hpp"

#include "ledger/store.hpp"

#include <stdexcept>
#include <utility>

namespace primum::support {
namespace {

ledger::Store open(const std::filesystem::path& file, const std::string& boot_id) {
    ledger::StoreOptions options;
    options.path = file.string();
    options.boot_id = boot_id;
    auto store = ledger::Store::open(std::move(options));
    if (!store) {
        throw std::runtime_error("the ledger does not open: " + store.error().message);
    }
    return std::move(*store);
}

}  // namespace

void Durable::add(std::vector<Record> batch) {
    batches_.push_back(std::move(batch));
    durable_ = writable_ ? batches_.size() : durable_;
}

void Durable::set_writable(bool writable) {
    writable_ = writable;
    durable_ = writable_ ? batches_.size() : durable_;
}

RestoredState Durable::restore(const std::string& ended_boot,
                               const std::string& next_boot,
                               Stamp now,
                               bool synchronised) {
    if (durable_ > 0) {
        ledger::Store store = open(file_, ended_boot);
        for (std::size_t i = 0; i < durable_; ++i) {
            if (const auto stored = store.append(batches_[i]); !stored) {
                throw std::runtime_error("the ledger refuses a batch: " + stored.error().message);
            }
        }
    }
    batches_.clear();
    durable_ = 0;
    ledger::Store store = open(file_, next_boot);
    auto state = store.restore(now, synchronised);
    if (!state) {
        throw std::runtime_error("the ledger does not restore: " + state.error().message);
    }
    return std::move(*state);
}

}  // namespace primum::support
