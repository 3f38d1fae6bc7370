#include "tests/bench/load/requests.h"

#include <algorithm>
#include <cstdint>
#include <random>

#include "tests/bench/population.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup::bench {

namespace {

constexpr char kService[] = "/vtlookup.v1.LookupService/";

template <typename Message>
grpc::ByteBuffer BytesOf(const Message& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return {&slice, 1};
}

v1::LookupOptions OptionsOf(const Settings& settings) {
  v1::LookupOptions options;
  options.set_view(settings.view == "full" ? v1::VIEW_FULL : v1::VIEW_SUMMARY);
  if (settings.mode == "only") options.set_cache_mode(v1::CACHE_MODE_ONLY);
  return options;
}

// Makes one request after another, about the indicators that the settings name.
class RequestMaker {
 public:
  explicit RequestMaker(const Settings& settings) : settings_(settings) {}

  std::string Method() const {
    if (settings_.kind == "echo") return "/vtlookup.bench.Echo/Lookup";
    if (settings_.kind == "batch") return std::string(kService) + "BatchLookup";
    if (settings_.kind == "stream") {
      return std::string(kService) + "StreamLookup";
    }
    return std::string(kService) + "Lookup";
  }

  // The request with this number.
  grpc::ByteBuffer Make(uint64_t number) {
    if (settings_.kind == "echo") return Echo();
    if (settings_.kind == "batch") return BytesOf(Batch());
    if (settings_.kind == "stream") return BytesOf(Stream(number));
    return BytesOf(Lookup());
  }

 private:
  v1::Indicator Next() {
    const uint64_t offset = settings_.in_order ? counter_++ : random_();
    return IndicatorAt(settings_.first + offset % settings_.population);
  }

  v1::LookupRequest Lookup() {
    v1::LookupRequest request;
    *request.mutable_indicator() = Next();
    *request.mutable_options() = OptionsOf(settings_);
    return request;
  }

  // A BytesValue that is as long as a request; its bytes mean nothing.
  grpc::ByteBuffer Echo() {
    std::string bytes = Lookup().SerializeAsString();
    bytes[0] = '\x0a';
    bytes[1] = static_cast<char>(bytes.size() - 2);
    const grpc::Slice slice(bytes);
    return {&slice, 1};
  }

  v1::BatchLookupRequest Batch() {
    v1::BatchLookupRequest request;
    for (size_t k = 0; k < settings_.batch; ++k) {
      *request.add_indicators() = Next();
    }
    *request.mutable_options() = OptionsOf(settings_);
    return request;
  }

  v1::StreamLookupRequest Stream(uint64_t number) {
    v1::StreamLookupRequest request;
    if (settings_.batch == 1) {
      request.set_request_id(number);
      *request.mutable_indicator() = Next();
    }
    for (size_t k = 0; settings_.batch > 1 && k < settings_.batch; ++k) {
      v1::StreamLookupRequest::Item& item = *request.add_items();
      item.set_request_id(number * settings_.batch + k);
      *item.mutable_indicator() = Next();
    }
    *request.mutable_options() = OptionsOf(settings_);
    return request;
  }

  const Settings& settings_;
  std::mt19937_64 random_{7};
  uint64_t counter_ = 0;
};

}  // namespace

Requests MakeRequests(const Settings& settings) {
  RequestMaker maker(settings);
  const size_t per_call = settings.kind == "batch" || settings.kind == "stream"
                              ? settings.batch
                              : 1;
  size_t count = settings.prepared;
  if (count == 0) {
    count = settings.in_order
                ? (settings.population + per_call - 1) / per_call
                : std::max<size_t>(2'000'000 / per_call / 10, 1000);
  }
  Requests requests{.method = maker.Method(), .all = {}};
  for (size_t i = 0; i < count; ++i) requests.all.push_back(maker.Make(i));
  return requests;
}

}  // namespace vtlookup::bench
