#include "server/transport/self_probe.h"

#include <unistd.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "server/transport/listening_sockets.h"
#include "tests/fakes/temp_dir.h"

namespace vtlookup {
namespace {

constexpr absl::Duration kPatience = absl::Milliseconds(100);

// A listening port whose connections nobody accepts. To a client it looks like
// a server that has stopped accepting.
class DeafPort {
 public:
  explicit DeafPort(const std::string& address)
      : sockets_(*ListenOn(address, /*owner_only=*/true)) {}
  ~DeafPort() { Close(); }
  void Close() {
    for (const int fd : sockets_.fds) close(fd);
    sockets_.fds.clear();
  }
  const std::string& address() const { return sockets_.address; }

 private:
  ListeningSockets sockets_;
};

TEST(ProbeListener, FailsWhereNobodyAcceptsOrListens) {
  DeafPort deaf("127.0.0.1:0");
  for (const ListenerTls tls :
       {ListenerTls::kNone, ListenerTls::kServer, ListenerTls::kMutual}) {
    int port = 0;
    const absl::Status status = ProbeListener(deaf.address(), tls, kPatience,
                                              [&port](int own) { port = own; });
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
    EXPECT_GT(port, 0);
  }
  deaf.Close();
  EXPECT_TRUE(absl::IsUnavailable(ProbeListener(
      deaf.address(), ListenerTls::kNone, kPatience, [](int) {})));
}

TEST(ProbeListener, KnowsUnixSocketsToo) {
  const TempDir dir;
  const DeafPort deaf(absl::StrCat("unix:", dir.path(), "/socket"));
  EXPECT_TRUE(absl::IsUnavailable(ProbeListener(
      deaf.address(), ListenerTls::kNone, kPatience, [](int) {})));
  EXPECT_TRUE(absl::IsUnavailable(
      ProbeListener(absl::StrCat("unix:", dir.path(), "/nothing"),
                    ListenerTls::kNone, kPatience, [](int) {})));
}

TEST(ListenOn, SaysWhyAnAddressCannotBeHad) {
  const DeafPort taken("127.0.0.1:0");
  const auto again = ListenOn(taken.address(), false);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.status().message(),
            absl::StrCat("cannot listen on ", taken.address(),
                         ": Address already in use"));
  EXPECT_FALSE(ListenOn("192.0.2.1:0", false).ok()) << "nobody's address";
  EXPECT_FALSE(ListenOn("unix:", false).ok());
  EXPECT_FALSE(
      ListenOn(absl::StrCat("unix:/tmp/", std::string(200, 'x')), false).ok());
}

TEST(ListenOn, LocalhostIsBothFamiliesWithOnePort) {
  const auto sockets = ListenOn("localhost:0", false);
  ASSERT_TRUE(sockets.ok()) << sockets.status();
  EXPECT_GE(sockets->fds.size(), 1U);
  EXPECT_NE(sockets->address, "localhost:0");
  for (const int fd : sockets->fds) close(fd);
}

}  // namespace
}  // namespace vtlookup
