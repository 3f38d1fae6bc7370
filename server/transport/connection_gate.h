#ifndef VTLOOKUP_SERVER_TRANSPORT_CONNECTION_GATE_H_
#define VTLOOKUP_SERVER_TRANSPORT_CONNECTION_GATE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "core/counter.h"
#include "server/transport/connection_table.h"
#include "server/transport/intake.h"
#include "server/transport/slow_readers.h"
#include "server/transport/stream_counts.h"
#include "server/transport/unsent_budget.h"

namespace vtlookup {

// Accepts the connections of a server on a thread of its own, within bounds,
// and hands each to gRPC. gRPC's own accepting has no bound, and stops for ever
// at the first EMFILE (docs/adr/0041).
//
// The gate keeps a second descriptor of each connection. With it the gate
// notices the end of the connection, and can cut the connection. Thread-safe,
// except for Stop.
class ConnectionGate {
 public:
  struct Options {
    ConnectionTable::Limits limits;
    // Takes over a connection and owns its descriptor. Called on the gate's
    // thread; must not block.
    std::function<void(int fd)> hand_over;
    // Whether a thread of the server is held up and does not serve its queue.
    // Called on the gate's thread 20 to 66 times a second while there are
    // connections; must not block.
    std::function<bool()> held_up = [] { return false; };
    // UnsentBudget::HeldWhenPressed. Called on the gate's thread; must not
    // block.
    std::function<UnsentBudget::ByConnection()> held_replies = [] {
      return UnsentBudget::ByConnection();
    };
  };

  // Numbers of connections.
  struct Counters {
    Counter accepted;
    Counter refused_full;     // max_connections are open
    Counter refused_address;  // the address has max_per_address
    Counter refused_files;    // the process has no descriptor left
    Counter evicted;          // were silent, and made room for a newcomer
    Counter cut;              // sent too many bytes that became no request
    Counter cut_unread;       // did not read the replies that were held for
                              // them
  };

  // Takes `sockets`, which must be listening, and closes them. Borrows
  // `intake`.
  ConnectionGate(Options options, std::vector<int> sockets, Intake& intake);
  ~ConnectionGate();

  // Stops accepting, and ends the thread. Connections that were handed over
  // continue. Idempotent; one thread at a time.
  void Stop();

  // Ends all connections that are still open. Call it after Stop; any thread.
  void CutAll();

  // Admits the next connection from this port of this machine, whatever the
  // limits say, because the daemon probes itself with it.
  void ExpectOwn(int port) { own_port_.store(port); }

  size_t open() const { return open_.load(std::memory_order_relaxed); }
  const Counters& counters() const { return counters_; }

 private:
  void Run();
  absl::Duration Pace() const;
  bool Listens(int fd) const;
  void ForgetEnded();
  void AcceptAll(int socket);
  void Admit(int fd);
  bool MakeRoom();
  void GiveUpReserve(int socket);
  void Forget(int id);
  void Cut(int id);
  void Tick();
  void CutSlowReaders(const std::vector<ConnectionTable::Sample>& samples,
                      absl::Duration passed);
  std::vector<ConnectionTable::Sample> Sample();

  const Options options_;
  const std::vector<int> sockets_;
  Intake& intake_;
  const int epoll_;
  const int wake_;  // an eventfd that ends the thread
  Counters counters_;
  std::atomic<size_t> open_{0};
  std::atomic<int> own_port_{0};

  // Used by the gate's thread only.
  ConnectionTable table_;
  SlowReaders slow_readers_;
  StreamCounts streams_;
  int reserve_;            // a spare descriptor, closed when no other is left
  absl::Duration looked_;  // when it last checked whether threads serve
  absl::Duration ticked_;  // when connections were last judged
  absl::Duration made_room_;

  std::thread thread_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_TRANSPORT_CONNECTION_GATE_H_
