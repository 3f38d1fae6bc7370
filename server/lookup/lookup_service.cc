#include "server/lookup/lookup_service.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/clients/call_context.h"
#include "server/lookup/batch_outcomes.h"
#include "server/lookup/patience.h"
#include "server/lookup/pending_batch.h"
#include "server/lookup/pending_lookup.h"
#include "server/lookup/pending_submit.h"
#include "server/lookup/pending_watch.h"
#include "server/lookup/read_request.h"
#include "server/lookup/reply.h"
#include "server/lookup/send_reply.h"
#include "server/lookup/slow_batch.h"
#include "server/misses/refusals.h"
#include "server/transport/grpc_status.h"
#include "server/transport/parse_request.h"

namespace vtlookup {
namespace {

// Ends a call that fails before it has looked anything up.
void FailNow(UnaryCall& rpc, const CallRecord& call,
             const absl::Status& failure) {
  call.Failed(failure);
  SendFailure(rpc, call, failure);
}

template <typename StreamRpc>
void FailStream(StreamRpc& rpc, const CallRecord& call,
                const absl::Status& failure) {
  call.Failed(failure);
  rpc.Finish(call.End(failure));
}

// Fills in the requester of each miss. All of them have the same options.
void NameAll(const CallRecord& call, BatchOutcomes* outcomes) {
  std::optional<Requester> requester;
  for (BatchOutcomes::Outcome& outcome : outcomes->all()) {
    if (auto* const miss = std::get_if<Miss>(&outcome)) {
      if (!requester.has_value()) requester = call.requester(miss->want);
      miss->requester = *requester;
    }
  }
}

}  // namespace

LookupService::LookupService(Options options, CallRecord::Shared calls,
                             const Clock& clock, Loop& loop,
                             FastPath& fast_path, Resolver& resolver,
                             Executor& executor)
    : options_(options),
      calls_(calls),
      clock_(clock),
      loop_(loop),
      resolver_(resolver),
      slow_(executor),
      fast_path_(fast_path) {}

void LookupService::OnLookup(UnaryCall& rpc) {
  CallRecord call(calls_, RpcMethod::kLookup, &rpc.context);
  LookupBatch asked;
  const absl::StatusOr<Want> want =
      call.Begin(v1::ROLE_LOOKUP, [&]() -> absl::StatusOr<CallRecord::Demand> {
        if (absl::Status read = ReadLookup(rpc.request, &asked); !read.ok()) {
          return read;
        }
        return CallRecord::Demand{asked.options, Lane::kInteractive, 1};
      });
  if (!want.ok()) return FailNow(rpc, call, want.status());

  const RawIndicator& text = asked.indicators.front();
  const v1::View view = asked.options.view();
  const absl::Time now = clock_.Now();
  grpc::ByteBuffer reply;
  const auto answer_with = [&](const AnswerView& answer) {
    reply = MakeReply(answer, view);
    call.Answered(answer);
  };
  if (fast_path_.TryMemory(text, FastPath::HashOf(text), *want, now,
                           answer_with)) {
    return SendReply(rpc, call, reply);
  }
  FastPath::Outcome outcome = fast_path_.Try(text, *want, now);
  if (auto* miss = std::get_if<Miss>(&outcome)) {
    // Freed now, because a small request may be a slice of a large buffer of
    // received bytes, which would live as long as the lookup waits.
    rpc.request.Clear();
    miss->requester = call.requester(*want);
    rpc.Keep(std::make_unique<PendingLookup>(resolver_, view, call, rpc))
        .Start(std::move(*miss));
    return;
  }
  if (const auto* failure = std::get_if<absl::Status>(&outcome)) {
    return FailNow(rpc, call, *failure);
  }
  answer_with(ViewOf(std::get<Answer>(outcome)));
  SendReply(rpc, call, reply);
}

void LookupService::OnBatchLookup(UnaryCall& rpc) {
  CallRecord call(calls_, RpcMethod::kBatchLookup, &rpc.context);
  LookupBatch asked;
  const absl::StatusOr<Want> want =
      call.Begin(v1::ROLE_LOOKUP, [&]() -> absl::StatusOr<CallRecord::Demand> {
        if (absl::Status read = ReadBatch(rpc.request, &asked); !read.ok()) {
          return read;
        }
        const size_t size = asked.indicators.size();
        if (size <= options_.max_batch) {
          return CallRecord::Demand{asked.options, Lane::kBulk, size};
        }
        return BadField("indicators",
                        absl::StrCat("the batch has ", size,
                                     " indicators, and limits.max_batch is ",
                                     options_.max_batch));
      });
  if (!want.ok()) return FailNow(rpc, call, want.status());

  const size_t size = asked.indicators.size();
  BatchOutcomes outcomes(asked.options.view(), options_.max_reply);
  const size_t tried = outcomes.Try(asked.indicators, *want, clock_.Now(),
                                    fast_path_, 0, FastPath::kCostlyAtOnce);
  if (tried < size) {
    return FinishSlowly(rpc, call, *want, std::move(outcomes), tried);
  }
  if (auto pending = Settle(rpc, call, std::move(outcomes))) {
    rpc.Keep(std::move(pending)).Start(PatienceOf(TimeLeft(rpc.context)));
  }
}

// Counts the outcomes of a batch all of whose items were tried. Returns the
// batch that waits for the misses. If there are no misses, finishes the call
// and returns null.
std::unique_ptr<PendingBatch> LookupService::Settle(UnaryCall& rpc,
                                                    const CallRecord& call,
                                                    BatchOutcomes outcomes) {
  call.Answered(outcomes.tally());
  for (const BatchOutcomes::Outcome& outcome : outcomes.all()) {
    if (const auto* answer = std::get_if<Answer>(&outcome)) {
      call.Answered(ViewOf(*answer));
    } else if (const auto* failure = std::get_if<absl::Status>(&outcome)) {
      call.Failed(*failure);
    }
  }
  if (outcomes.misses() == 0) {
    SendReply(rpc, call, outcomes.TakeReply());
    return nullptr;
  }
  rpc.request.Clear();  // it may be large, and is not needed any more
  NameAll(call, &outcomes);
  return std::make_unique<PendingBatch>(loop_, resolver_, call,
                                        std::move(outcomes), rpc);
}

// Tries the rest of a batch on the executor, because that may take long. It
// does so in parts, so that a cancelled batch ends soon.
void LookupService::FinishSlowly(UnaryCall& rpc, const CallRecord& call,
                                 const Want& want, BatchOutcomes outcomes,
                                 size_t tried) {
  const auto kept = std::make_shared<BatchOutcomes>(std::move(outcomes));
  const auto rest = [this, &rpc, call, want, kept,
                     tried](const std::atomic<bool>& cancelled) {
    // Read again, because LookupBatch cannot be copied into the task. Cannot
    // fail, because the handler has read the same bytes.
    LookupBatch asked;
    ReadBatch(rpc.request, &asked).IgnoreError();
    const size_t size = asked.indicators.size();
    for (size_t next = tried; next < size && !cancelled.load();) {
      next = kept->Try(asked.indicators, want, clock_.Now(), fast_path_, next,
                       FastPath::kCostlyAtOnce);
    }
    if (cancelled.load()) {
      FailNow(rpc, call,
              absl::CancelledError("the client has cancelled the call"));
      return SlowBatch::Left{nullptr, absl::ZeroDuration()};
    }
    const absl::Duration patience = PatienceOf(TimeLeft(rpc.context));
    // The call may be gone after Settle.
    return SlowBatch::Left{Settle(rpc, call, std::move(*kept)), patience};
  };
  SlowBatch& batch = rpc.Keep(std::make_unique<SlowBatch>(rest));
  if (!slow_.Run(call.client(), [&batch] { batch.Run(); })) {
    FailNow(rpc, call, TooManySlow());
  }
}

void LookupService::OnStreamLookup(BidiCall& rpc) {
  CallRecord call(calls_, RpcMethod::kStreamLookup, &rpc.context);
  if (const absl::Status admitted = call.Admit(v1::ROLE_LOOKUP);
      !admitted.ok()) {
    return FailStream(rpc, call, admitted);
  }
  rpc.Keep(std::make_unique<PendingStream>(options_.stream, call, clock_,
                                           fast_path_, resolver_, streams_,
                                           slow_, rpc))
      .Start();
}

void LookupService::OnWatchLookup(WriteCall& rpc) {
  CallRecord call(calls_, RpcMethod::kWatchLookup, &rpc.context);
  v1::WatchLookupRequest message;
  absl::StatusOr<Want> want =
      call.Begin(v1::ROLE_LOOKUP, [&]() -> absl::StatusOr<CallRecord::Demand> {
        if (absl::Status read = ParseRequest(&rpc.request, &message);
            !read.ok()) {
          return read;
        }
        return CallRecord::Demand{message.options(), Lane::kInteractive, 1};
      });
  if (!want.ok()) return FailStream(rpc, call, want.status());
  // A watcher gets the queued verdict at once, and the final one later.
  want->wait_for_final = absl::ZeroDuration();
  FastPath::Outcome outcome =
      fast_path_.Try(RawIndicatorOf(message.indicator()), *want, clock_.Now());
  if (const auto* failure = std::get_if<absl::Status>(&outcome)) {
    return FailStream(rpc, call, *failure);
  }
  PendingWatch& pending = rpc.Keep(std::make_unique<PendingWatch>(
      std::move(message), call, loop_, resolver_, rpc));
  if (auto* miss = std::get_if<Miss>(&outcome)) {
    miss->requester = call.requester(*want);
    pending.Start(std::move(*miss));
  } else {
    pending.Start(std::move(std::get<Answer>(outcome)));
  }
}

void LookupService::OnSubmitUrl(UnaryCall& rpc) {
  CallRecord call(calls_, RpcMethod::kSubmitUrl, &rpc.context);
  v1::SubmitUrlRequest message;
  const absl::StatusOr<Want> want =
      call.Begin(v1::ROLE_SUBMIT, [&]() -> absl::StatusOr<CallRecord::Demand> {
        if (absl::Status read = ParseRequest(&rpc.request, &message);
            !read.ok()) {
          return read;
        }
        if (message.url().empty()) return BadField("url", "must be set");
        return CallRecord::Demand{v1::LookupOptions::default_instance(),
                                  Lane::kInteractive, 1};
      });
  if (!want.ok()) return FailNow(rpc, call, want.status());
  auto parsed = fast_path_.Parse({Kind::kUrl, message.url()});
  if (const auto* mistake = std::get_if<FastPath::Mistake>(&parsed)) {
    return FailNow(rpc, call, BadField("url", mistake->what));
  }
  if (const auto* unusable = std::get_if<Answer>(&parsed)) {
    call.Answered(ViewOf(*unusable));
    return SendReply(rpc, call, MakeSubmitReply(*unusable));
  }
  rpc.Keep(std::make_unique<PendingSubmit>(resolver_, call, rpc))
      .Start(std::move(std::get<Indicator>(parsed)));
}

template <typename Methods>
void LookupService::AcceptMany(Methods* methods,
                               typename Methods::value_type method,
                               int how_many) {
  methods->push_back(std::move(method));
  for (int i = 0; i < how_many; ++i) {
    Methods::value_type::Call::Accept(methods->back());
  }
}

void LookupService::AcceptUnary(CompletionLoop& queue, AskUnary ask,
                                void (LookupService::*handle)(UnaryCall&),
                                int how_many) {
  AcceptMany(
      &unary_,
      {.ask =
           [this, &queue, ask](UnaryCall& rpc, grpc::CompletionQueue* at,
                               void* arrived) {
             (this->*ask)(&rpc.context, &rpc.request, &rpc.responder, at,
                          &queue.arrivals(), arrived);
           },
       .handle = [this, handle](UnaryCall& rpc) { (this->*handle)(rpc); },
       .queue = queue},
      how_many);
}

// A call that arrives when all the calls that were asked for are taken costs
// gRPC a little more; so more calls are asked for of the most frequent method.
void LookupService::Accept(CompletionLoop& queue) {
  constexpr int kMany = 64;
  constexpr int kFew = 4;
  AcceptUnary(queue, &LookupService::RequestLookup, &LookupService::OnLookup,
              kMany);
  AcceptUnary(queue, &LookupService::RequestBatchLookup,
              &LookupService::OnBatchLookup, kFew);
  AcceptUnary(queue, &LookupService::RequestSubmitUrl,
              &LookupService::OnSubmitUrl, kFew);
  AcceptMany(&streams_accepted_,
             {.ask =
                  [this, &queue](BidiCall& rpc, grpc::CompletionQueue* at,
                                 void* arrived) {
                    RequestStreamLookup(&rpc.context, &rpc.responder, at,
                                        &queue.arrivals(), arrived);
                  },
              .handle = [this](BidiCall& rpc) { OnStreamLookup(rpc); },
              .queue = queue},
             kFew);
  AcceptMany(&watches_accepted_,
             {.ask =
                  [this, &queue](WriteCall& rpc, grpc::CompletionQueue* at,
                                 void* arrived) {
                    RequestWatchLookup(&rpc.context, &rpc.request,
                                       &rpc.responder, at, &queue.arrivals(),
                                       arrived);
                  },
              .handle = [this](WriteCall& rpc) { OnWatchLookup(rpc); },
              .queue = queue},
             kFew);
}

}  // namespace vtlookup
