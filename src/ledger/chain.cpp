// SPDX-License-Identifier: MIT
#include "ledger/chain.hpp"

#include "ledger/columns.hpp"

#include <vector>

namespace primum::ledger {
namespace {

class Bytes {
public:
    Bytes& number(std::uint64_t value) {
        for (unsigned shift = 0; shift < 64; shift += 8) {
            bytes_.push_back(static_cast<std::byte>((value >> shift) & 0xFFU));
        }
        return *this;
    }
    Bytes& number(std::int64_t value) { return number(static_cast<std::uint64_t>(value)); }
    Bytes& bytes(Blob blob) {
        number(static_cast<std::uint64_t>(blob.size()));
        bytes_.insert(bytes_.end(), blob.begin(), blob.end());
        return *this;
    }
    Bytes& text(std::string_view text) {
        return bytes(std::as_bytes(std::span{text.data(), text.size()}));
    }
    Bytes& stamp(const Stamp& stamp) {
        return number(std::int64_t{to_us(stamp.t)}).number(std::int64_t{to_us(stamp.wall)});
    }
    [[nodiscard]] Sha256 hash() const { return sha256(bytes_); }

private:
    std::vector<std::byte> bytes_;
};

}  // namespace

Sha256 chain_hash(Blob previous, const ChainRow& row) {
    const TransitionRecord& t = row.transition;
    Bytes bytes;
    bytes.bytes(previous)
        .number(row.sequence)
        .text(t.action)
        .stamp(t.at)
        .text(row.boot_id)
        .text(name_of(t.state))
        .text(name_of(t.result))
        .text(name_of(t.outcome))
        .text(t.reason)
        .text(t.detail)
        .number(std::int64_t{t.took.count()})
        .bytes(row.record_hash);
    // Rows from before there were facts have none.
    if (t.facts != ActionFacts{}) {
        bytes.text(pack(t.facts));
    }
    return bytes.hash();
}

Sha256 record_hash(const ActionRecord& action, std::string_view boot_id) {
    Bytes bytes;
    bytes.text(action.id)
        .number(action.sequence)
        .number(action.incident)
        .text(action.target)
        .text(action.unit)
        .text(name_of(action.level))
        .number(std::uint64_t{action.index})
        .text(action.kind)
        .text(action.plan_digest)
        .number(std::uint64_t{action.dry_run ? 1U : 0U})
        .number(std::uint64_t{action.streak})
        .stamp(action.intended)
        .text(boot_id)
        .text(pack(action.guards))
        .text(pack(action.evidence));
    if (!action.provider.empty() || !action.from.empty() || !action.candidate.empty()) {
        bytes.text(action.candidate).text(action.provider).text(action.from);
    }
    if (action.way_back != WayBack::none) {
        bytes.text(name_of(action.way_back));
    }
    if (action.operator_uid != UINT32_MAX) {
        bytes.number(std::uint64_t{action.operator_uid});
    }
    return bytes.hash();
}

}  // namespace primum::ledger
