#include "server/lookup/outbox.h"

#include <utility>
#include <vector>

namespace vtlookup {
namespace {

void Append(const grpc::ByteBuffer& message, std::vector<grpc::Slice>* out) {
  std::vector<grpc::Slice> slices;
  if (!message.Dump(&slices).ok()) return;  // the buffer holds no message
  out->insert(out->end(), slices.begin(), slices.end());
}

}  // namespace

void Outbox::Add(const grpc::ByteBuffer& message, bool joinable) {
  bytes_ += message.Length();
  waiting_.push_back({message, joinable});
}

grpc::ByteBuffer Outbox::TakeOne() {
  const grpc::ByteBuffer message = waiting_.front().message;
  waiting_.pop_front();
  bytes_ -= message.Length();
  return message;
}

grpc::ByteBuffer Outbox::Take() {
  const bool joinable = waiting_.front().joinable;
  const grpc::ByteBuffer first = TakeOne();
  size_t size = first.Length();
  const auto fits = [&] {
    return joinable && !waiting_.empty() && waiting_.front().joinable &&
           size + waiting_.front().message.Length() <= kJoined;
  };
  if (!fits()) return first;
  std::vector<grpc::Slice> all;
  Append(first, &all);
  while (fits()) {
    const grpc::ByteBuffer next = TakeOne();
    size += next.Length();
    Append(next, &all);
  }
  return {all.data(), all.size()};
}

void Outbox::Clear() {
  waiting_.clear();
  bytes_ = 0;
}

}  // namespace vtlookup
