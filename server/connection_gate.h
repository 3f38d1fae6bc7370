#ifndef VTLOOKUP_SERVER_CONNECTION_GATE_H_
#define VTLOOKUP_SERVER_CONNECTION_GATE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "core/counter.h"
#include "server/connection_table.h"
#include "server/intake.h"

namespace vtlookup {

// Accepts the connections of a server on a thread of its own, within bounds,
// and hands each to gRPC. gRPC's own accepting is bounded by nothing, and ends
// for good at the first EMFILE (docs/adr/0041).
//
// It keeps a second descriptor of each connection, by which it learns when the
// connection is over, and can cut it. Thread-safe, but for Stop.
class ConnectionGate {
 public:
  struct Options {
    ConnectionTable::Limits limits;
    // Takes over a connection, and the descriptor with it. On the gate's
    // thread; must not block.
    std::function<void(int fd)> hand_over;
    // Asked about twenty times a second while there are connections: whether the
    // server's threads do not come to serve. On the gate's thread.
    std::function<bool()> held_up = [] { return false; };
  };

  struct Counters {
    Counter accepted;
    Counter refused_full;     // as many as may be are open
    Counter refused_address;  // its address has as many as it may
    Counter refused_files;    // the process has no descriptor left
    Counter evicted;          // had been silent, and gave way to a newcomer
    Counter cut;              // sent too much that was no request
  };

  // Owns `sockets`, which listen. Borrows `intake`.
  ConnectionGate(Options options, std::vector<int> sockets, Intake& intake);
  ~ConnectionGate() { Stop(); }

  // Accepts no more. Connections that were handed over go on. Idempotent; by
  // one thread.
  void Stop();

  // The next connection from this port of this machine is let in, whatever the
  // limits say: it is the daemon's own, which tries whether it is served.
  void ExpectOwn(int port) { own_port_.store(port); }

  size_t open() const { return open_.load(std::memory_order_relaxed); }
  const Counters& counters() const { return counters_; }

 private:
  void Run();
  void AcceptAll(int socket);
  void Admit(int fd);
  bool MakeRoom();
  void GiveUpReserve(int socket);
  void Forget(int id);
  void Cut(int id);
  void Tick();
  std::vector<ConnectionTable::Sample> Sample() const;

  const Options options_;
  const std::vector<int> sockets_;
  Intake& intake_;
  const int epoll_;
  const int wake_;  // an eventfd: has the thread end
  Counters counters_;
  std::atomic<size_t> open_{0};
  std::atomic<int> own_port_{0};

  // The thread's only.
  ConnectionTable table_;
  int reserve_;  // a descriptor to be given up when there is no other
  absl::Duration looked_;  // when it last looked whether threads serve
  absl::Duration ticked_;  // when connections were last judged
  absl::Duration made_room_;

  std::thread thread_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CONNECTION_GATE_H_
