#ifndef VTLOOKUP_SERVER_TRANSPORT_QUEUED_CALL_H_
#define VTLOOKUP_SERVER_TRANSPORT_QUEUED_CALL_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "grpcpp/server_context.h"
#include "grpcpp/support/async_stream.h"
#include "grpcpp/support/async_unary_call.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/transport/completion_loop.h"
#include "server/transport/unsent_budget.h"

namespace vtlookup {

// Handles the events of a call that goes on after its handler has returned. Its
// methods run on a thread of the call's queue, one at a time.
class Reactor {
 public:
  virtual ~Reactor() = default;

  // The client has left, the deadline has passed, or the server is closing. May
  // be called after Finish.
  virtual void OnCancel() = 0;
  // `ok` is false when there is nothing more to read, or when the client has
  // stopped reading.
  virtual void OnReadDone(bool /*ok*/) {}
  virtual void OnWriteDone(bool /*ok*/) {}
};

// One call at a completion queue, with serialised messages. It exists from when
// we ask gRPC for it until its last event, and then deletes itself. `Responder`
// is the gRPC class for the kind of call.
//
// Events of a queue are handled one at a time, so while a handler runs no other
// event happens there. Any thread may start a read, a write or Finish, with at
// most one of each under way. Finish must be the last; do not touch the call
// after it.
template <typename Responder>
class QueuedCall {
 public:
  // A method at one queue. Must outlive its calls.
  struct Method {
    using Call = QueuedCall;
    // Asks gRPC for the next call, into `call`; gRPC then reports `arrived`.
    // `queue` reports the later events of the call.
    std::function<void(QueuedCall& call, grpc::CompletionQueue* queue,
                       void* arrived)>
        ask;
    std::function<void(QueuedCall& call)> handle;
    CompletionLoop& queue;
  };

  // Asks gRPC for one call; when that call has arrived, asks for the next.
  static void Accept(const Method& method) {
    method.queue.Expect();
    auto* const call = new QueuedCall(method);
    call->context.AsyncNotifyWhenDone(&call->done_);
    method.ask(*call, call->slot_.queue.get(), &call->arrived_);
  }

  QueuedCall(const QueuedCall&) = delete;
  QueuedCall& operator=(const QueuedCall&) = delete;

  // Makes `reactor` handle the events of the call until its end. The handler
  // calls this once, before it starts an operation.
  template <typename R>
  R& Keep(std::unique_ptr<R> reactor) {
    R& kept = *reactor;
    reactor_ = std::move(reactor);
    // A call that waits for an answer counts now: until its end, its bytes
    // would look like bytes that become no request.
    method_.queue.intake().Call(context, std::exchange(uncounted_, 0));
    counted_ = true;
    return kept;
  }

  // `into` must stay in place until the read is done.
  void Read(grpc::ByteBuffer* into) {
    open_.fetch_add(1, std::memory_order_relaxed);
    read_into_ = into;
    responder.Read(into, &read_);
  }
  void Write(const grpc::ByteBuffer& bytes, grpc::WriteOptions options = {}) {
    open_.fetch_add(1, std::memory_order_relaxed);
    responder.Write(bytes, options, &written_);
  }

  // For streams.
  void Finish(const grpc::Status& status) {
    NoteUnknownClient(status);
    over_.store(true, std::memory_order_release);
    responder.Finish(status, &finished_);
  }
  // For unary calls. `reply` is sent only when the status is OK.
  void Finish(const grpc::ByteBuffer& reply, const grpc::Status& status) {
    NoteUnknownClient(status);
    over_.store(true, std::memory_order_release);
    if (status.ok()) {
      responder.Finish(reply, status, &finished_);
    } else {
      responder.FinishWithError(status, &finished_);
    }
  }

  grpc::ServerContext context;
  grpc::ByteBuffer request;  // not for streams that read
  // The bytes that the reply of a unary call holds until it is sent.
  UnsentBudget::Account unsent;
  Responder responder{&context};

 private:
  // An event that calls a method of the call. Very many calls may be waiting,
  // so each byte counts.
  template <void (QueuedCall::*kHappened)(bool ok)>
  class Event final : public QueueEvent {
   public:
    explicit Event(QueuedCall* call) : call_(call) {}
    void Happened(bool ok) override { (call_->*kHappened)(ok); }

   private:
    QueuedCall* const call_;
  };

  using Bidi =
      grpc::ServerAsyncReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;
  // A unary call has no events between arrival and end.
  static constexpr bool kUnary =
      std::is_same_v<Responder,
                     grpc::ServerAsyncResponseWriter<grpc::ByteBuffer>>;

  explicit QueuedCall(const Method& method)
      : method_(method),
        slot_(kUnary ? method.queue.SlotForWaiting()
                     : method.queue.SlotAtOnce()) {}
  ~QueuedCall() = default;

  // Calls of unknown clients do not count as requests: they are cheap to make,
  // and would excuse other bytes of the connection.
  void NoteUnknownClient(const grpc::Status& status) {
    if (status.error_code() == grpc::StatusCode::UNAUTHENTICATED) {
      known_client_.store(false, std::memory_order_relaxed);
    }
  }

  void OnArrived(bool ok) {
    if (!ok) {
      CompletionLoop& queue = method_.queue;
      delete this;  // the server is closing, so the call never began
      return queue.EndUnbegun();
    }
    method_.queue.Begin(slot_);
    if constexpr (!std::is_same_v<Responder, Bidi>) {
      const size_t bytes = request.Length();
      if (bytes >= Intake::kLarge) {
        method_.queue.intake().Message(context, bytes);
      } else {
        uncounted_ = static_cast<uint32_t>(bytes);
      }
    }
    Accept(method_);
    method_.handle(*this);
    // A relieving thread may have handled the call's end before its beginning.
    if (ended_early_ && reactor_ != nullptr) reactor_->OnCancel();
  }
  void OnRead(bool ok) {
    if (ok) method_.queue.intake().Message(context, read_into_->Length());
    reactor_->OnReadDone(ok);
    Release();
  }
  void OnWritten(bool ok) {
    reactor_->OnWriteDone(ok);
    Release();
  }
  void OnFinished(bool /*ok*/) {
    over_.load(std::memory_order_acquire);
    Release();
  }
  void OnDone(bool /*ok*/) {
    if (context.IsCancelled()) {
      method_.queue.intake().Cancelled(context);
      if (reactor_ != nullptr) reactor_->OnCancel();
      ended_early_ = true;
    } else if (!counted_ && known_client_.load(std::memory_order_relaxed)) {
      method_.queue.intake().Call(context, uncounted_);
    }
    Release();
  }
  void Release() {
    if (open_.fetch_sub(1, std::memory_order_acq_rel) > 1) return;
    CompletionLoop& queue = method_.queue;
    CompletionLoop::Slot& slot = slot_;
    delete this;
    queue.End(slot);
  }

  const Method& method_;
  CompletionLoop::Slot& slot_;
  std::unique_ptr<Reactor> reactor_;
  const grpc::ByteBuffer* read_into_ = nullptr;  // of the running read
  bool ended_early_ = false;  // cancelled before there was a reactor
  bool counted_ = false;      // by Intake
  // Events still to come: done_ and finished_, which always come, and running
  // reads and writes.
  std::atomic<int> open_{2};
  std::atomic<bool> known_client_{true};
  uint32_t uncounted_ = 0;  // bytes of the message, if not yet counted
  // Orders Finish before the deletion. gRPC does that by itself, but
  // ThreadSanitizer does not see into gRPC.
  std::atomic<bool> over_{false};
  Event<&QueuedCall::OnArrived> arrived_{this};
  Event<&QueuedCall::OnRead> read_{this};
  Event<&QueuedCall::OnWritten> written_{this};
  Event<&QueuedCall::OnFinished> finished_{this};
  Event<&QueuedCall::OnDone> done_{this};
};

using UnaryCall = QueuedCall<grpc::ServerAsyncResponseWriter<grpc::ByteBuffer>>;
using BidiCall = QueuedCall<
    grpc::ServerAsyncReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>>;
using WriteCall = QueuedCall<grpc::ServerAsyncWriter<grpc::ByteBuffer>>;

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_TRANSPORT_QUEUED_CALL_H_
