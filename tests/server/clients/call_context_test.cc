#include "server/clients/call_context.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/fakes/fake_call.h"

namespace vtlookup {
namespace {

TEST(CallContext, AClientIsAHostOrAConnectionFromThisMachine) {
  for (const auto& [peer, client] : {
           std::pair("ipv4:10.1.2.3:4567", "ipv4:10.1.2.3"),
           std::pair("ipv6:%5B2001:db8::7%5D:4567", "ipv6:%5B2001:db8::7%5D"),
           // 127 is a part of the second address, not its network.
           std::pair("ipv4:10.127.0.1:9", "ipv4:10.127.0.1"),
           std::pair("ipv6:%5B::1:2%5D:9", "ipv6:%5B::1:2%5D"),
           std::pair("ipv4:127.0.0.1:4567", "ipv4:127.0.0.1:4567"),
           std::pair("ipv4:127.8.8.8:4567", "ipv4:127.8.8.8:4567"),
           std::pair("ipv6:%5B::1%5D:4567", "ipv6:%5B::1%5D:4567"),
           std::pair("unix:/run/vtlookupd/admin.sock",
                     "unix:/run/vtlookupd/admin.sock"),
           std::pair("unix:", "unix:"),
           std::pair("unknown", "unknown"),
           std::pair("", ""),
       }) {
    EXPECT_EQ(ClientOf(peer), client);
  }
}

TEST(CallContext, WithoutADeadlineThereIsNoEndOfTime) {
  FakeCall call;
  EXPECT_EQ(TimeLeft(call.context()), absl::InfiniteDuration());
}

TEST(CallContext, TakesATraceThatHasTheFormOfTheStandard) {
  // The example of W3C's Trace Context.
  const std::string trace =
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  FakeCall call{{"traceparent", trace}};
  EXPECT_EQ(TraceOf(call.context()), trace);
  FakeCall none{{"tracestate", trace}};
  EXPECT_EQ(TraceOf(none.context()), "");
}

TEST(CallContext, LeavesOutATraceThatIsMalformed) {
  const std::string malformed[] = {
      "",
      "00",
      // Too short, too long.
      "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-012",
      // Other characters, which might break a line of the log.
      "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e473\n-00f067aa0ba902b7-01",
      "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
      // The right characters at the wrong places.
      std::string(55, '-'),
      std::string(55, 'a'),
      "00-4bf92f3577b34da6-a3ce929d0e0e473600f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b70-1",
      "00-4bf92f3577b34-a6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  };
  for (const std::string& each : malformed) {
    FakeCall call{{"traceparent", each}};
    EXPECT_EQ(TraceOf(call.context()), "") << each;
  }
}

}  // namespace
}  // namespace vtlookup
