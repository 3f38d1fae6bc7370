#ifndef VTLOOKUP_SERVER_RPC_H_
#define VTLOOKUP_SERVER_RPC_H_

#include <atomic>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "grpcpp/server_context.h"
#include "grpcpp/support/async_stream.h"
#include "grpcpp/support/async_unary_call.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/call_queue.h"
#include "server/unsent_budget.h"

namespace vtlookup {

// Who handles a call that is not over when its handler returns. Its methods run
// on the thread of the call's queue.
class Reactor {
 public:
  virtual ~Reactor() = default;

  // The client has left, its deadline has passed, or the server is closing.
  // May come when the call has been finished already.
  virtual void OnCancel() = 0;
  // `ok` false: there is nothing more to read, or nobody reads any more.
  virtual void OnReadDone(bool /*ok*/) {}
  virtual void OnWriteDone(bool /*ok*/) {}
};

// A call at a completion queue, in bytes: from when it is waited for until it
// is over, when it deletes itself. `Responder` is gRPC's, by the kind of call.
//
// Events of a queue are handled one at a time, so while a handler runs nothing
// else happens there. What is started here may be started by any thread, one read, one write
// and one Finish at a time; Finish is the last, and nothing of the call may be
// touched after it.
template <typename Responder>
class Rpc {
 public:
  // A method at one queue; outlives its calls.
  struct Method {
    using Call = Rpc;
    // Has gRPC fill in the next call that comes, and then say `arrived`; what
    // happens to it later is told by `queue`.
    std::function<void(Rpc& call, grpc::CompletionQueue* queue, void* arrived)>
        ask;
    std::function<void(Rpc& call)> handle;
    CallQueue& queue;
  };

  // Waits for one call; when it has come, the next takes its place.
  static void Accept(const Method& method) {
    method.queue.Ask();
    auto* const call = new Rpc(method);
    call->context.AsyncNotifyWhenDone(&call->done_);
    method.ask(*call, call->place_.queue.get(), &call->arrived_);
  }

  Rpc(const Rpc&) = delete;
  Rpc& operator=(const Rpc&) = delete;

  // Whom to tell what happens, until the call is over. By the handler, once,
  // before it starts anything.
  template <typename R>
  R& Keep(std::unique_ptr<R> reactor) {
    R& kept = *reactor;
    reactor_ = std::move(reactor);
    return kept;
  }

  // `into` must stay where it is until the read is done.
  void Read(grpc::ByteBuffer* into) {
    open_.fetch_add(1, std::memory_order_relaxed);
    read_into_ = into;
    responder.Read(into, &read_);
  }
  void Write(const grpc::ByteBuffer& bytes, grpc::WriteOptions options = {}) {
    open_.fetch_add(1, std::memory_order_relaxed);
    responder.Write(bytes, options, &written_);
  }

  // Of streams.
  void Finish(const grpc::Status& status) {
    over_.store(true, std::memory_order_release);
    responder.Finish(status, &finished_);
  }
  // Of unary calls; `reply` counts when the status is OK.
  void Finish(const grpc::ByteBuffer& reply, const grpc::Status& status) {
    over_.store(true, std::memory_order_release);
    if (status.ok()) {
      responder.Finish(reply, status, &finished_);
    } else {
      responder.FinishWithError(status, &finished_);
    }
  }

  grpc::ServerContext context;
  grpc::ByteBuffer request;  // not of streams that read
  // What the reply of a unary call holds until it is sent.
  UnsentBudget::Account unsent;
  Responder responder{&context};

 private:
  // Something that gRPC tells of, as a method of the call. There are many calls
  // that wait: each byte counts.
  template <void (Rpc::*kHappened)(bool ok)>
  class Event final : public QueueEvent {
   public:
    explicit Event(Rpc* call) : call_(call) {}
    void Happened(bool ok) override { (call_->*kHappened)(ok); }

   private:
    Rpc* const call_;
  };

  using Bidi = grpc::ServerAsyncReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;
  // A unary call has no events between arrival and end.
  static constexpr bool kUnary =
      std::is_same_v<Responder,
                     grpc::ServerAsyncResponseWriter<grpc::ByteBuffer>>;

  explicit Rpc(const Method& method)
      : method_(method),
        place_(kUnary ? method.queue.PlaceForWaiting()
                      : method.queue.PlaceAtOnce()) {}
  ~Rpc() = default;

  void OnArrived(bool ok) {
    if (!ok) {
      CallQueue& queue = method_.queue;
      delete this;  // the server is closing: it never began
      return queue.EndUnbegun();
    }
    method_.queue.Begin(place_);
    if constexpr (!std::is_same_v<Responder, Bidi>) {
      method_.queue.intake().Message(context, request.Length());
    }
    Accept(method_);
    method_.handle(*this);
    // The end may have been handled before the beginning, by a thread that
    // relieves the queue's.
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
    if (!context.IsCancelled()) {
      method_.queue.intake().Call(context);
    } else if (reactor_ != nullptr) {
      reactor_->OnCancel();
    } else {
      ended_early_ = true;
    }
    Release();
  }
  void Release() {
    if (open_.fetch_sub(1, std::memory_order_acq_rel) > 1) return;
    CallQueue& queue = method_.queue;
    CallQueue::Place& place = place_;
    delete this;
    queue.End(place);
  }

  const Method& method_;
  CallQueue::Place& place_;
  std::unique_ptr<Reactor> reactor_;
  const grpc::ByteBuffer* read_into_ = nullptr;  // of the read under way
  bool ended_early_ = false;  // cancelled before there was a reactor
  // What is still to be told: the end and what Finish comes to, from the
  // beginning, and reads and writes under way.
  std::atomic<int> open_{2};
  // Whoever finishes the call has done with it before it is deleted. gRPC sees
  // to that by itself, but ThreadSanitizer does not see into gRPC.
  std::atomic<bool> over_{false};
  Event<&Rpc::OnArrived> arrived_{this};
  Event<&Rpc::OnRead> read_{this};
  Event<&Rpc::OnWritten> written_{this};
  Event<&Rpc::OnFinished> finished_{this};
  Event<&Rpc::OnDone> done_{this};
};

using UnaryRpc = Rpc<grpc::ServerAsyncResponseWriter<grpc::ByteBuffer>>;
using BidiRpc =
    Rpc<grpc::ServerAsyncReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>>;
using WriteRpc = Rpc<grpc::ServerAsyncWriter<grpc::ByteBuffer>>;

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_RPC_H_
