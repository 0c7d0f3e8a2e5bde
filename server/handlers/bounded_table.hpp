#pragma once

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace customercare::handlers {

/// 16 bytes: an address, or a piece of a keyed hash.
using TableKey = std::array<unsigned char, 16>;

/// Remembers a State for each of at most `capacity` keys, in memory that is taken as it is needed
/// and never grows beyond. A key has its place in one of many small sets; where a set is full, the
/// state of least worth makes room, so that what matters most is forgotten last. The set follows
/// from a hash with a secret key (SipHash): nobody can choose keys that fall together, and a set is
/// full of what matters only when the whole table is.
///
/// May be used from any thread. A mutex guards one set in `shard_count`, for some 50 ns.
template <typename State>
class BoundedTable {
public:
    static constexpr std::size_t set_size = 16;
    static constexpr std::size_t shard_count = 64;

    explicit BoundedTable(std::size_t capacity) {
        crypto_shorthash_keygen(hash_key_.data());
        const std::size_t sets = std::max<std::size_t>(1, capacity / (set_size * shard_count));
        for (Shard& shard : shards_) shard.sets.resize(sets);
    }

    /// What `use(State&)` returns for the key's state, or a new one. Two keys do not wait for each
    /// other as a rule. `worth(const State&)` is a number.
    template <typename Worth, typename Use>
    auto get(const TableKey& key, Worth worth, Use use) {
        auto [shard, place] = find_set(key);
        const std::lock_guard lock(shard.mutex);
        std::unique_ptr<Set>& set = shard.sets[place];
        if (!set) set = std::make_unique<Set>();
        Slot* slot = find_slot(*set, key);
        if (slot == nullptr) {
            slot = &*std::min_element(set->begin(), set->end(),
                                      [&](const Slot& left, const Slot& right) {
                                          if (!left.is_used || !right.is_used) {
                                              return left.is_used < right.is_used;
                                          }
                                          return worth(left.state) < worth(right.state);
                                      });
            *slot = {true, key, State{}};
        }
        return use(slot->state);
    }

    /// Calls `use(State&)` if the key has a state.
    template <typename Use>
    void find(const TableKey& key, Use use) {
        auto [shard, place] = find_set(key);
        const std::lock_guard lock(shard.mutex);
        const std::unique_ptr<Set>& set = shard.sets[place];
        if (Slot* slot = set ? find_slot(*set, key) : nullptr) use(slot->state);
    }

private:
    struct Slot {
        bool is_used = false;
        TableKey key{};
        State state{};
    };
    using Set = std::array<Slot, set_size>;
    struct Shard {
        std::mutex mutex;
        std::vector<std::unique_ptr<Set>> sets;  ///< Made as they are needed.
    };

    std::pair<Shard&, std::size_t> find_set(const TableKey& key) {
        static_assert(crypto_shorthash_BYTES == sizeof(std::uint64_t));
        std::uint64_t hash = 0;
        crypto_shorthash(reinterpret_cast<unsigned char*>(&hash), key.data(), key.size(),
                         hash_key_.data());
        Shard& shard = shards_[hash % shard_count];
        return {shard, hash / shard_count % shard.sets.size()};
    }

    static Slot* find_slot(Set& set, const TableKey& key) {
        const auto found = std::find_if(set.begin(), set.end(), [&](const Slot& slot) {
            return slot.is_used && slot.key == key;
        });
        return found == set.end() ? nullptr : &*found;
    }

    std::array<unsigned char, crypto_shorthash_KEYBYTES> hash_key_{};
    std::array<Shard, shard_count> shards_;
};

}  // namespace customercare::handlers
